/** Timer values of RFC 3261 table 4, RFC 6026 §8; all in milliseconds. Handed in, so that a test may shorten them. */
export interface TransactionTimers {
  /** Round-trip estimate. */
  readonly t1Ms: number;
  /** Longest retransmission interval of non-INVITE requests and INVITE responses. */
  readonly t2Ms: number;
  /** How long a message may stay in the network. */
  readonly t4Ms: number;
}

export const DEFAULT_TIMERS: TransactionTimers = { t1Ms: 500, t2Ms: 4_000, t4Ms: 5_000 };

/** Timers B, D, F, H, J (unreliable), L and M. */
export function sixtyFourT1(timers: TransactionTimers): number {
  return 64 * timers.t1Ms;
}

/** How long a user may be silent about an INVITE before 100 is sent in its stead (RFC 3261 §17.2.1). */
export const TRYING_AFTER_MS = 200;

/** As long as the client's Timer E takes to grow to T2: then any other request gets a 100 too (RFC 4320 §4.1). */
export function tryingAfterMs(timers: TransactionTimers): number {
  let sumMs = 0;
  for (let intervalMs = timers.t1Ms; intervalMs < timers.t2Ms; intervalMs *= 2) sumMs += intervalMs;
  return sumMs;
}
