import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median, percentile, summarize } from './statistics.ts';

test('a percentile is the value of the nearest rank', () => {
  const values = [5, 1, 4, 2, 3];
  assert.equal(percentile(values, 0.5), 3);
  assert.equal(percentile(values, 0.99), 5);
  assert.equal(percentile(values, 0), 1);
  assert.ok(Number.isNaN(percentile([], 0.5)));
});

test('the median of an even number of values lies between the middle ones', () => {
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.equal(median([9, 1, 5]), 5);
});

test('a summary leaves out what could not be measured', () => {
  assert.deepEqual(summarize([3, Number.NaN, 1]), { median: 2, lowest: 1, highest: 3, rounds: 2 });
});
