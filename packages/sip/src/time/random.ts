import { randomFillSync } from 'node:crypto';

/** Where chance comes from: the machine (`SystemRandom`) or a seed (`SeededRandom`). */
export interface Random {
  /** `octets` random octets as lower-case hexadecimal (2 × octets characters). */
  hex(octets: number): string;
  /** A whole number, 0 ≤ n < `bound`. */
  int(bound: number): number;
}

/** Cryptographically strong randomness, drawn from a pool so that a branch parameter costs no system call. */
export class SystemRandom implements Random {
  readonly #pool = Buffer.allocUnsafeSlow(8192);
  #used = this.#pool.length;

  hex(octets: number): string {
    if (octets > this.#pool.length) return randomFillSync(Buffer.alloc(octets)).toString('hex');
    const from = this.#take(octets);
    return this.#pool.toString('hex', from, from + octets);
  }

  int(bound: number): number {
    return Math.floor((this.#pool.readUInt32LE(this.#take(4)) / 0x1_0000_0000) * bound);
  }

  #take(octets: number): number {
    if (this.#used + octets > this.#pool.length) {
      randomFillSync(this.#pool);
      this.#used = 0;
    }
    const from = this.#used;
    this.#used += octets;
    return from;
  }
}

/** Repeatable randomness for tests and simulation (mulberry32). Never for anything a stranger must not guess. */
export class SeededRandom implements Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  hex(octets: number): string {
    let text = '';
    while (text.length < octets * 2) text += this.#next().toString(16).padStart(8, '0');
    return text.slice(0, octets * 2);
  }

  int(bound: number): number {
    return Math.floor((this.#next() / 0x1_0000_0000) * bound);
  }

  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  }
}
