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

/** Timers B, F, H, J (unreliable), L and M. */
export function sixtyFourT1(timers: TransactionTimers): number {
  return 64 * timers.t1Ms;
}
