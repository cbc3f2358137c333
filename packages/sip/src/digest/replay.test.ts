import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { REPLAY_WINDOW, ReplayGuard } from './replay.ts';

const guard = (maxNonces = 100) => new ReplayGuard({ lifetimeMs: 1000, maxNonces });

test('a count is taken once, late ones within the window too', () => {
  const replays = guard();
  const use = (count: number) => replays.use('n', count, 0, 0);
  assert.deepEqual([1, 2, 2, 1, 5, 3, 4, 4, 5].map(use), [true, true, false, false, true, true, true, false, false]);
  assert.equal(use(5 + REPLAY_WINDOW), true);
  assert.equal(use(6), true, 'the last one within the window');
  assert.equal(use(5), false, 'one beyond it');
  assert.equal(use(0xffff_ffff), true, 'a jump empties the window');
  assert.equal(use(0xffff_fffe), true);
  assert.equal(use(5 + REPLAY_WINDOW), false);
});

test('the first count seen may be any', () => {
  const replays = guard();
  assert.equal(replays.use('n', 7, 0, 0), true);
  assert.equal(replays.use('n', 7, 0, 0), false);
});

test('a nonce is remembered for its whole lifetime and forgotten not long after', () => {
  const replays = guard();
  assert.equal(replays.use('old', 1, 0, 0), true);
  assert.equal(replays.use('n', 1, 900, 999), true);
  assert.equal(replays.use('other', 1, 1000, 1001), true);
  assert.equal(replays.use('n', 1, 900, 1899), false);
  assert.equal(replays.size, 3);
  replays.use('later', 1, 2002, 2002);
  replays.use('latest', 1, 3003, 3003);
  assert.equal(replays.size, 2);
});

test('a full table forgets the oldest, and with them makes every nonce as old as they are stale', () => {
  const replays = guard(4);
  for (let i = 1; i <= 5; i++) assert.equal(replays.use(`n${i}`, 1, i, 10), true);
  assert.equal(replays.size, 3, 'n1 and n2 are gone');
  assert.deepEqual(
    [1, 2, 3, 4, 5].map((madeAt) => replays.remembers(madeAt, 10)),
    [false, false, true, true, true],
  );
});

test('too old a nonce, and one of a clock ahead of ours, is not remembered', () => {
  const replays = guard();
  assert.equal(replays.remembers(0, 999), true);
  assert.equal(replays.remembers(0, 1000), false);
  assert.equal(replays.remembers(1, 0), false);
});

test('no order of uses, and no flood of other nonces, lets a count through twice', () => {
  const event = fc.record({ nonce: fc.nat(12), count: fc.integer({ min: 1, max: 80 }), waitMs: fc.nat(300) });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 200 }), (events) => {
      const replays = guard(6);
      const accepted = new Set<string>();
      const madeAt = new Map<number, number>();
      let nowMs = 0;
      for (const { nonce, count, waitMs } of events) {
        nowMs += waitMs;
        if (!madeAt.has(nonce)) madeAt.set(nonce, nowMs);
        const madeAtMs = madeAt.get(nonce) as number;
        if (!replays.remembers(madeAtMs, nowMs) || !replays.use(`${nonce}`, count, madeAtMs, nowMs)) continue;
        assert.ok(!accepted.has(`${nonce}/${count}`), `${nonce}/${count} at ${nowMs}`);
        accepted.add(`${nonce}/${count}`);
        assert.ok(replays.size <= 6);
      }
    }),
  );
});
