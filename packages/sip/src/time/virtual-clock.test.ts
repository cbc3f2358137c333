import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { VirtualClock } from './virtual-clock.ts';

function setup() {
  const clock = new VirtualClock();
  const fired: [tag: string, atMs: number][] = [];
  const target = { onTimer: (tag: string) => fired.push([tag, clock.nowMs()]) };
  return { clock, fired, start: (delayMs: number, tag: string) => clock.startTimer(delayMs, target, tag) };
}

test('time stands still until it is moved; the epoch moves with it', () => {
  const clock = new VirtualClock(1_000);
  assert.deepEqual([clock.nowMs(), clock.epochMs()], [0, 1_000]);
  clock.advance(25);
  assert.deepEqual([clock.nowMs(), clock.epochMs()], [25, 1_025]);
});

test('timers fire in order of due time, equal ones in the order they were started', () => {
  const { clock, fired, start } = setup();
  start(20, 'c');
  start(10, 'a');
  start(10, 'b');
  start(0, 'now');
  start(-5, 'past');
  clock.advance(19);
  assert.deepEqual(fired, [
    ['now', 0],
    ['past', 0],
    ['a', 10],
    ['b', 10],
  ]);
  clock.advance(1);
  assert.deepEqual(fired.at(-1), ['c', 20]);
  assert.equal(clock.pending, 0);
});

test('a timer started by a timer fires in the same advance when it is due', () => {
  const clock = new VirtualClock();
  const fired: number[] = [];
  const target = {
    onTimer(round: number) {
      fired.push(clock.nowMs());
      if (round < 3) clock.startTimer(10, target, round + 1);
    },
  };
  clock.startTimer(10, target, 1);
  clock.advance(25);
  assert.deepEqual(fired, [10, 20]);
  assert.equal(clock.pending, 1);
});

test('cancelled timers do not fire and are not pending; cancelling again does nothing', () => {
  const { clock, fired, start } = setup();
  const timer = start(10, 'a');
  start(20, 'b');
  timer.cancel();
  timer.cancel();
  assert.deepEqual([clock.pending, clock.nextDueMs()], [1, 20]);
  clock.advance(100);
  timer.cancel();
  assert.deepEqual(fired, [['b', 20]]);
  assert.deepEqual([clock.pending, clock.nextDueMs()], [0, undefined]);
});

test('step goes to the next timer, and says when there is none', () => {
  const { clock, start } = setup();
  start(30, 'a');
  assert.equal(clock.step(), true);
  assert.equal(clock.nowMs(), 30);
  assert.equal(clock.step(), false);
  assert.equal(clock.nowMs(), 30);
});

test('any set of timers fires in order, those that are not cancelled and no others', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ delayMs: fc.nat(50), isCancelled: fc.boolean() })), (timers) => {
      const { clock, fired, start } = setup();
      const started = timers.map(({ delayMs }, i) => start(delayMs, `${i}`));
      started.forEach((timer, i) => void (timers[i]?.isCancelled && timer.cancel()));
      clock.advance(50);
      const expected = timers
        .map(({ delayMs, isCancelled }, i) => ({ tag: `${i}`, delayMs, isCancelled }))
        .filter(({ isCancelled }) => !isCancelled)
        .sort((a, b) => a.delayMs - b.delayMs || Number(a.tag) - Number(b.tag))
        .map(({ tag, delayMs }) => [tag, delayMs]);
      assert.deepEqual(fired, expected);
    }),
  );
});
