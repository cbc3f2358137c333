import { type Cipheriv, createCipheriv, createSecretKey } from 'node:crypto';

const BLOCK_OCTETS = 16;
/** Packets whose keystream is made in one go: the call into native code costs as much as forty blocks. */
const AHEAD_PACKETS = 16;
/** Blocks made ahead for each packet at least: G.711 of 20 ms, and the block that AEAD tags are masked with. */
const AHEAD_BLOCKS = 11;
const SCRATCH_OCTETS = 4096;

// Shared by all: counter blocks live only until they are encrypted, and workers have modules of their own.
const scratch = Buffer.alloc(SCRATCH_OCTETS);
const scratchView = new DataView(scratch.buffer, scratch.byteOffset, SCRATCH_OCTETS);

/** Writes `blocks` counter blocks for the packet with this source and index (`high` × 2^16 + `low`). */
type CounterLayout = (
  view: DataView,
  at: number,
  salt: Int32Array,
  ssrc: number,
  high: number,
  low: number,
  blocks: number,
) => void;

/*
 * AES-CM (RFC 3711 §4.1.1): the salt over source and index, then sixteen bits that count from 0.
 *
 *   octet  0        4        8        12       14
 *          |  salt                              |
 *          |        |  SSRC  |  index (48 bits) | counter |
 */
const COUNTER_MODE: CounterLayout = (view, at, salt, ssrc, high, low, blocks) => {
  const second = salt[1]! ^ ssrc;
  const third = salt[2]! ^ high;
  const fourth = salt[3]! ^ (low << 16);
  for (let block = 0, to = at; block < blocks; block++, to += BLOCK_OCTETS) {
    view.setInt32(to, salt[0]!);
    view.setInt32(to + 4, second);
    view.setInt32(to + 8, third);
    view.setInt32(to + 12, fourth | block);
  }
};

/*
 * AES-GCM (RFC 7714 §8.1, §9.1): twelve octets of initialization vector, then 32 bits that count from 1; the first block
 * masks the tag. An SRTCP index fills the place of the rollover counter's lower half and the sequence number.
 *
 *   octet  0     2        6        10    12
 *          |  salt                       |
 *          | 0 0 |  SSRC  |  ROC   | SEQ | counter |
 */
const GALOIS_COUNTER_MODE: CounterLayout = (view, at, salt, ssrc, high, low, blocks) => {
  const first = salt[0]! ^ (ssrc >>> 16);
  const second = salt[1]! ^ ((ssrc << 16) | (high >>> 16));
  const third = salt[2]! ^ ((high << 16) | low);
  for (let block = 0, to = at; block < blocks; block++, to += BLOCK_OCTETS) {
    view.setInt32(to, first);
    view.setInt32(to + 4, second);
    view.setInt32(to + 8, third);
    view.setInt32(to + 12, block + 1);
  }
};

const LAYOUTS = { cm: COUNTER_MODE, gcm: GALOIS_COUNTER_MODE };

/**
 * The keystream of one direction and one kind of packet, out of one AES key that is set up once. While packets come in
 * order it is made for several at a time.
 */
export class Keystream {
  /** Where the keystream prepared last stands; valid until the next `prepare`. */
  octets: Uint8Array = scratch;
  start = 0;

  readonly #cipher: Cipheriv;
  readonly #layout: CounterLayout;
  readonly #salt = new Int32Array(4);
  readonly #aheadPackets: number;

  /** Keystream that has been made ahead: `#packets` from index `#first` on, `#blocks` for each. */
  #ahead: Uint8Array | undefined;
  #aheadSsrc = 0;
  #first = 0;
  #packets = 0;
  #blocks = 0;

  #lastSsrc = 0;
  #lastIndex = -1;

  /** `salt` is of 14 octets for `cm` and of 12 for `gcm`. */
  constructor(key: Buffer, salt: Buffer, mode: keyof typeof LAYOUTS, options: { ahead: boolean }) {
    this.#cipher = createCipheriv('aes-128-ecb', createSecretKey(key), null);
    this.#cipher.setAutoPadding(false);
    this.#layout = LAYOUTS[mode];
    this.#aheadPackets = options.ahead ? AHEAD_PACKETS : 1;
    const padded = Buffer.alloc(BLOCK_OCTETS);
    salt.copy(padded);
    for (let word = 0; word < 4; word++) this.#salt[word] = padded.readInt32BE(4 * word);
  }

  /** One block under the key: GHASH takes that of zeros as its own. */
  encryptBlock(block: Buffer): Buffer {
    return this.#cipher.update(block);
  }

  /** Makes at least `blocks` blocks for the packet with this source and 48-bit index, at `start` of `octets`. */
  prepare(ssrc: number, index: number, blocks: number): void {
    const ahead = this.#ahead;
    const position = index - this.#first;
    if (
      ahead !== undefined &&
      ssrc === this.#aheadSsrc &&
      position >= 0 &&
      position < this.#packets &&
      blocks <= this.#blocks
    ) {
      this.octets = ahead;
      this.start = position * this.#blocks * BLOCK_OCTETS;
    } else {
      const inOrder = ssrc === this.#lastSsrc && index === this.#lastIndex + 1;
      const each = Math.max(blocks, AHEAD_BLOCKS);
      const packets = inOrder ? Math.min(this.#aheadPackets, Math.floor(SCRATCH_OCTETS / (each * BLOCK_OCTETS))) : 1;
      if (packets > 1) this.#makeAhead(ssrc, index, packets, each);
      else this.octets = this.#make(ssrc, index, 1, blocks);
      this.start = 0;
    }
    this.#lastSsrc = ssrc;
    this.#lastIndex = index;
  }

  #makeAhead(ssrc: number, index: number, packets: number, blocks: number): void {
    this.#ahead = this.octets = this.#make(ssrc, index, packets, blocks);
    this.#aheadSsrc = ssrc;
    this.#first = index;
    this.#packets = packets;
    this.#blocks = blocks;
  }

  #make(ssrc: number, index: number, packets: number, blocks: number): Uint8Array {
    const octets = packets * blocks * BLOCK_OCTETS;
    const counters = octets <= SCRATCH_OCTETS ? scratch.subarray(0, octets) : Buffer.alloc(octets);
    const view = octets <= SCRATCH_OCTETS ? scratchView : new DataView(counters.buffer, counters.byteOffset, octets);
    for (let packet = 0; packet < packets; packet++) {
      const its = index + packet;
      const high = Math.floor(its / 0x1_0000);
      this.#layout(view, packet * blocks * BLOCK_OCTETS, this.#salt, ssrc, high, its % 0x1_0000, blocks);
    }
    return this.#cipher.update(counters);
  }
}

/** Exclusive-or of `packet` from `start` up to `end` with the keystream from `at` on. */
export function mix(packet: Uint8Array, start: number, end: number, keystream: Uint8Array, at: number): void {
  for (let from = start, key = at; from < end; from++, key++) packet[from]! ^= keystream[key]!;
}

/** Blocks that cover so many octets. */
export function blocksFor(octets: number): number {
  return (octets + BLOCK_OCTETS - 1) >>> 4;
}
