const BLOCK_OCTETS = 16;
/** Words and sums of words that Karatsuba's method multiplies, for one half of the product. */
const FACTORS = 9;

// Shared by all: a digest is computed in one go, and workers have modules of their own.
const state = new Int32Array(4);
const factors = new Int32Array(2 * FACTORS);
const products = new Int32Array(2 * FACTORS);
const padded = new Uint8Array(BLOCK_OCTETS);

/**
 * GHASH under one hash key (NIST SP 800-38D §6.4), by integer products with holes in them: of each factor only every
 * fourth bit at a time, so that carries do not reach the next bit that counts. No table is indexed by secrets, and the time
 * depends on lengths only. Factors are multiplied once as they stand, for the lower half of the product, and once
 * bit-reversed, for the upper half.
 */
export class Ghash {
  readonly #key = new Int32Array(2 * FACTORS);

  /** `key` is the encrypted block of zeros. */
  constructor(key: Uint8Array) {
    spreadBothWays(this.#key, word(key, 12), word(key, 8), word(key, 4), word(key, 0));
  }

  /**
   * Hashes the first `aadOctets` of `packet`, with the four octets of `suffix` behind them unless it is negative, as
   * additional data, and what follows up to `end` as ciphertext. `copyTag` and `matches` then speak of it.
   */
  digest(packet: Uint8Array, aadOctets: number, suffix: number, end: number): void {
    state.fill(0);
    this.#absorbAdditional(packet, aadOctets, suffix);
    this.#absorb(packet, aadOctets, end);
    const additional = suffix >= 0 ? aadOctets + 4 : aadOctets;
    state[2]! ^= additional * 8;
    state[0]! ^= (end - aadOctets) * 8;
    this.#multiply();
  }

  /** Writes the digest under `mask`, sixteen octets at `maskAt`. */
  copyTag(target: Uint8Array, at: number, mask: Uint8Array, maskAt: number): void {
    for (let i = 0; i < BLOCK_OCTETS; i++) target[at + i] = digestOctet(i) ^ mask[maskAt + i]!;
  }

  /** Whether the digest under `mask` stands in `packet`; takes the same time wherever they differ. */
  matches(packet: Uint8Array, at: number, mask: Uint8Array, maskAt: number): boolean {
    let difference = 0;
    for (let i = 0; i < BLOCK_OCTETS; i++) difference |= packet[at + i]! ^ digestOctet(i) ^ mask[maskAt + i]!;
    return difference === 0;
  }

  #absorbAdditional(packet: Uint8Array, octets: number, suffix: number): void {
    if (suffix < 0) {
      this.#absorb(packet, 0, octets);
      return;
    }
    const whole = octets & ~(BLOCK_OCTETS - 1);
    this.#absorb(packet, 0, whole);
    padded.fill(0);
    let filled = 0;
    for (let at = whole; at < octets; at++) padded[filled++] = packet[at]!;
    // RTCP comes in words of four octets: the suffix never straddles two blocks.
    for (let shift = 24; shift >= 0; shift -= 8) padded[filled++] = suffix >>> shift;
    this.#absorbBlock(padded, 0);
  }

  #absorb(octets: Uint8Array, start: number, end: number): void {
    let at = start;
    for (; at + BLOCK_OCTETS <= end; at += BLOCK_OCTETS) this.#absorbBlock(octets, at);
    if (at === end) return;
    padded.fill(0);
    for (let filled = 0; at < end; at++, filled++) padded[filled] = octets[at]!;
    this.#absorbBlock(padded, 0);
  }

  #absorbBlock(block: Uint8Array, at: number): void {
    state[0]! ^= word(block, at + 12);
    state[1]! ^= word(block, at + 8);
    state[2]! ^= word(block, at + 4);
    state[3]! ^= word(block, at);
    this.#multiply();
  }

  /** state = state × key in GF(2^128). */
  #multiply(): void {
    spreadBothWays(factors, state[0]!, state[1]!, state[2]!, state[3]!);
    multiplyFactors(this.#key);
    reduceProducts();
  }
}

/** Words in order of weight and their sums, as they stand and then reversed. */
function spreadBothWays(target: Int32Array, w0: number, w1: number, w2: number, w3: number): void {
  spread(target, 0, w0, w1, w2, w3);
  spread(target, FACTORS, reverse(w0), reverse(w1), reverse(w2), reverse(w3));
}

function spread(target: Int32Array, at: number, w0: number, w1: number, w2: number, w3: number): void {
  target[at] = w0;
  target[at + 1] = w1;
  target[at + 2] = w2;
  target[at + 3] = w3;
  target[at + 4] = w0 ^ w1;
  target[at + 5] = w2 ^ w3;
  target[at + 6] = w0 ^ w2;
  target[at + 7] = w1 ^ w3;
  target[at + 8] = w0 ^ w1 ^ w2 ^ w3;
}

/** The lower 32 bits of each product of `factors` and `key` without carries. In one loop: calls would cost as much again. */
function multiplyFactors(key: Int32Array): void {
  for (let i = 0; i < 2 * FACTORS; i++) {
    const x = factors[i]!;
    const y = key[i]!;
    const x0 = x & 0x11111111;
    const x1 = x & 0x22222222;
    const x2 = x & 0x44444444;
    const x3 = x & 0x88888888;
    const y0 = y & 0x11111111;
    const y1 = y & 0x22222222;
    const y2 = y & 0x44444444;
    const y3 = y & 0x88888888;
    const z0 = Math.imul(x0, y0) ^ Math.imul(x1, y3) ^ Math.imul(x2, y2) ^ Math.imul(x3, y1);
    const z1 = Math.imul(x0, y1) ^ Math.imul(x1, y0) ^ Math.imul(x2, y3) ^ Math.imul(x3, y2);
    const z2 = Math.imul(x0, y2) ^ Math.imul(x1, y1) ^ Math.imul(x2, y0) ^ Math.imul(x3, y3);
    const z3 = Math.imul(x0, y3) ^ Math.imul(x1, y2) ^ Math.imul(x2, y1) ^ Math.imul(x3, y0);
    products[i] = (z0 & 0x11111111) | (z1 & 0x22222222) | (z2 & 0x44444444) | (z3 & 0x88888888);
  }
}

/** Puts the eighteen products together to 255 bits and folds them by x^128 + x^7 + x^2 + x + 1, into `state`. */
function reduceProducts(): void {
  // Lower halves: of the product of lower words, of upper words, and of the sums.
  const a0 = products[0]!;
  const a1 = products[1]!;
  const a2 = products[2]!;
  const a3 = products[3]!;
  const a4 = products[4]! ^ a0 ^ a1;
  const a5 = products[5]! ^ a2 ^ a3;
  const a6 = products[6]! ^ a0 ^ a2;
  const a7 = products[7]! ^ a1 ^ a3;
  const a8 = products[8]! ^ products[6]! ^ products[7]! ^ a4 ^ a5;
  // Upper halves: the same, reversed.
  const b0 = products[9]!;
  const b1 = products[10]!;
  const b2 = products[11]!;
  const b3 = products[12]!;
  const b4 = products[13]! ^ b0 ^ b1;
  const b5 = products[14]! ^ b2 ^ b3;
  const b6 = products[15]! ^ b0 ^ b2;
  const b7 = products[16]! ^ b1 ^ b3;
  const b8 = products[17]! ^ products[15]! ^ products[16]! ^ b4 ^ b5;

  const p0 = a0;
  const p1 = a4 ^ (reverse(b0) >>> 1);
  const p2 = a1 ^ a6 ^ (reverse(b4) >>> 1);
  const p3 = a8 ^ (reverse(b1 ^ b6) >>> 1);
  const p4 = a2 ^ a7 ^ (reverse(b8) >>> 1);
  const p5 = a5 ^ (reverse(b2 ^ b7) >>> 1);
  const p6 = a3 ^ (reverse(b5) >>> 1);
  const p7 = reverse(b3) >>> 1;

  // The bits of GHASH run backwards: the product of two reversed numbers is one bit short.
  const w0 = p0 << 1;
  const w1 = (p1 << 1) | (p0 >>> 31);
  const w2 = (p2 << 1) | (p1 >>> 31);
  let w3 = (p3 << 1) | (p2 >>> 31);
  let w4 = (p4 << 1) | (p3 >>> 31);
  let w5 = (p5 << 1) | (p4 >>> 31);
  let w6 = (p6 << 1) | (p5 >>> 31);
  let w7 = (p7 << 1) | (p6 >>> 31);

  w4 ^= w0 ^ (w0 >>> 1) ^ (w0 >>> 2) ^ (w0 >>> 7);
  w3 ^= (w0 << 31) ^ (w0 << 30) ^ (w0 << 25);
  w5 ^= w1 ^ (w1 >>> 1) ^ (w1 >>> 2) ^ (w1 >>> 7);
  w4 ^= (w1 << 31) ^ (w1 << 30) ^ (w1 << 25);
  w6 ^= w2 ^ (w2 >>> 1) ^ (w2 >>> 2) ^ (w2 >>> 7);
  w5 ^= (w2 << 31) ^ (w2 << 30) ^ (w2 << 25);
  w7 ^= w3 ^ (w3 >>> 1) ^ (w3 >>> 2) ^ (w3 >>> 7);
  w6 ^= (w3 << 31) ^ (w3 << 30) ^ (w3 << 25);
  state[0] = w4;
  state[1] = w5;
  state[2] = w6;
  state[3] = w7;
}

function reverse(bits: number): number {
  let x = bits;
  x = ((x & 0x55555555) << 1) | ((x >>> 1) & 0x55555555);
  x = ((x & 0x33333333) << 2) | ((x >>> 2) & 0x33333333);
  x = ((x & 0x0f0f0f0f) << 4) | ((x >>> 4) & 0x0f0f0f0f);
  x = ((x & 0x00ff00ff) << 8) | ((x >>> 8) & 0x00ff00ff);
  return (x << 16) | (x >>> 16);
}

function word(octets: Uint8Array, at: number): number {
  return (octets[at]! << 24) | (octets[at + 1]! << 16) | (octets[at + 2]! << 8) | octets[at + 3]!;
}

function digestOctet(i: number): number {
  return (state[3 - (i >> 2)]! >>> (24 - 8 * (i & 3))) & 0xff;
}
