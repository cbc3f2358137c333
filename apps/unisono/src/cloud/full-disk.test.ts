/** The disk is full while the cloud should be told: what was acknowledged stays so, and is told when there is room. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Assistant } from '@unisono/assistant';
import { ENDPOINTS } from '@unisono/contract';
import { DatabaseError } from '@unisono/platform';
import type { Store } from '../stores/open-store.ts';
import type { SystemStore } from '../stores/system-store.ts';
import { CloudWorld, until } from '../testing/cloud-world.ts';
import { testFolder } from '../testing/folder.ts';

const disk = { isFull: false, refused: 0 };
let world: CloudWorld;
let assistant: Assistant;
let system: SystemStore;
let client: string;

/** The store as the Assistant sees it; the system data go on being written, as on a disk with room for one page more. */
function onFullDisk(store: Store): Store {
  const refuse = (): void => {
    if (!disk.isFull) return;
    disk.refused++;
    throw new DatabaseError('refused', 'the database refused a write: database or disk is full');
  };
  return {
    ...store,
    writeNow: (statements) => {
      refuse();
      store.writeNow(statements);
    },
    writer: Object.assign(Object.create(store.writer), {
      written: async (statements: Parameters<Store['writer']['written']>[0]) => {
        refuse();
        await store.writer.written(statements);
      },
    }) as Store['writer'],
  };
}

before(async () => {
  world = await CloudWorld.open(testFolder());
  const { store, system: made } = await world.system();
  system = made;
  assistant = await world.assistant({ store: onFullDisk(store), system });
  client = await world.signedIn('Anna', 'anna@lindner-optik.example');
  assistant.start();
  await until(() => assistant.cloud?.personOf('anna') !== undefined, 'Anna');
});
after(() => world.close());

const shown = async () => (await world.ask(ENDPOINTS.settings, {}, undefined, { token: client })).settings;

test('a setting that is stored is in force and acknowledged, though the cloud cannot be told; it is when there is room', async () => {
  await until(async () => (await shown()) !== undefined, 'the settings of Anna');
  disk.isFull = true;
  assert.ok(system.apply({ kind: 'userSettings', user: 'anna', settings: { ringSec: 44 } }).ok);
  assert.equal(system.current().users.get('anna')?.settings.ringSec, 44);
  assert.ok(disk.refused > 0, 'something was to be written for the cloud');
  assert.notEqual((await shown()).ringSec, 44);
  disk.isFull = false;
  await until(async () => (await shown()).ringSec === 44, 'the setting in the cloud');
});
