import assert from 'node:assert/strict';
import { test } from 'node:test';
import { examine, examineBody } from './fuzz/examine.ts';
import { fuzz } from './fuzz/fuzz.ts';
import { readVectors } from './fuzz/vectors.ts';

const SEED = 20_260_101;
const COUNT = 5_000;

test('every vector, whole and cut off at many places, breaks nothing', () => {
  for (const [name, bytes] of readVectors()) {
    examine(bytes);
    examineBody(bytes, 'multipart/mixed;boundary=7a9cbec02ceef655');
    const step = Math.ceil(bytes.length / 150);
    for (let length = 0; length < bytes.length; length += step) {
      assert.doesNotThrow(() => examine(bytes.subarray(0, length)), `${name} cut off at ${length}`);
    }
  }
});

test(`${COUNT} mutated messages from seed ${SEED} break nothing`, () => {
  for (const { seed, bytes, error } of fuzz(SEED, COUNT)) {
    const name = `seed ${seed}: ${bytes.toString('base64')}`;
    throw new Error(`${name}; node packages/sip/test/fuzz/main.ts --seed ${seed} --count 1 keeps it`, { cause: error });
  }
});
