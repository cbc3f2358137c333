import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TimerWheel, WHEEL_TICK_MS } from './timer-wheel.ts';

const throwOn = (error: unknown) => {
  throw error;
};

/** A wheel whose timers note their tag and when they fired. */
function setup(nowMs = 0) {
  const wheel = new TimerWheel(nowMs);
  const fired: [tag: string, atMs: number][] = [];
  let currentMs = nowMs;
  const target = { onTimer: (tag: string) => fired.push([tag, currentMs]) };
  return {
    wheel,
    fired,
    start: (delayMs: number, tag: string) => wheel.start(currentMs, delayMs, target, tag),
    /** Moves on in steps of one tick, as the interval does. */
    advance(ms: number) {
      for (const untilMs = currentMs + ms; currentMs < untilMs; ) {
        currentMs = Math.min(untilMs, currentMs + WHEEL_TICK_MS);
        wheel.advanceTo(currentMs, throwOn);
      }
    },
  };
}

test('a timer fires once, not early, and at most one tick late', () => {
  const { start, advance, fired, wheel } = setup();
  start(500, 'T1');
  advance(490);
  assert.deepEqual(fired, []);
  advance(20);
  assert.deepEqual(fired, [['T1', 500]]);
  advance(10_000);
  assert.equal(fired.length, 1);
  assert.equal(wheel.size, 0);
});

test('delays of one turn of the wheel and of several', () => {
  const turnMs = 4096 * WHEEL_TICK_MS;
  const { start, advance, fired } = setup();
  for (const delayMs of [turnMs - 10, turnMs, turnMs + 10, 3 * turnMs, 10 * turnMs + 5])
    start(delayMs, String(delayMs));
  advance(11 * turnMs);
  for (const [tag, atMs] of fired) {
    const lateMs = atMs - Number(tag);
    assert.ok(lateMs >= 0 && lateMs <= WHEEL_TICK_MS, `${tag} was ${lateMs} ms late`);
  }
  assert.equal(fired.length, 5);
});

test('a delay of more ticks than 32 bits count does not fire early', () => {
  const { start, advance, fired, wheel } = setup();
  start((2 ** 32 + 100) * WHEEL_TICK_MS, 'far');
  advance(100_000);
  assert.deepEqual(fired, []);
  assert.equal(wheel.size, 1);
});

test('cancelling stops a timer, at once, twice, and after it fired', () => {
  const { start, advance, fired, wheel } = setup();
  const timers = ['a', 'b', 'c'].map((tag) => start(100, tag));
  timers[1]?.cancel();
  timers[1]?.cancel();
  assert.equal(wheel.size, 2);
  advance(200);
  timers[0]?.cancel();
  assert.deepEqual(
    fired.map(([tag]) => tag),
    ['a', 'c'],
  );
  assert.equal(wheel.size, 0);
});

test('a timer may cancel another of the same tick, and start one that fires later', () => {
  const wheel = new TimerWheel(0);
  const fired: string[] = [];
  const target = {
    onTimer(tag: string) {
      fired.push(tag);
      if (tag !== 'first') return;
      second.cancel();
      wheel.start(100, 0, target, 'third');
    },
  };
  wheel.start(0, 100, target, 'first');
  const second = wheel.start(0, 100, target, 'second');
  wheel.advanceTo(100, throwOn);
  assert.deepEqual(fired, ['first']);
  wheel.advanceTo(110, throwOn);
  assert.deepEqual(fired, ['first', 'third']);
});

test('a target that throws is reported and does not stop the others', () => {
  const wheel = new TimerWheel(0);
  const fired: string[] = [];
  const errors: unknown[] = [];
  wheel.start(0, 10, { onTimer: () => throwOn('broken') }, 'x');
  wheel.start(0, 10, { onTimer: (tag: string) => fired.push(tag) }, 'y');
  wheel.advanceTo(10, (error) => errors.push(error));
  assert.deepEqual([fired, errors], [['y'], ['broken']]);
});

test('after a pause everything that became due fires, and an idle wheel catches up at once', () => {
  const { start, wheel, fired } = setup();
  start(100, 'a');
  start(90_000, 'b');
  wheel.advanceTo(100_000, throwOn);
  assert.deepEqual(
    fired.map(([tag]) => tag),
    ['a', 'b'],
  );
  wheel.advanceTo(1e12, throwOn);
  wheel.start(1e12, 50, { onTimer: (tag: string) => fired.push([tag, 0]) }, 'c');
  wheel.advanceTo(1e12 + 40, throwOn);
  assert.equal(fired.length, 2);
  wheel.advanceTo(1e12 + 50, throwOn);
  assert.equal(fired.length, 3);
});

test('no mix of starting, cancelling and waiting loses a timer, fires one twice or early', () => {
  const action = fc.oneof(
    fc.record({ kind: fc.constant('start' as const), ms: fc.nat(100_000) }),
    fc.record({ kind: fc.constant('cancel' as const), ms: fc.nat(50) }),
    fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(60_000) }),
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      const wheel = new TimerWheel(0);
      let nowMs = 0;
      const due = new Map<string, number>();
      const timers: { tag: string; cancel(): void }[] = [];
      const target = {
        onTimer(tag: string) {
          assert.ok((due.get(tag) ?? Number.POSITIVE_INFINITY) <= nowMs, tag);
          due.delete(tag);
        },
      };
      for (const { kind, ms } of actions) {
        if (kind === 'start') {
          const tag = `${timers.length}`;
          const timer = wheel.start(nowMs, ms, target, tag);
          due.set(tag, nowMs + ms);
          timers.push({ tag, cancel: () => timer.cancel() });
        } else if (kind === 'cancel') {
          const timer = timers[ms % (timers.length || 1)];
          timer?.cancel();
          if (timer) due.delete(timer.tag);
        } else {
          nowMs += ms;
          wheel.advanceTo(nowMs, throwOn);
          for (const [tag, dueMs] of due) assert.ok(dueMs > nowMs - WHEEL_TICK_MS, `${tag} is overdue`);
        }
        assert.equal(wheel.size, due.size);
      }
    }),
  );
});
