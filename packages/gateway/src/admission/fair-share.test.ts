import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FairShare, FREE_PER_WINDOW, WINDOW_MS } from './fair-share.ts';

const OTHERS = ['a', 'b', 'c', 'd'];

/** One window in which a flood and four quiet sources send; how many of each were let in. */
function window(share: FairShare, number: number, flood = 5_000): { flood: number; others: number } {
  const nowMs = number * WINDOW_MS;
  const admitted = (source: string, count: number) =>
    Array.from({ length: count }, () => share.admits(source, nowMs)).filter(Boolean).length;
  const before = admitted('flood', flood);
  return { flood: before, others: OTHERS.reduce((sum, source) => sum + admitted(source, 10), 0) };
}

test('without overload everybody is let in, however much they send', () => {
  const share = new FairShare();
  for (let i = 0; i < 5; i++) assert.deepEqual(window(share, i), { flood: 5_000, others: 40 });
});

test('while there is overload a flood gets less and less, and the others all they send', () => {
  const share = new FairShare();
  share.isOverloaded = true;
  const windows = Array.from({ length: 30 }, (_, i) => window(share, i));
  assert.ok(windows.every(({ others }) => others === 40));
  assert.ok(windows[3]!.flood < 2_500);
  assert.equal(windows.at(-1)?.flood, FREE_PER_WINDOW);
});

test('when the overload is over the flood gets a little more each window', () => {
  const share = new FairShare();
  share.isOverloaded = true;
  for (let i = 0; i < 10; i++) window(share, i);
  share.isOverloaded = false;
  const [first, second] = [window(share, 10), window(share, 11)];
  assert.ok(second.flood > first.flood && second.flood < 5_000);
});

test('when the flood is over there is no cap any more', () => {
  const share = new FairShare();
  share.isOverloaded = true;
  for (let i = 0; i < 10; i++) window(share, i);
  share.isOverloaded = false;
  for (let i = 10; i < 30; i++) window(share, i, 5);
  assert.equal(share.cap, Number.POSITIVE_INFINITY);
});

test('a single source is not held back: there is nobody to protect from it', () => {
  const share = new FairShare();
  share.isOverloaded = true;
  for (let i = 0; i < 5; i++) {
    const admitted = Array.from({ length: 5_000 }, () => share.admits('only', i * WINDOW_MS)).filter(Boolean);
    assert.equal(admitted.length, 5_000);
  }
});
