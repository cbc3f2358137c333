/** What protection has done since the start, for metrics. */
export interface ProtectionCounters {
  /** Datagrams and connections of banned sources. */
  banned: number;
  /** Datagrams over a rate. */
  datagramsOverRate: number;
  connectionsOverRate: number;
  requestsOverRate: number;
  /** Requests of strangers over UDP that were not answered. */
  strangers: number;
  scanners: number;
  wrongPasswords: number;
  callsOverLimit: number;
  /** Connections ended because nobody proved an account on them. */
  unproven: number;
  /** Bans made. */
  bans: number;
  /** Accounts that came under attack from many places. */
  attackedAccounts: number;
  malformed: number;
}

export function newCounters(): ProtectionCounters {
  return {
    banned: 0,
    datagramsOverRate: 0,
    connectionsOverRate: 0,
    requestsOverRate: 0,
    strangers: 0,
    scanners: 0,
    wrongPasswords: 0,
    callsOverLimit: 0,
    unproven: 0,
    bans: 0,
    attackedAccounts: 0,
    malformed: 0,
  };
}
