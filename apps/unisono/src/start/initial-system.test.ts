import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { demoSystem, exportSystem } from '@unisono/pbx';
import { openStore } from '../stores/open-store.ts';
import { testFolder } from '../testing/folder.ts';
import { type InitialSystem, initialSystem } from './initial-system.ts';
import { StartError } from './start-error.ts';

const folder = testFolder();
const FILE = join(folder, 'company.yaml');
const DEMO = exportSystem(demoSystem({ random: { int: () => 0 } }));

/** Starts with what the database and, if named, the file say. */
async function started(
  database: string,
  file?: string,
  use: (initial: InitialSystem) => void = () => {},
): Promise<string> {
  const store = await openStore(join(folder, database));
  try {
    const initial = initialSystem(store, file, () => 1_700_000_000_000);
    use(initial);
    return `${initial.done} ${initial.system.current().data.company.name}`;
  } finally {
    await store.close();
  }
}

function fileSays(company: string): void {
  writeFileSync(FILE, DEMO.replace('Lindner Optik', company));
}

test('without anything there is the demo company, and it stays', async () => {
  assert.equal(await started('demo.db'), 'demoCreated Lindner Optik');
  assert.equal(await started('demo.db'), 'loaded Lindner Optik');
});

test('a file is imported first, again when its text changes, and otherwise left alone', async () => {
  fileSays('Erste AG');
  assert.equal(await started('file.db', FILE), 'imported Erste AG');
  assert.equal(await started('file.db', FILE), 'loaded Erste AG');
  fileSays('Zweite AG');
  assert.equal(await started('file.db', FILE), 'imported Zweite AG');
  assert.equal(await started('file.db'), 'loaded Zweite AG');
});

test('what was changed at run time stays as long as the file does', async () => {
  fileSays('Dritte AG');
  await started('changed.db', FILE, ({ system }) => {
    const change = { kind: 'userSettings', user: 'anna', settings: { routing: 'clientsOnly' } } as const;
    assert.deepEqual(system.apply(change), { ok: true });
  });
  const routing = async (): Promise<string | undefined> => {
    let found: string | undefined;
    await started('changed.db', FILE, ({ system }) => {
      found = system.current().users.get('anna')?.settings.routing;
    });
    return found;
  };
  assert.equal(await routing(), 'clientsOnly');
  fileSays('Vierte AG');
  assert.equal(await routing(), 'default');
});

test('a file that is not sound is refused with every mistake, and what was in force stays', async () => {
  fileSays('Fuenfte AG');
  await started('unsound.db', FILE);
  writeFileSync(FILE, DEMO.replace('number: "4021"', 'number: "4020"'));
  await assert.rejects(
    started('unsound.db', FILE),
    (error) =>
      error instanceof StartError &&
      /nothing of it was imported:\n {2}\/.*company\.yaml:\d+:\d+: stations.*numberDuplicate/.test(error.message),
  );
  assert.equal(await started('unsound.db'), 'loaded Fuenfte AG');
});

test('a file that is not there is told', async () => {
  await assert.rejects(
    started('missing.db', join(folder, 'nowhere.yaml')),
    /the system data file .*nowhere\.yaml cannot be read: ENOENT/,
  );
});
