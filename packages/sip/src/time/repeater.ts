import type { Clock, Timer } from './clock.ts';

/** Does something again and again until it is closed; the first time after one interval. */
export class Repeater {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #work: () => void;
  #timer: Timer | undefined;

  constructor(clock: Clock, intervalMs: number, work: () => void) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#work = work;
  }

  /** A second start does nothing. */
  start(): void {
    this.#timer ??= this.#clock.startTimer(this.#intervalMs, this, 'again');
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** The next time is set first: work that throws does not end it, and work may close it. */
  onTimer(): void {
    this.#timer = undefined;
    this.start();
    this.#work();
  }
}
