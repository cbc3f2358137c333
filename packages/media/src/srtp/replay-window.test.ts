import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '../testing/seeded-random.ts';
import { estimateIndex, type Freshness, ReplayWindow } from './replay-window.ts';

const CYCLE = 0x1_0000;

/** RFC 3711 §3.3.1 and appendix A: the highest index so far, a sequence number, the index meant by it. */
const estimates: [name: string, highest: number, sequenceNumber: number, index: number | undefined][] = [
  ['the first packet has the rollover counter it was given', -1, 40_000, 7 * CYCLE + 40_000],
  ['the next packet', 100, 101, 101],
  ['a packet that was overtaken', 100, 98, 98],
  ['the same packet again', 100, 100, 100],
  ['over the wrap', 65_535, 0, CYCLE],
  ['over the wrap with losses', 65_530, 20, CYCLE + 20],
  ['back over the wrap', CYCLE, 65_535, 65_535],
  ['far back over the wrap, reordered', 2 * CYCLE + 10, 65_500, CYCLE + 65_500],
  ['half a cycle ahead is still ahead', 3 * CYCLE + 10, 10 + 0x8000, 3 * CYCLE + 10 + 0x8000],
  ['one more is behind, in the cycle before', 3 * CYCLE + 10, 11 + 0x8000, 2 * CYCLE + 11 + 0x8000],
  ['half a cycle back is still back', 3 * CYCLE + 40_000, 40_000 - 0x8000, 3 * CYCLE + 40_000 - 0x8000],
  ['one more back is in the next cycle', 3 * CYCLE + 40_000, 39_999 - 0x8000, 4 * CYCLE + 39_999 - 0x8000],
  ['there is nothing before the first cycle', 5, 65_530, 65_530],
  ['the last index of a key', 2 ** 48 - 2, 65_535, 2 ** 48 - 1],
  ['past the last index', 2 ** 48 - 1, 0, undefined],
  ['behind the last index', 2 ** 48 - 1, 65_500, 2 ** 48 - 36],
];

for (const [name, highest, sequenceNumber, index] of estimates)
  test(`index of ${name}`, () => assert.equal(estimateIndex(highest, sequenceNumber, 7), index));

/** Indices that were accepted in this order, an index that is asked for, the verdict. */
const verdicts: [name: string, accepted: number[], asked: number, verdict: Freshness][] = [
  ['nothing has been seen', [], 0, 'fresh'],
  ['the first again', [0], 0, 'replayed'],
  ['the next', [5], 6, 'fresh'],
  ['one that was overtaken', [5, 7], 6, 'fresh'],
  ['one that was overtaken and came', [5, 7, 6], 6, 'replayed'],
  ['before the first', [5], 3, 'fresh'],
  ['the oldest in the window', [200], 200 - 63, 'fresh'],
  ['just outside the window', [200], 200 - 64, 'too-old'],
  ['the oldest, which was seen', [137, 200], 137, 'replayed'],
  ['its place in the ring, one turn on', [137, 200], 201, 'fresh'],
  ['skipped places are free again', [0, 1, 2, 3, 66], 65, 'fresh'],
  ['after a leap over the whole window', [1, 2, 3, 1000], 999, 'fresh'],
  ['a leap by exactly the window', [10, 74], 73, 'fresh'],
  ['over 2^32', [2 ** 32 - 1, 2 ** 32 + 1], 2 ** 32, 'fresh'],
  ['over 2^32, seen', [2 ** 32 - 1, 2 ** 32 + 1], 2 ** 32 - 1, 'replayed'],
];

for (const [name, accepted, asked, verdict] of verdicts)
  test(`window of 64: ${name} is ${verdict}`, () => {
    const window = new ReplayWindow(64);
    for (const index of accepted) {
      assert.equal(window.check(index), 'fresh');
      window.accept(index);
    }
    assert.equal(window.check(asked), verdict);
    assert.equal(window.check(asked), verdict, 'asking changes nothing');
  });

test('the window says what a list of everything seen would say', () => {
  const random = new SeededRandom(3711);
  const window = new ReplayWindow(128);
  const seen = new Set<number>();
  let highest = -1;
  for (let step = 0; step < 20_000; step++) {
    const leap = random.int(50) === 0 ? random.int(400) : random.int(4);
    const index = Math.max(0, highest + leap - random.int(140));
    const expected = index <= highest - 128 ? 'too-old' : seen.has(index) ? 'replayed' : 'fresh';
    assert.equal(window.check(index), expected, `step ${step}, index ${index}, highest ${highest}`);
    if (expected !== 'fresh' || random.int(4) === 0) continue;
    window.accept(index);
    seen.add(index);
    highest = Math.max(highest, index);
    assert.equal(window.highest, highest);
  }
});
