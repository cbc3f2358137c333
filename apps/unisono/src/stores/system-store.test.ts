import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { type AssistantDatabase, createAuditLog } from '@unisono/assistant';
import { type Change, demoSystem } from '@unisono/pbx';
import { testFolder } from '../testing/folder.ts';
import { openStore, type Store } from './open-store.ts';
import { createSystem, loadSystem, StoredSystemError, type SystemStore } from './system-store.ts';

const folder = testFolder();
const DEMO = demoSystem({ random: { int: () => 0 } });
const NOW = (): number => 1_700_000_000_000;

const deskOnly = (user: string): Change => ({ kind: 'userSettings', user, settings: { routing: 'deskPhoneOnly' } });

async function withStore(name: string, use: (store: Store) => unknown): Promise<void> {
  const store = await openStore(join(folder, name));
  try {
    await use(store);
  } finally {
    await store.close();
  }
}

function loaded(store: Store): SystemStore {
  const system = loadSystem(store, NOW);
  assert.ok(system);
  return system;
}

function routingOf(system: SystemStore, user: string): string | undefined {
  return system.current().users.get(user)?.settings.routing;
}

test('an empty database holds no system', () =>
  withStore('empty.db', (store) => assert.equal(loadSystem(store, NOW), undefined)));

test('the system and the changes made to it are there after opening again', async () => {
  await withStore('again.db', (store) => {
    const system = createSystem(store, DEMO, 'demo', NOW);
    assert.deepEqual(system.apply(deskOnly('anna')), { ok: true });
    assert.deepEqual(system.apply({ kind: 'stationState', station: '4000', state: 'outOfService' }), { ok: true });
    assert.equal(system.version, 3);
  });
  await withStore('again.db', (store) => {
    const system = loaded(store);
    assert.equal(system.version, 3);
    assert.equal(system.origin, 'demo');
    assert.equal(routingOf(system, 'anna'), 'deskPhoneOnly');
    assert.equal(system.current().stations.get('4000')?.state, 'outOfService');
    assert.deepEqual(system.current().data.company, DEMO.company);
  });
});

test('a change at a phone is in the audit log with where it was made, in the chain of the others, without secrets', () =>
  withStore('audit.db', (store) => {
    const audit = createAuditLog(store as unknown as AssistantDatabase);
    const system = createSystem(store, DEMO, 'demo', NOW);
    assert.deepEqual(system.apply(deskOnly('carla'), 'feature code at 4022'), { ok: true });
    const pin: Change = { kind: 'update', list: 'users', id: 'carla', value: { mailboxPin: '4711' } };
    assert.deepEqual(system.apply(pin, 'mailbox of carla'), { ok: true });
    const [second, first] = audit.read({ limit: 10 });
    assert.deepEqual(
      [first?.actor, first?.target, first?.detail],
      [
        'feature code at 4022',
        'users/carla',
        [{ field: 'settings.routing', before: 'default', after: 'deskPhoneOnly' }],
      ],
    );
    assert.deepEqual(
      [second?.actor, second?.detail],
      ['mailbox of carla', [{ field: 'mailboxPin', after: '(hidden)' }]],
    );
    assert.equal(audit.verify(), undefined);
    assert.equal(system.apply({ kind: 'stationState', station: '4020', state: 'signedOff' }, 'x').ok, false);
    assert.equal(audit.read({ limit: 10 }).length, 2);
  }));

test('a contradictory change is refused with its reason and changes nothing', async () => {
  await withStore('refused.db', (store) => {
    const system = createSystem(store, DEMO, 'demo', NOW);
    const result = system.apply({ kind: 'stationState', station: '4020', state: 'signedOff' });
    assert.match(result.ok ? '' : result.message, /ufipDeviceStationSignedOff/);
    assert.equal(system.version, 1);
    assert.equal(loaded(store).current().stations.get('4020')?.state, 'inService');
  });
});

test('listeners hear of every change with the system in force', async () => {
  await withStore('listeners.db', (store) => {
    const system = createSystem(store, DEMO, 'demo', NOW);
    const heard: (string | undefined)[] = [];
    system.onChange((now) => heard.push(now.users.get('ben')?.settings.routing));
    system.apply(deskOnly('ben'));
    system.replace(DEMO, 'import');
    assert.deepEqual(heard, ['deskPhoneOnly', 'default']);
  });
});

test('what another process stored is taken over, and changes go on top of it', async () => {
  await withStore('two.db', (store) => createSystem(store, DEMO, 'demo', NOW));
  const ours = await openStore(join(folder, 'two.db'));
  const theirs = await openStore(join(folder, 'two.db'));
  const system = loaded(ours);
  assert.equal(system.refresh(), false);
  loaded(theirs).replace({ ...DEMO, licences: { flex: 33, unifyPhone: 11 } }, 'import');
  assert.deepEqual(system.apply(deskOnly('anna')), { ok: true });
  assert.equal(system.current().data.licences.flex, 33);
  assert.equal(routingOf(system, 'anna'), 'deskPhoneOnly');
  assert.equal(system.version, 3);
  assert.equal(routingOf(loaded(theirs), 'anna'), 'deskPhoneOnly');
  await ours.close();
  await theirs.close();
});

test('many changes become a snapshot at the next opening', async () => {
  await withStore('many.db', (store) => {
    const system = createSystem(store, DEMO, 'demo', NOW);
    for (let i = 0; i < 500; i++)
      system.apply({ kind: 'userSettings', user: 'ben', settings: { ringSec: 10 + (i % 50) } });
  });
  await withStore('many.db', (store) => assert.equal(loaded(store).version, 501));
  await withStore('many.db', (store) => {
    const [snapshot] = store.read(store.query.selectFrom('system_snapshots').select('version'));
    assert.equal(snapshot?.version, 501);
    assert.equal(loaded(store).current().users.get('ben')?.settings.ringSec, 10 + (499 % 50));
  });
});

test('stored data that is not sound is refused with what is wrong', async () => {
  await withStore('unsound.db', (store) => {
    createSystem(store, { ...DEMO, licences: { flex: 0, unifyPhone: 0 } }, 'import', NOW);
    assert.throws(
      () => loadSystem(store, NOW),
      (error) => error instanceof StoredSystemError && /flexLicencesOverrun/.test(error.message),
    );
  });
});

test('what another process has changed is taken over piece by piece, as if it was loaded anew', async () => {
  const path = 'beside.db';
  await withStore(path, async (store) => {
    const system = createSystem(store, DEMO, 'demo', NOW);
    const other = await openStore(join(folder, path));
    const beside = loaded(other);
    const follow = (): SystemStore => {
      assert.equal(system.refresh(), true);
      assert.deepEqual(system.current(), beside.current());
      assert.equal(system.version, beside.version);
      return system;
    };
    beside.apply(deskOnly('anna'));
    const { stations } = system.current();
    assert.equal(follow().current().stations, stations, 'a setting leaves the indices of everything else alone');
    const lab = { kind: 'create', list: 'stations', value: { number: '4055', name: 'Lab', classOfService: 'office' } };
    assert.ok(beside.commit([lab as Change], beside.version, []).ok);
    assert.equal(follow().current().numbers.get('4055')?.kind, 'station');
    assert.ok(beside.commit([{ kind: 'delete', list: 'ufipDevices', id: 'ufip-ben' }], beside.version, []).ok);
    assert.equal(follow().current().ufipDeviceOfUser.has('ben'), false);
    beside.replace(DEMO, 'import');
    assert.equal(follow().origin, 'import');
    await other.close();
  });
});
