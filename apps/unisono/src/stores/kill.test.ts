import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { testFolder } from '../testing/folder.ts';
import { closeInterrupted, readCallRecords } from './call-record-store.ts';
import { openStore } from './open-store.ts';
import { createRegistrationStore } from './registration-store.ts';
import { loadSystem } from './system-store.ts';

interface Acknowledged {
  ids: string[];
  version: number;
  ringSec: number;
}

const path = join(testFolder(), 'killed.db');
const WRITER = join(import.meta.dirname, '../testing/killed-writer.ts');

/** Lets a process store until it has acknowledged `lines` times, then kills it in the middle of whatever it does. */
async function storeUntilKilled(round: number, lines: number): Promise<Acknowledged[]> {
  const child = spawn(process.execPath, [WRITER, path, String(round)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const acknowledged: Acknowledged[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    // The last line may have been cut off by the kill.
    if (line.endsWith('}')) acknowledged.push(JSON.parse(line) as Acknowledged);
    if (acknowledged.length === lines) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  assert.equal(child.signalCode, 'SIGKILL');
  return acknowledged;
}

test('what was acknowledged before kill -9 is there afterwards, and the database is whole', async () => {
  const acknowledged: Acknowledged[] = [];
  for (const [round, lines] of [5, 17, 31].entries()) {
    acknowledged.push(...(await storeUntilKilled(round, lines)));
    const last = acknowledged.at(-1);
    const ids = acknowledged.flatMap((entry) => entry.ids);

    const plain = new DatabaseSync(path);
    assert.equal(plain.prepare('pragma integrity_check').get()?.integrity_check, 'ok');
    plain.close();
    const store = await openStore(path);
    closeInterrupted(store);
    const records = new Set(readCallRecords(store, { limit: 1_000_000 }).map((record) => record.id));
    const registered = new Set(
      createRegistrationStore(store, Date.now, assert.fail)
        .load()
        .map((binding) => binding.device),
    );
    const system = loadSystem(store, Date.now);
    assert.deepEqual(
      ids.filter((id) => !records.has(id)),
      [],
      'call records lost',
    );
    assert.deepEqual(
      ids.filter((id) => !registered.has(`desk:${id}`)),
      [],
      'registrations lost',
    );
    assert.ok(system && last && system.version >= last.version, 'changes of system data lost');
    if (system.version === last.version)
      assert.equal(system.current().users.get('anna')?.settings.ringSec, last.ringSec);
    await store.close();
  }
});
