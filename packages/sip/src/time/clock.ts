/** Something that waits for timers; one method, so that starting a timer needs no closure. */
export interface TimerTarget<Tag = string> {
  onTimer(tag: Tag): void;
}

/** A running timer. Cancelling twice, or after it fired, does nothing. */
export interface Timer {
  cancel(): void;
}

/** Where time comes from: the machine (`SystemClock`) or a test (`VirtualClock`). */
export interface Clock {
  /** Milliseconds, monotonic, origin unspecified: for intervals. */
  nowMs(): number;
  /** Milliseconds since 1970-01-01T00:00Z: for records, expiry kept on disk and nonces. */
  epochMs(): number;
  /** Calls `target.onTimer(tag)` once, no earlier than after `delayMs`. */
  startTimer<Tag>(delayMs: number, target: TimerTarget<Tag>, tag: Tag): Timer;
}
