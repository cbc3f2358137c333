import { type LinkFrame, MAX_POLL_FRAMES } from '@unisono/contract';
import type { Clock } from '../ports.ts';

/** What waits for the next long poll. */
export class Mailbox {
  readonly #clock: Clock;
  #frames: LinkFrame[] = [];
  #isEnded = false;
  #wake: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isEmpty(): boolean {
    return this.#frames.length === 0;
  }

  put(frames: readonly LinkFrame[]): void {
    this.#frames.push(...frames);
    this.#wake?.();
  }

  end(): void {
    this.#isEnded = true;
    this.#wake?.();
  }

  /** What is there, or comes within that time. A poll that comes while another waits lets that one go. */
  async wait(longestMs: number): Promise<LinkFrame[]> {
    this.#wake?.();
    if (this.#frames.length === 0 && !this.#isEnded && longestMs > 0) {
      await new Promise<void>((resolve) => {
        const late = this.#clock.after(longestMs, () => resolve());
        this.#wake = () => {
          late.cancel();
          resolve();
        };
      });
      this.#wake = undefined;
    }
    return this.#frames.splice(0, MAX_POLL_FRAMES);
  }
}
