/** One step in a lane; what it returns is waited for. */
export type LaneStep = () => undefined | Promise<void>;

/**
 * Keeps the messages of one call in order although the media engine answers later: a step begins when the one before is
 * done, and at once when nothing is under way.
 */
export class Lane {
  readonly #waiting: LaneStep[] = [];
  readonly #onError: (error: unknown) => void;
  #isBusy = false;

  /** `onError` is told of steps that fail, which is a fault of the program; the lane goes on. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** True while a step is under way. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  run(step: LaneStep): void {
    if (this.#isBusy) this.#waiting.push(step);
    else this.#begin(step);
  }

  #begin(step: LaneStep): void {
    const done = step();
    if (!done) return;
    this.#isBusy = true;
    done.catch(this.#onError).then(() => this.#next());
  }

  #next(): void {
    this.#isBusy = false;
    while (!this.#isBusy) {
      const step = this.#waiting.shift();
      if (!step) return;
      this.#begin(step);
    }
  }
}
