import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Repeater } from './repeater.ts';
import { VirtualClock } from './virtual-clock.ts';

test('works once in each interval, started once or twice, and not after it was closed', () => {
  const clock = new VirtualClock();
  const atMs: number[] = [];
  const repeater = new Repeater(clock, 1_000, () => atMs.push(clock.nowMs()));
  const beganMs = clock.nowMs();
  repeater.start();
  repeater.start();
  clock.advance(3_500);
  assert.deepEqual(
    atMs.map((ms) => ms - beganMs),
    [1_000, 2_000, 3_000],
  );
  repeater.close();
  clock.advance(5_000);
  assert.equal(atMs.length, 3);
  repeater.start();
  clock.advance(1_000);
  assert.equal(atMs.length, 4);
});

test('work may close it', () => {
  const clock = new VirtualClock();
  let count = 0;
  const repeater = new Repeater(clock, 10, () => {
    count++;
    repeater.close();
  });
  repeater.start();
  clock.advance(100);
  assert.equal(count, 1);
});
