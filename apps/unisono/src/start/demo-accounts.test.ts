/** What `npm start` of the demo company prints: accounts that work, and nothing that was shown once to somebody. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type AssistantDatabase, createAuditLog, factsOf } from '@unisono/assistant';
import { seedPeople, tenantBySlug } from '@unisono/connector';
import { applyChanges, type Change } from '@unisono/pbx';
import type { Store } from '../stores/open-store.ts';
import type { SystemStore } from '../stores/system-store.ts';
import { CloudWorld } from '../testing/cloud-world.ts';
import { testFolder } from '../testing/folder.ts';
import { demoSignIns } from './demo-sign-ins.ts';
import { accountsGivenSince } from './given-accounts.ts';
import { welcome } from './welcome.ts';

const BY = { kind: 'system', id: 'x', name: 'x', role: 'admin' } as const;
const folder = testFolder();
let world: CloudWorld;
let store: Store;
let system: SystemStore;

before(async () => {
  world = await CloudWorld.open(folder);
  ({ store, system } = await world.system());
});
after(() => world.close());

test('people who chose their own password or have none yet are left out', async () => {
  const { context } = world.connector;
  const tenant = (await tenantBySlug(context.store, 'lindner'))?.id ?? '';
  const password = (id: string) => system.current().ufipDevices.get(`ufip-${id}`)?.account.password ?? '';
  const person = { lastName: 'X', phone: true };
  await seedPeople(context, tenant, 'test', [
    { ...person, firstName: 'Anna', email: 'anna@lindner-optik.example', password: password('anna') },
    { ...person, firstName: 'Ben', email: 'ben@lindner-optik.example', password: 'chosen by himself' },
    { ...person, firstName: 'Carla', email: 'carla@lindner-optik.example' },
  ]);
  const told = await demoSignIns(system.current(), { running: { connector: world.connector }, tenant: 'lindner' });
  assert.deepEqual(
    told.map(({ email }) => email),
    ['anna@lindner-optik.example'],
  );
});

test('accounts that an administrator has given are not printed again; others are', async () => {
  const audit = createAuditLog(store as unknown as AssistantDatabase);
  const change = (one: Change): void => {
    const before = system.current();
    const after = applyChanges(before, [one]);
    assert.ok(after.ok);
    const also = audit.statements(BY, factsOf(before, after.system, [one]), 1);
    assert.ok(system.commit([one], system.version, also).ok);
  };
  const account = { username: '4023', password: 'a given one' };
  change({ kind: 'update', list: 'stations', id: '4023', value: { device: { account } } });
  change({ kind: 'update', list: 'stations', id: '4020', value: { name: 'Anna' } });
  change({
    kind: 'update',
    list: 'ufipDevices',
    id: 'ufip-ben',
    value: { account: { password: 'a new one, longer' } },
  });
  assert.deepEqual([...accountsGivenSince(store)].sort(), ['stations/4023', 'ufipDevices/ufip-ben']);
  const said = welcome({
    ...{
      system: system.current(),
      isDemo: true,
      heard: [],
      doors: [],
      doorsReachable: '',
      reachable: '',
      dataFolder: '',
    },
    ...{ authorityFile: undefined, hasCloud: true, givenSince: accountsGivenSince(store) },
  });
  assert.match(said, /Anna Lindner, desk phone/);
  assert.doesNotMatch(said, /a given one|a new one/);
});
