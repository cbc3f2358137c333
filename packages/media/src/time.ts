/** Something that waits for timers. */
export interface TimerTarget<Tag> {
  onTimer(tag: Tag): void;
}

/** The part of a clock that media needs; any clock with these two methods fits. */
export interface MediaClock {
  /** Milliseconds, monotonic, origin unspecified. */
  nowMs(): number;
  /** Calls `target.onTimer(tag)` once, no earlier than after `delayMs`. */
  startTimer<Tag>(delayMs: number, target: TimerTarget<Tag>, tag: Tag): { cancel(): void };
}

/** Where synchronisation sources, first sequence numbers and ports come from. */
export interface MediaRandom {
  /** A whole number, 0 ≤ n < `bound`. */
  int(bound: number): number;
}

/** The machine's time, to the millisecond: coarser clocks make the pace of packets uneven. */
export class SystemMediaClock implements MediaClock {
  nowMs(): number {
    return performance.now();
  }

  startTimer<Tag>(delayMs: number, target: TimerTarget<Tag>, tag: Tag): { cancel(): void } {
    const timeout = setTimeout(() => target.onTimer(tag), delayMs);
    return { cancel: () => clearTimeout(timeout) };
  }
}
