import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { bindingOf } from '../testing/bindings.ts';
import { testFolder } from '../testing/folder.ts';
import { openStore } from './open-store.ts';
import { createRegistrationStore } from './registration-store.ts';

const path = join(testFolder(), 'registrations.db');

async function session(nowMs: number, use: (store: ReturnType<typeof createRegistrationStore>) => void): Promise<void> {
  const store = await openStore(path);
  use(
    createRegistrationStore(
      store,
      () => nowMs,
      (error) => assert.fail(error),
    ),
  );
  await store.close();
}

test('bindings survive, replaced ones as replaced, removed and expired ones not', async () => {
  await session(0, (store) => {
    store.save(bindingOf('desk:4020', 'a', 100));
    store.save(bindingOf('client:u1', 'a', 5_000));
    store.save(bindingOf('client:u1', 'b', 5_000));
    store.save(bindingOf('client:u1', 'a', 9_000));
    store.remove('client:u1', 'b');
  });
  await session(1_000, (store) => {
    assert.deepEqual(JSON.parse(JSON.stringify([bindingOf('client:u1', 'a', 9_000)])), store.load());
  });
});
