import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SeededRandom } from '../testing/seeded-random.ts';
import { JitterBuffer, type PlacedPayload, type PulledFrame } from './jitter-buffer.ts';

const FRAME = 160;

/** A sender and a receiver with a network between them that the test decides. */
class Line {
  readonly buffer = new JitterBuffer();
  readonly random = new SeededRandom(8);
  /** Numbers of the frames that were given out; 'lost' and 'idle' as they are. */
  readonly heard: (number | PulledFrame)[] = [];
  readonly #inFlight = new Map<number, { index: number; timestamp: number }[]>();

  /** Sends frame `index` so that it arrives then; `timestamp` where it is not as it should be. */
  send(index: number, atMs: number, timestamp = index * FRAME + 0xffff_f000): void {
    const ms = Math.ceil(atMs);
    this.#inFlight.set(ms, [...(this.#inFlight.get(ms) ?? []), { index, timestamp: timestamp >>> 0 }]);
  }

  /** Lets time pass: packets arrive, and every 20 ms a frame is given out. */
  run(fromMs: number, toMs: number, isPause: (ms: number) => boolean = () => false): void {
    const out = new Uint8Array(FRAME);
    for (let ms = fromMs; ms < toMs; ms++) {
      for (const { index, timestamp } of this.#inFlight.get(ms) ?? []) {
        const header = placed(0, FRAME, timestamp, index + 65_530);
        this.buffer.push(new Uint8Array(FRAME).fill(index % 251), header, ms, false);
      }
      if (ms % 20 === 0) {
        const pulled = this.buffer.pull(out, FRAME, ms, isPause(ms));
        this.heard.push(pulled === 'speech' ? (out[0] as number) : pulled);
      }
    }
  }

  numbers(): number[] {
    return this.heard.filter((frame) => typeof frame === 'number');
  }
}

function placed(payloadStart: number, payloadEnd: number, timestamp: number, sequence: number): PlacedPayload {
  return { payloadStart, payloadEnd, timestamp, sequenceNumber: sequence & 0xffff };
}

function inOrder(numbers: readonly number[]): boolean {
  return numbers.every((number, i) => i === 0 || (number - (numbers[i - 1] as number) + 251) % 251 < 125);
}

describe('jitter buffer', () => {
  it('gives frames out in order and at an even pace, 20 ms after they came', () => {
    const line = new Line();
    for (let i = 0; i < 50; i++) line.send(i, 1_000 + 20 * i);
    line.run(1_000, 2_000);
    assert.deepEqual(line.heard.slice(0, 3), ['idle', 0, 1]);
    assert.equal(line.numbers().length, 49);
    assert.equal(line.buffer.snapshot().delayMs, 20);
  });

  it('across the wrap of timestamps, packets that overtook each other stand in their places', () => {
    const line = new Line();
    for (let i = 0; i < 60; i++) line.send(i, 1_000 + 20 * i + (i % 3 === 0 ? 45 : 0));
    line.run(1_000, 2_300);
    assert.ok(inOrder(line.numbers()));
    assert.ok(line.numbers().length >= 55, `${line.numbers().length} of 60 were heard`);
  });

  it('the delay follows the jitter up at once and down slowly', () => {
    const line = new Line();
    const jitter = (i: number) => (i < 200 ? line.random.int(80) : 0);
    for (let i = 0; i < 2_000; i++) line.send(i, 1_000 + 20 * i + jitter(i));
    line.run(1_000, 3_000, () => true);
    assert.ok(line.buffer.snapshot().delayMs > 60, `${line.buffer.snapshot().delayMs} ms`);
    const early = line.buffer.snapshot();
    line.run(3_000, 5_000, () => true);
    const settled = line.buffer.snapshot();
    assert.ok(settled.late + settled.lost - early.late - early.lost <= 4, JSON.stringify([early, settled]));
    line.run(5_000, 41_000, () => true);
    assert.ok(line.buffer.snapshot().delayMs < 25, `${line.buffer.snapshot().delayMs} ms`);
  });

  it('a lost packet is one gap, and the next comes in time', () => {
    const line = new Line();
    for (let i = 0; i < 50; i++) if (i !== 20) line.send(i, 1_000 + 20 * i);
    line.run(1_000, 2_000);
    const gap = line.heard.indexOf('lost');
    assert.deepEqual(line.heard.slice(gap - 1, gap + 2), [19, 'lost', 21]);
  });

  for (const ppm of [-400, 400]) {
    it(`a sender whose clock is ${ppm} ppm off is followed, in pauses`, () => {
      const line = new Line();
      for (let i = 0; i < 6_000; i++) line.send(i, 1_000 + 20 * i * (1 + ppm / 1e6));
      line.run(1_000, 118_000, (ms) => ms % 1_000 < 200);
      const { late, lost, skipped, inserted } = line.buffer.snapshot();
      assert.ok(late + lost < 10, `${late} late, ${lost} lost`);
      assert.ok(ppm < 0 ? skipped >= 1 : inserted >= 1, `${skipped} skipped, ${inserted} inserted`);
    });
  }

  it('silence suppression: nothing is sent, nothing counts as lost, and speech goes on', () => {
    const line = new Line();
    for (let i = 0; i < 20; i++) line.send(i, 1_000 + 20 * i);
    // Fifty frames of silence, which take no sequence numbers.
    for (let i = 20; i < 50; i++) line.send(i, 2_000 + 20 * i, (i + 50) * FRAME + 0xffff_f000);
    line.run(1_000, 3_100);
    assert.equal(line.numbers().length, 50);
    assert.equal(line.buffer.snapshot().lost, 0);
  });

  it('a sender that begins anew, or whose timestamps stood still, is heard again soon', () => {
    for (const timestamp of [0x1234_5678, 20 * FRAME + 0xffff_f000]) {
      const line = new Line();
      for (let i = 0; i < 20; i++) line.send(i, 1_000 + 20 * i);
      for (let i = 20; i < 60; i++) line.send(i, 3_000 + 20 * i, timestamp + (i - 20) * FRAME);
      line.run(1_000, 4_300);
      assert.ok(line.numbers().length > 55, `${line.numbers().length} of 60 were heard`);
    }
  });

  it('packets of other lengths are taken apart and put together', () => {
    const buffer = new JitterBuffer();
    const out = new Uint8Array(FRAME);
    const heard: number[] = [];
    for (let ms = 0, sent = 0; ms < 1_200; ms += 10) {
      if (ms % 30 === 0) {
        const octets = Uint8Array.from({ length: 240 }, (_, i) => (sent + i) % 251);
        buffer.push(octets, placed(0, 240, sent, sent / 240), ms, false);
        sent += 240;
      }
      if (ms % 20 === 0 && buffer.pull(out, FRAME, ms, false) === 'speech') heard.push(...out);
    }
    assert.ok(heard.length > 8_000);
    assert.ok(heard.every((octet, i) => i === 0 || octet === ((heard[i - 1] as number) + 1) % 251));
  });

  it('anything may come: no packet breaks it', () => {
    const random = new SeededRandom(21);
    const buffer = new JitterBuffer();
    const out = new Uint8Array(FRAME);
    for (let run = 0; run < 4_000; run++) {
      const start = random.int(300);
      const timestamp = random.int(2) ? random.int(0x1_0000_0000) : random.int(20_000);
      const header = placed(start, start + random.int(1_200), timestamp, random.int(65_536));
      buffer.push(new Uint8Array(1_500), header, run * random.int(30), random.int(50) === 0);
      buffer.pull(out, FRAME, run * random.int(30), random.int(2) === 0);
    }
  });
});
