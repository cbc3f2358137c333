import type { Clock, Timer, TimerTarget } from './clock.ts';
import { TimerWheel, WHEEL_TICK_MS } from './timer-wheel.ts';

/** The machine's time. `close()` stops its one interval; timers still running never fire then. */
export class SystemClock implements Clock {
  readonly #wheel: TimerWheel;
  readonly #onError: (error: unknown) => void;
  #interval: NodeJS.Timeout | null = null;

  /** `onError` is told what a timer's target threw; by default it is thrown again outside the wheel. */
  constructor(onError: (error: unknown) => void = rethrowLater) {
    this.#wheel = new TimerWheel(performance.now());
    this.#onError = onError;
  }

  nowMs(): number {
    return performance.now();
  }

  epochMs(): number {
    return Date.now();
  }

  startTimer<Tag>(delayMs: number, target: TimerTarget<Tag>, tag: Tag): Timer {
    if (!this.#interval) this.#run();
    return this.#wheel.start(performance.now(), delayMs, target, tag);
  }

  close(): void {
    if (this.#interval) clearInterval(this.#interval);
    this.#interval = null;
  }

  /** The interval runs only while there is something to wait for, so that an idle program can end. */
  #run(): void {
    this.#wheel.advanceTo(performance.now(), this.#onError);
    this.#interval = setInterval(() => {
      this.#wheel.advanceTo(performance.now(), this.#onError);
      if (this.#wheel.size === 0) this.close();
    }, WHEEL_TICK_MS);
  }
}

function rethrowLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
