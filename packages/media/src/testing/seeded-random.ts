import type { MediaRandom } from '../time.ts';

/** Repeatable chance for tests (a linear congruential generator, upper bits). */
export class SeededRandom implements MediaRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  int(bound: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    const high = this.#state >>> 8;
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor(((high * 0x100 + (this.#state >>> 24)) / 0x1_0000_0000) * bound);
  }
}
