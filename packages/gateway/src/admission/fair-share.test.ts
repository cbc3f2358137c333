import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FairShare, FREE_PER_WINDOW, WINDOW_MS } from './fair-share.ts';

function sendMany(share: FairShare, source: string, count: number, nowMs: number): string[] {
  return Array.from({ length: count }, () => share.judge(source, nowMs));
}

test('without overload everybody is let in, however much they send', () => {
  const share = new FairShare();
  assert.ok(sendMany(share, 'flood', 10_000, 0).every((verdict) => verdict === 'admit'));
});

test('in overload a flood is held back and the others are not', () => {
  const share = new FairShare();
  share.isOverloaded = true;
  const window = (nowMs: number) => {
    const flood = sendMany(share, 'flood', 5_000, nowMs);
    const others = ['a', 'b', 'c', 'd'].flatMap((source) => sendMany(share, source, 10, nowMs));
    return { flood, others };
  };
  window(0);
  const { flood, others } = window(WINDOW_MS);
  assert.ok(others.every((verdict) => verdict === 'admit'));
  assert.ok(flood.filter((verdict) => verdict === 'admit').length < 5_000 / 2);
});

test('the first messages of a window are free for every source', () => {
  const share = new FairShare();
  share.isOverloaded = true;
  assert.ok(sendMany(share, 'a', FREE_PER_WINDOW, 0).every((verdict) => verdict === 'admit'));
});

test('a single source is not held back: there is nobody to protect from it', () => {
  const share = new FairShare();
  share.isOverloaded = true;
  sendMany(share, 'only', 1_000, 0);
  assert.ok(sendMany(share, 'only', 5_000, WINDOW_MS).every((verdict) => verdict === 'admit'));
});
