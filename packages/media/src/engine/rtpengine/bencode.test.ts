import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mutate } from '../../testing/mutate.ts';
import { SeededRandom } from '../../testing/seeded-random.ts';
import { type Bencoded, decodeBencode, encodeBencode, MAX_BENCODE_DEPTH } from './bencode.ts';

const SAMPLE: Bencoded = {
  command: 'offer',
  flags: ['trust address', 'ü'],
  n: -7,
  nested: { list: [[], {}], zero: 0 },
};

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe('bencode (BEP 3)', () => {
  const vectors: readonly [Bencoded, string][] = [
    ['spam', '4:spam'],
    ['', '0:'],
    ['ü', '2:ü'],
    [3, 'i3e'],
    [-3, 'i-3e'],
    [['spam', 'eggs'], 'l4:spam4:eggse'],
    [{ spam: 'eggs', cow: 'moo' }, 'd3:cow3:moo4:spam4:eggse'],
    [{ kept: 1, left: undefined }, 'd4:kepti1ee'],
  ];
  for (const [value, text] of vectors) {
    it(text, () => {
      assert.equal(encodeBencode(value).toString(), text);
      assert.deepEqual(plain(decodeBencode(Buffer.from(text))), plain(value));
    });
  }

  it('what is written reads as it was', () => {
    assert.deepEqual(plain(decodeBencode(encodeBencode(SAMPLE))), SAMPLE);
  });

  for (const text of [
    '',
    'x',
    'i',
    'ie',
    'i3',
    'i3ex',
    '5:spam',
    '-1:',
    'l4:spam',
    'd4:spam',
    'di3e4:spame',
    '4:spam4:eggs',
  ]) {
    it(`no value: ${JSON.stringify(text)}`, () => assert.equal(decodeBencode(Buffer.from(text)), undefined));
  }

  it('depth ends at the limit', () => {
    const nested = (depth: number) => Buffer.from(`${'l'.repeat(depth)}${'e'.repeat(depth)}`);
    assert.notEqual(decodeBencode(nested(MAX_BENCODE_DEPTH)), undefined);
    assert.equal(decodeBencode(nested(MAX_BENCODE_DEPTH + 2)), undefined);
  });

  it('damage never throws, and names of members are only names', () => {
    const random = new SeededRandom(5);
    for (let run = 0; run < 3_000; run++) decodeBencode(mutate(encodeBencode(SAMPLE), random));
    assert.equal(Object.getPrototypeOf(decodeBencode(Buffer.from('d9:__proto__dee'))), null);
  });
});
