import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryDatabase } from '../testing/memory-database.ts';
import { createSyncLock } from './lock.ts';

const NOON_MS = Date.UTC(2026, 0, 5, 12);

test('of two processes on one database one holds the lock, until it lets go or is gone', async () => {
  const database = await memoryDatabase();
  const [one, other] = [createSyncLock(database, 'one'), createSyncLock(database, 'other')];
  assert.equal(await one.take(NOON_MS), true);
  assert.equal(await one.take(NOON_MS), true);
  assert.equal(await other.take(NOON_MS), false);
  await other.release();
  assert.equal(await other.take(NOON_MS), false);
  await one.release();
  assert.equal(await other.take(NOON_MS), true);
  assert.equal(await one.take(NOON_MS + 119_000), false);
  assert.equal(await one.take(NOON_MS + 121_000), true);
});
