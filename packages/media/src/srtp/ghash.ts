const BLOCK_OCTETS = 16;
/** The three-level Karatsuba product needs each half, and the sums of halves. */
const SHARES = 9;

// Shared by all: a digest is computed in one go, and workers have modules of their own.
const state = new Int32Array(4);
const shares = new Int32Array(SHARES);
const products = new Int32Array(2 * SHARES);
const padded = new Uint8Array(BLOCK_OCTETS);

/**
 * GHASH under one hash key (NIST SP 800-38D §6.4), by integer products with holes in them: four bits apart, so that
 * carries do not reach the next bit that counts. No table is indexed by secrets, and the time depends on lengths only.
 * A word is multiplied once as it stands for the lower half of the product and once bit-reversed for the upper half.
 */
export class Ghash {
  readonly #key = new Int32Array(SHARES);
  readonly #reversedKey = new Int32Array(SHARES);

  /** `key` is the encrypted block of zeros. */
  constructor(key: Uint8Array) {
    spread(this.#key, word(key, 12), word(key, 8), word(key, 4), word(key, 0));
    spread(
      this.#reversedKey,
      reverse(word(key, 12)),
      reverse(word(key, 8)),
      reverse(word(key, 4)),
      reverse(word(key, 0)),
    );
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
    const [y0, y1, y2, y3] = [state[0]!, state[1]!, state[2]!, state[3]!];
    spread(shares, y0, y1, y2, y3);
    for (let i = 0; i < SHARES; i++) products[i] = multiplyWords(shares[i]!, this.#key[i]!);
    spread(shares, reverse(y0), reverse(y1), reverse(y2), reverse(y3));
    for (let i = 0; i < SHARES; i++)
      products[SHARES + i] = reverse(multiplyWords(shares[i]!, this.#reversedKey[i]!)) >>> 1;
    reduceProducts();
  }
}

/** Words in order of weight, then the sums that Karatsuba's method multiplies. */
function spread(target: Int32Array, w0: number, w1: number, w2: number, w3: number): void {
  target[0] = w0;
  target[1] = w1;
  target[2] = w2;
  target[3] = w3;
  target[4] = w0 ^ w1;
  target[5] = w2 ^ w3;
  target[6] = w0 ^ w2;
  target[7] = w1 ^ w3;
  target[8] = w0 ^ w1 ^ w2 ^ w3;
}

/** Puts the eighteen products together to 255 bits and folds them by x^128 + x^7 + x^2 + x + 1, into `state`. */
function reduceProducts(): void {
  const [a0, a1, a2, a3] = [products[0]!, products[1]!, products[2]!, products[3]!];
  const [a6, a7] = [products[6]!, products[7]!];
  const a4 = products[4]! ^ a0 ^ a1;
  const a5 = products[5]! ^ a2 ^ a3;
  const a8 = products[8]! ^ a6 ^ a7;
  const [b0, b1, b2, b3] = [products[9]!, products[10]!, products[11]!, products[12]!];
  const [b6, b7] = [products[15]!, products[16]!];
  const b4 = products[13]! ^ b0 ^ b1;
  const b5 = products[14]! ^ b2 ^ b3;
  const b8 = products[17]! ^ b6 ^ b7;

  // Words of the lower, the upper and the middle product of two 64-bit halves.
  const [l0, l1, l2, l3] = [a0, b0 ^ a4, a1 ^ b4, b1];
  const [h0, h1, h2, h3] = [a2, b2 ^ a5, a3 ^ b5, b3];
  const [m0, m1, m2, m3] = [a6 ^ l0 ^ h0, b6 ^ a8 ^ l1 ^ h1, a7 ^ b8 ^ l2 ^ h2, b7 ^ l3 ^ h3];

  // The bits of GHASH run backwards: the product of two reversed numbers is one bit short.
  let w7 = (h3 << 1) | (h2 >>> 31);
  let w6 = (h2 << 1) | ((h1 ^ m3) >>> 31);
  let w5 = ((h1 ^ m3) << 1) | ((h0 ^ m2) >>> 31);
  let w4 = ((h0 ^ m2) << 1) | ((l3 ^ m1) >>> 31);
  let w3 = ((l3 ^ m1) << 1) | ((l2 ^ m0) >>> 31);
  const w2 = ((l2 ^ m0) << 1) | (l1 >>> 31);
  const w1 = (l1 << 1) | (l0 >>> 31);
  const w0 = l0 << 1;

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

/** The lower 32 bits of the product without carries. Each factor is taken in four parts of every fourth bit. */
function multiplyWords(x: number, y: number): number {
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
  return (z0 & 0x11111111) | (z1 & 0x22222222) | (z2 & 0x44444444) | (z3 & 0x88888888);
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
