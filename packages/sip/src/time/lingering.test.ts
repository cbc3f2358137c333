import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LINGERING_STEP_MS, Lingering } from './lingering.ts';
import { VirtualClock } from './virtual-clock.ts';

const PERIOD_MS = 5_000;

function bench() {
  const clock = new VirtualClock();
  const lingering = new Lingering(clock, PERIOD_MS);
  const ended: [name: string, atMs: number][] = [];
  const add = (name: string) => lingering.add({ onLingered: () => ended.push([name, clock.nowMs()]) });
  return { clock, lingering, ended, add };
}

test('each ends after the period, in order, no sooner and at most a step later', () => {
  const { clock, ended, add } = bench();
  for (let i = 0; i < 40; i++) {
    add(`${i} ${clock.nowMs()}`);
    clock.advance(3.5);
  }
  clock.advance(2 * PERIOD_MS);
  assert.equal(ended.length, 40);
  ended.forEach(([name, atMs], i) => {
    const [number, sinceMs] = name.split(' ').map(Number) as [number, number];
    assert.equal(number, i);
    assert.ok(atMs >= sinceMs + PERIOD_MS && atMs < sinceMs + PERIOD_MS + LINGERING_STEP_MS, `${sinceMs} … ${atMs}`);
  });
});

test('one timer runs for all, and none when nobody lingers', () => {
  const { clock, ended, add } = bench();
  for (let i = 0; i < 5; i++) {
    add(`${i}`);
    clock.advance(100);
  }
  assert.equal(clock.pending, 1);
  clock.advance(PERIOD_MS);
  assert.equal(ended.length, 5);
  assert.equal(clock.pending, 0);
  add('later');
  assert.equal(clock.pending, 1);
});

test('one that comes while others end has a period of its own', () => {
  const { clock, lingering, ended, add } = bench();
  lingering.add({ onLingered: () => add('second') });
  clock.advance(PERIOD_MS);
  assert.deepEqual(ended, []);
  clock.advance(PERIOD_MS);
  assert.deepEqual(ended, [['second', 2 * PERIOD_MS]]);
});

test('what was forgotten does not end, and no timer is left', () => {
  const { clock, lingering, ended, add } = bench();
  add('never');
  lingering.clear();
  assert.equal(clock.pending, 0);
  clock.advance(PERIOD_MS);
  add('again');
  clock.advance(PERIOD_MS);
  assert.deepEqual(
    ended.map(([name]) => name),
    ['again'],
  );
});

test('all that are due end at once when time was held up', () => {
  let nowMs = 0;
  const started: number[] = [];
  const startTimer = (delayMs: number) => {
    started.push(delayMs);
    return { cancel() {} };
  };
  const lingering = new Lingering({ nowMs: () => nowMs, epochMs: () => nowMs, startTimer }, PERIOD_MS);
  const ended: number[] = [];
  for (; nowMs < 1_000; nowMs += 100) {
    const sinceMs = nowMs;
    lingering.add({ onLingered: () => ended.push(sinceMs) });
  }
  nowMs = PERIOD_MS + 850;
  lingering.onTimer();
  assert.deepEqual(ended, [0, 100, 200, 300, 400, 500, 600, 700, 800]);
  assert.deepEqual(started, [PERIOD_MS, 50]);
});
