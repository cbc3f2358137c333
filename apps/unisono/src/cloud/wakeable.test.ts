import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Assistant } from '@unisono/assistant';
import { ENDPOINTS } from '@unisono/contract';
import { SleepingClientsOfFolder } from '../clients/sleeping-clients.ts';
import { CloudWorld, until } from '../testing/cloud-world.ts';
import { testFolder } from '../testing/folder.ts';

let world: CloudWorld;
let assistant: Assistant;
let sleepers: SleepingClientsOfFolder;
let token: string;

const SUBSCRIPTION = {
  kind: 'webPush',
  endpoint: 'https://push.example/1',
  keys: { p256dh: 'A'.repeat(87), auth: 'A'.repeat(22) },
};

before(async () => {
  world = await CloudWorld.open(testFolder());
  const parts = await world.system();
  sleepers = new SleepingClientsOfFolder(parts.store);
  assistant = await world.assistant(parts);
  token = await world.signedIn('Anna', 'anna@lindner-optik.example');
});

after(() => world.close());

async function becomes(expected: boolean): Promise<void> {
  const isSo = () => {
    sleepers.refresh();
    return sleepers.canBeWoken('anna') === expected;
  };
  await until(isSo, `Anna can ${expected ? '' : 'not '}be woken`);
}

test('who subscribed before the phone system knew them can be woken as soon as it does', async () => {
  await world.ask(ENDPOINTS.subscribePush, {}, SUBSCRIPTION, { token });
  assistant.start();
  await becomes(true);
  assert.equal(sleepers.canBeWoken('ben'), false);
});

test('not any more without a subscription, and again with one', async () => {
  await world.ask(ENDPOINTS.unsubscribePush, {}, undefined, { token });
  await becomes(false);
  await world.ask(ENDPOINTS.subscribePush, {}, SUBSCRIPTION, { token });
  await becomes(true);
});

test('not after sign-out', async () => {
  await world.ask(ENDPOINTS.signOut, {}, undefined, { token });
  await becomes(false);
});
