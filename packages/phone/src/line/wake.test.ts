import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { WakeWatch } from './wake.ts';

/** A clock whose timers stand still while its device sleeps, as those of a page do. */
function sleepyClock() {
  let nowMs = 0;
  let due: { readonly atMs: number; readonly callback: () => void } | undefined;
  const clock = {
    nowMs: () => nowMs,
    after: (delayMs: number, callback: () => void) => {
      const timer = { atMs: nowMs + delayMs, callback };
      due = timer;
      return () => {
        if (due === timer) due = undefined;
      };
    },
  };
  /** Awake, and its timers are as late as that. */
  const live = (durationMs: number, lateMs = 0) => {
    const untilMs = nowMs + durationMs;
    while (due !== undefined && due.atMs + lateMs <= untilMs) {
      nowMs = Math.max(nowMs, due.atMs + lateMs);
      due.callback();
    }
    nowMs = untilMs;
  };
  const sleep = (durationMs: number) => {
    nowMs += durationMs;
  };
  return { clock, live, sleep };
}

describe('waking up', () => {
  function watched() {
    const stage = sleepyClock();
    let wakes = 0;
    const watch = new WakeWatch(stage.clock, () => wakes++);
    return { ...stage, watch, wakes: () => wakes };
  }

  test('is not seen while nobody sleeps, nor where timers are a little late', () => {
    const { live, wakes } = watched();
    live(60_000);
    live(60_000, 2_900);
    assert.equal(wakes(), 0);
  });

  test('is told once, by the first pulse afterwards', () => {
    const { live, sleep, wakes } = watched();
    live(12_000);
    sleep(3_600_000);
    live(60_000);
    assert.equal(wakes(), 1);
  });

  test('is told at once when the page looks', () => {
    const { live, sleep, watch, wakes } = watched();
    live(12_000);
    sleep(600_000);
    watch.look();
    assert.equal(wakes(), 1);
    watch.look();
    live(60_000);
    assert.equal(wakes(), 1);
  });

  test('is not looked for any more when stopped', () => {
    const { live, sleep, watch, wakes } = watched();
    watch.stop();
    sleep(600_000);
    live(60_000);
    assert.equal(wakes(), 0);
  });
});
