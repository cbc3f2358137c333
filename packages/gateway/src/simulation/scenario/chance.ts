import { SeededRandom } from '@unisono/sip';

/** Moments that coincide often: a race needs two people who press at the same time. */
const MOMENTS_MS = [0, 0, 1, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 25_000];

/** What a scenario draws, apart from what the network and the phones draw. */
export class Chance {
  readonly #random: SeededRandom;

  constructor(seed: number) {
    // Far from the seed of the world, so that both do not draw alike.
    this.#random = new SeededRandom(seed * 7_919 + 104_729);
  }

  /** True in `percent` of all cases. */
  of(percent: number): boolean {
    return this.#random.int(100) < percent;
  }

  /** From 0 up to, not including, `bound`. */
  below(bound: number): number {
    return this.#random.int(bound);
  }

  between(least: number, most: number): number {
    return least + this.#random.int(most - least + 1);
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.#random.int(choices.length)] as T;
  }

  /** One of the values, each as often as its weight says. */
  weighted<T>(choices: readonly (readonly [weight: number, value: T])[]): T {
    let left = this.#random.int(choices.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, value] of choices) {
      left -= weight;
      if (left < 0) return value;
    }
    throw new Error('Weights must be above zero.');
  }

  /** A time to wait, in milliseconds; different people often draw the same. */
  moment(): number {
    return this.pick(MOMENTS_MS);
  }
}
