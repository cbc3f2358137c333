/** Packets behind the highest one that are still told apart (RFC 3711 §3.3.2 asks for 64): two and a half seconds of speech. */
export const DEFAULT_REPLAY_WINDOW = 128;

export type Freshness = 'fresh' | 'replayed' | 'too-old';

/**
 * Which indices of one source have been used. Ask with `check`; only when the packet has proved authentic say `accept`,
 * or a forger could push the window past the packets of the rightful sender (RFC 3711 §3.3.2).
 */
export class ReplayWindow {
  readonly #size: number;
  /** One bit for each of the last `size` indices, by index modulo `size`. */
  readonly #seen: Uint32Array;
  #highest = -1;

  /** `size` is rounded up to a multiple of 32. */
  constructor(size: number) {
    const words = Math.ceil(size / 32);
    this.#size = words * 32;
    this.#seen = new Uint32Array(words);
  }

  /** The highest accepted index, -1 before the first. */
  get highest(): number {
    return this.#highest;
  }

  /** Whether a packet with this index may be taken; remembers nothing. */
  check(index: number): Freshness {
    if (index > this.#highest) return 'fresh';
    if (index <= this.#highest - this.#size) return 'too-old';
    return this.#has(index % this.#size) ? 'replayed' : 'fresh';
  }

  /** Marks an index as used that `check` called fresh. */
  accept(index: number): void {
    if (index > this.#highest) this.#advance(index);
    const bit = index % this.#size;
    this.#seen[bit >>> 5] = (this.#seen[bit >>> 5] ?? 0) | (1 << (bit & 31));
  }

  #has(bit: number): boolean {
    return ((this.#seen[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0;
  }

  #advance(index: number): void {
    if (index === this.#highest + 1) this.#clear(index % this.#size);
    else if (index - this.#highest >= this.#size) this.#seen.fill(0);
    else for (let skipped = this.#highest + 1; skipped <= index; skipped++) this.#clear(skipped % this.#size);
    this.#highest = index;
  }

  #clear(bit: number): void {
    this.#seen[bit >>> 5] = (this.#seen[bit >>> 5] ?? 0) & ~(1 << (bit & 31));
  }
}

/** SRTP packets under one key (RFC 3711 §9.2). */
const INDICES = 2 ** 48;
const SEQUENCE_NUMBERS = 0x1_0000;

/**
 * The index of the packet with this sequence number, nearest to the highest accepted one (RFC 3711 §3.3.1, appendix A);
 * undefined when the key has no index left for it. `rolloverCounter` counts for the first packet only.
 */
export function estimateIndex(highest: number, sequenceNumber: number, rolloverCounter: number): number | undefined {
  if (highest < 0) return rolloverCounter * SEQUENCE_NUMBERS + sequenceNumber;
  const last = highest % SEQUENCE_NUMBERS;
  let ahead = sequenceNumber - last;
  if (ahead > 0x8000) ahead -= SEQUENCE_NUMBERS;
  else if (ahead < -0x8000) ahead += SEQUENCE_NUMBERS;
  const index = highest + ahead;
  // There is nothing before the first cycle: such a packet was merely far ahead.
  if (index < 0) return index + SEQUENCE_NUMBERS;
  return index < INDICES ? index : undefined;
}
