import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SystemClock } from './system-clock.ts';

test("the machine's clock fires a timer and then keeps nothing running", async () => {
  const clock = new SystemClock();
  const startMs = clock.nowMs();
  const tag = await new Promise((resolve) => clock.startTimer(5, { onTimer: resolve }, 'T1'));
  assert.equal(tag, 'T1');
  assert.ok(clock.nowMs() - startMs >= 5);
  assert.ok(Math.abs(clock.epochMs() - Date.now()) < 1_000);
  clock.startTimer(1_000_000, { onTimer() {} }, 'never');
  // Were the interval still there, the runner would report that this file never ends.
  clock.close();
});

test('a closed clock fires nothing', async () => {
  const clock = new SystemClock();
  const other = new SystemClock();
  clock.startTimer(10, { onTimer: () => assert.fail('fired') }, '');
  clock.close();
  await new Promise((resolve) => other.startTimer(40, { onTimer: resolve }, ''));
});

test('what a target throws goes to the handler', async () => {
  const boom = new Error('boom');
  const error = await new Promise((resolve) => {
    const fail = () => {
      throw boom;
    };
    new SystemClock(resolve).startTimer(1, { onTimer: fail }, '');
  });
  assert.equal(error, boom);
});
