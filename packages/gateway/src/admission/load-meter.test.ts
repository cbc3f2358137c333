import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock, TimerTarget } from '@unisono/sip';
import { LoadMeter } from './load-meter.ts';

/** A clock whose timers fire when the test says, however late. */
class LateClock implements Clock {
  #nowMs = 0;
  #due: (() => void) | undefined;

  nowMs(): number {
    return this.#nowMs;
  }

  epochMs(): number {
    return this.#nowMs;
  }

  startTimer<Tag>(_delayMs: number, target: TimerTarget<Tag>, tag: Tag) {
    this.#due = () => target.onTimer(tag);
    return { cancel: () => {} };
  }

  fireAfter(delayMs: number): void {
    this.#nowMs += delayMs;
    this.#due?.();
  }
}

function meterOn(clock: Clock): LoadMeter {
  const meter = new LoadMeter(clock, { calls: () => 0, transactions: () => 0 });
  meter.start();
  return meter;
}

test('one stall, however long, refuses nobody', () => {
  const clock = new LateClock();
  const meter = meterOn(clock);
  clock.fireAfter(5_000);
  assert.equal(meter.isFull, false);
});

test('timers that are late one after the other do', () => {
  const clock = new LateClock();
  const meter = meterOn(clock);
  for (let tick = 0; tick < 5; tick++) clock.fireAfter(700);
  assert.equal(meter.isFull, true);
  for (let tick = 0; tick < 5; tick++) clock.fireAfter(100);
  assert.equal(meter.isFull, false, 'and it is over when they are in time again');
});
