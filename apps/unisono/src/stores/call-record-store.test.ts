import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { VirtualClock } from '@unisono/sip';
import { answeredCall } from '../testing/call-records.ts';
import { testFolder } from '../testing/folder.ts';
import {
  closeInterrupted,
  createCallRecordStore,
  deleteRecordsBefore,
  findCallRecord,
  OPEN_AFTER_MS,
  readCallRecords,
  searchCallRecords,
} from './call-record-store.ts';
import { openStore, type Store } from './open-store.ts';

const folder = testFolder();
const NOW_MS = 1_700_000_100_000;

async function withStore(name: string, use: (store: Store) => void | Promise<void>): Promise<void> {
  const store = await openStore(join(folder, name));
  try {
    await use(store);
  } finally {
    await store.close();
  }
}

function recordsOf(store: Store, clock = new VirtualClock(NOW_MS)): ReturnType<typeof createCallRecordStore> {
  return createCallRecordStore(store, clock, (error) => assert.fail(error));
}

test('a call that ended has one record', async () => {
  await withStore('one.db', (store) => {
    const records = recordsOf(store);
    const call = answeredCall('c1');
    records.open({ ...call, endedAtMs: undefined, result: undefined });
    records.close(call);
    records.close({ ...call, result: 'failed' });
  });
  await withStore('one.db', (store) => {
    assert.equal(closeInterrupted(store), 0);
    const [record, ...more] = readCallRecords(store, { limit: 10 });
    assert.deepEqual(more, []);
    assert.deepEqual(JSON.parse(JSON.stringify(answeredCall('c1'))), record);
  });
});

test('a call that was stored as open is so no longer once it ended', async () => {
  await withStore('ended.db', (store) => {
    const clock = new VirtualClock(NOW_MS);
    const records = recordsOf(store, clock);
    records.open({ ...answeredCall('c3'), endedAtMs: undefined, result: undefined });
    clock.advance(OPEN_AFTER_MS);
    records.close(answeredCall('c3'));
  });
  await withStore('ended.db', (store) => {
    assert.equal(closeInterrupted(store), 0);
    assert.equal(readCallRecords(store, { limit: 10 }).length, 1);
  });
});

test('a call that was open when the process died is closed as interrupted, once', async () => {
  await withStore('died.db', (store) => {
    const clock = new VirtualClock(NOW_MS);
    recordsOf(store, clock).open({ ...answeredCall('c2'), endedAtMs: undefined, result: undefined });
    clock.advance(OPEN_AFTER_MS);
  });
  await withStore('died.db', (store) => {
    assert.equal(closeInterrupted(store), 1);
    assert.equal(closeInterrupted(store), 0);
    const [record] = readCallRecords(store, { limit: 10 });
    assert.equal(record?.result, 'interrupted');
    assert.equal(record?.endedAtMs, answeredCall('c2').answeredAtMs);
  });
});

test('the latest records come oldest first, from a time on', async () => {
  await withStore('list.db', (store) => {
    const records = recordsOf(store);
    for (let i = 0; i < 5; i++) records.close(answeredCall(`c${i}`, 1_000 * i));
  });
  await withStore('list.db', (store) => {
    const ids = (filter: { sinceMs?: number; limit: number }): string[] =>
      readCallRecords(store, filter).map((record) => record.id);
    assert.deepEqual(ids({ limit: 2 }), ['c3', 'c4']);
    assert.deepEqual(ids({ sinceMs: 2_000, limit: 10 }), ['c2', 'c3', 'c4']);
  });
});

test('calls are found by how they ended; a mailbox is nobody who answers', async () => {
  await withStore('results.db', (store) => {
    const records = recordsOf(store);
    const leg = { station: undefined, startedAtMs: 1, alertingAtMs: 1, answeredAtMs: 1, endedAtMs: 2, status: 200 };
    records.close(answeredCall('talked'));
    records.close({ ...answeredCall('message'), legs: [{ ...leg, kind: 'voicemail' }] });
    records.close({ ...answeredCall('busy'), result: 'busy' });
  });
  await withStore('results.db', (store) => {
    const ids = (result: string) => searchCallRecords(store, { result, limit: 10 }).map(({ id }) => id);
    assert.deepEqual([ids('answered'), ids('voicemail'), ids('busy')], [['talked'], ['message'], ['busy']]);
    assert.equal(findCallRecord(store, 'message')?.legs[0]?.kind, 'voicemail');
    assert.equal(findCallRecord(store, 'nothing'), undefined);
  });
});

test('a record that cannot be written is handed back', async () => {
  const failed: string[] = [];
  const store = await openStore(join(folder, 'closed.db'));
  await store.close();
  createCallRecordStore(store, new VirtualClock(NOW_MS), (_, record) => failed.push(record.id)).close(
    answeredCall('lost'),
  );
  await new Promise(setImmediate);
  assert.deepEqual(failed, ['lost']);
});

test('old records are deleted, younger ones stay', async () => {
  await withStore('old.db', (store) => {
    const records = recordsOf(store);
    for (let i = 0; i < 5; i++) records.close(answeredCall(`c${i}`, 1_000 * i));
    deleteRecordsBefore(store, 3_000, assert.fail);
  });
  await withStore('old.db', (store) => {
    assert.deepEqual(
      readCallRecords(store, { limit: 10 }).map((record) => record.id),
      ['c3', 'c4'],
    );
  });
});
