import type { MediaRandom } from '../time.ts';

/** Ports from `min` to `max`, both included; pairs start at even ports (RFC 3550 §11). */
export interface PortRange {
  readonly min: number;
  readonly max: number;
}

/**
 * Hands out pairs of ports, RTP even and RTCP one above. It goes round from a random start, so that a port rests as long as
 * possible before it is used again: late packets of the call before find nobody.
 */
export class PortPool {
  readonly #first: number;
  readonly #taken: Uint8Array;
  #next: number;
  #used = 0;

  constructor(range: PortRange, random: MediaRandom) {
    this.#first = range.min + (range.min & 1);
    const pairs = Math.max(0, Math.floor((Math.min(range.max, 65_535) - this.#first + 1) / 2));
    this.#taken = new Uint8Array(pairs);
    this.#next = pairs > 0 ? random.int(pairs) : 0;
  }

  /** How many pairs there are, taken or not. */
  get size(): number {
    return this.#taken.length;
  }

  get used(): number {
    return this.#used;
  }

  /** The even port of a free pair, undefined when all are taken. */
  take(): number | undefined {
    if (this.#used === this.#taken.length) return undefined;
    while (this.#taken[this.#next] === 1) this.#step();
    const pair = this.#next;
    this.#taken[pair] = 1;
    this.#used++;
    this.#step();
    return this.#first + 2 * pair;
  }

  /** Gives a pair back by its even port; a pair that is not taken is left alone. */
  release(port: number): void {
    const pair = (port - this.#first) / 2;
    if (this.#taken[pair] !== 1) return;
    this.#taken[pair] = 0;
    this.#used--;
  }

  #step(): void {
    this.#next = (this.#next + 1) % this.#taken.length;
  }
}
