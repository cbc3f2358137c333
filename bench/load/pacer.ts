/** Starts things: as many as there may be at once, or so many per second. */
import type { Pace } from './job.ts';

const TICK_MS = 1;

export class Pacer {
  readonly #pace: Pace;
  readonly #start: () => void;
  #timer: NodeJS.Timeout | undefined;
  #isRunning = false;

  constructor(pace: Pace, start: () => void) {
    this.#pace = pace;
    this.#start = start;
  }

  run(): void {
    this.#isRunning = true;
    if ('concurrent' in this.#pace) for (let count = 0; count < this.#pace.concurrent; count++) this.#start();
    else this.#runSteadily(this.#pace.perSec);
  }

  /** One that was started has ended, well or not. */
  finished(): void {
    if (this.#isRunning && 'concurrent' in this.#pace) this.#start();
  }

  stop(): void {
    this.#isRunning = false;
    clearInterval(this.#timer);
  }

  #runSteadily(perSec: number): void {
    const beginMs = performance.now();
    let started = 0;
    this.#timer = setInterval(() => {
      const due = ((performance.now() - beginMs) / 1000) * perSec;
      for (; started < due; started++) this.#start();
    }, TICK_MS);
  }
}
