import {
  type AccountOwner,
  type ClientClaims,
  type ClientVerdict,
  isClientUsername,
  judgeClaims,
  openUsername,
  passwordOf,
  type SipAccount,
  type System,
} from '@unisono/pbx';
import { type Ha1Set, ha1Set } from '@unisono/sip';
import type { ClientKeys } from '../ports.ts';

/** Who proved a password: the owner of a configured account, or an installation of a client with credentials of its own. */
export interface ProvenAccount {
  readonly owner: AccountOwner;
  /** Installation of a client; absent for configured accounts. */
  readonly installation?: string;
  /** When its credentials end, in milliseconds since 1970. */
  readonly validUntilMs?: number;
}

export type AccountFinding =
  | { readonly ok: true; readonly account: ProvenAccount }
  | { readonly ok: false; readonly why: string };

/** What the holder of credentials that do not count any more is told; only who knows their password hears it. */
const VERDICTS: Readonly<Record<Exclude<ClientVerdict, 'good'>, string>> = {
  notYet: 'Credentials Not Valid Yet',
  expired: 'Credentials Expired',
  revoked: 'Credentials Revoked',
  unknownDevice: 'Device Not Configured',
  otherUser: 'Device Belongs To Another User',
};

/** Who signs in here: the digest secrets of configured accounts and of clients' installations, and whose they are. */
export class Accounts {
  readonly #secrets = new WeakMap<SipAccount, Ha1Set>();
  readonly #realm: string;
  readonly #clients: ClientKeys | undefined;
  readonly #epochMs: () => number;
  /** The user name that was opened last: each one is asked for twice in a row. */
  #opened: { readonly username: string; readonly claims: ClientClaims | undefined } | undefined;

  constructor(realm: string, epochMs: () => number, clients: ClientKeys | undefined) {
    this.#realm = realm;
    this.#epochMs = epochMs;
    this.#clients = clients;
  }

  /** What a user name has to prove; undefined when nobody has it. */
  secretsOf(system: System, username: string): Ha1Set | undefined {
    const owner = system.accounts.get(username);
    if (!owner) return this.#clientSecrets(username);
    const account = accountOf(system, owner);
    if (!account) return undefined;
    const known = this.#secrets.get(account);
    if (known) return known;
    const secret = account.ha1 ?? ha1Set(account.username, this.#realm, account.password ?? '');
    this.#secrets.set(account, secret);
    return secret;
  }

  /** Whose a user name is that has just been proved, or why it counts no more. */
  find(system: System, username: string): AccountFinding {
    const owner = system.accounts.get(username);
    if (owner) return { ok: true, account: { owner } };
    const claims = this.#open(username);
    const keys = this.#clients;
    if (!claims || !keys) return { ok: false, why: 'Unknown Account' };
    const isRevoked = (installation: string) => keys.isRevoked(installation);
    const verdict = judgeClaims(keys.mac, claims, { system, nowMs: this.#epochMs(), isRevoked });
    if (verdict !== 'good') return { ok: false, why: VERDICTS[verdict] };
    const { ufipDevice, installation, expiresAtSec } = claims;
    const validUntilMs = expiresAtSec * 1_000;
    return { ok: true, account: { owner: { kind: 'client', ufipDevice }, installation, validUntilMs } };
  }

  /** True for the user name of a configured account and for what looks like one of a client. */
  isAccount(system: System, username: string): boolean {
    return system.accounts.has(username) || (this.#clients !== undefined && isClientUsername(username));
  }

  /** Computed for each request: an HMAC or five cost less than remembering thousands of clients. */
  #clientSecrets(username: string): Ha1Set | undefined {
    if (!this.#clients || !this.#open(username)) return undefined;
    const { mac, macWith } = this.#clients;
    return ha1Set(username, this.#realm, passwordOf(mac, macWith, username));
  }

  #open(username: string): ClientClaims | undefined {
    if (!this.#clients) return undefined;
    if (this.#opened?.username !== username) {
      this.#opened = { username, claims: openUsername(this.#clients.mac, username) };
    }
    return this.#opened.claims;
  }
}

function accountOf(system: System, owner: AccountOwner): SipAccount | undefined {
  switch (owner.kind) {
    case 'desk':
      return system.stations.get(owner.station)?.device?.account;
    case 'client':
      return system.ufipDevices.get(owner.ufipDevice)?.account;
    case 'trunk':
      return system.trunkGroups.get(owner.trunkGroup)?.trunks.find((trunk) => trunk.id === owner.trunk)?.inboundAccount;
  }
}
