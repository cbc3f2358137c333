/** Inviting and removing people from the administration, at a real Connector. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Assistant } from '@unisono/assistant';
import { ENDPOINTS } from '@unisono/contract';
import type { SystemStore } from '../stores/system-store.ts';
import { createVoicemailStore, type MailboxStore } from '../stores/voicemail-store.ts';
import { type Any, CloudWorld, until } from '../testing/cloud-world.ts';
import { testFolder } from '../testing/folder.ts';

const EMAIL = 'zoe@lindner-optik.example';
const folder = testFolder();
let world: CloudWorld;
let assistant: Assistant;
let system: SystemStore;
let mailboxes: MailboxStore;

before(async () => {
  world = await CloudWorld.open(folder);
  const parts = await world.system();
  system = parts.system;
  mailboxes = createVoicemailStore(parts.store, (error) => assert.fail(error));
  assistant = await world.assistant({ ...parts, mailboxes });
  assistant.start();
});

after(() => world.close());

async function ask(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<Any> {
  const reply = await answer(method, path, body);
  assert.ok(reply.statusCode < 300, `${method} ${path}: ${reply.statusCode} ${reply.body}`);
  return reply.body === '' ? undefined : reply.json();
}

async function answer(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown) {
  const api = await assistant.api();
  return api.inject({
    method,
    url: `/api/v1/${path}`,
    headers: {
      authorization: `Bearer ${token()}`,
      'if-match': '*',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
}

let made: string | undefined;
function token(): string {
  made ??= assistant.localToken();
  return made;
}

const zoe = { name: 'Zoe Kraft', email: EMAIL, number: '4035', ufipNumber: '7099', mailbox: true };

test('a person is invited with a click, and matched without another one', async () => {
  const { ufipDevice } = await ask('GET', 'free-numbers');
  await ask('POST', 'people', { ...zoe, ufipNumber: ufipDevice });
  assert.deepEqual(await ask('GET', 'people/zoe/directory'), { access: 'ready', state: 'absent' });
  const invited = await ask('POST', 'people/zoe/invitation');
  assert.equal(invited.state, 'invited');
  assert.equal((await ask('GET', 'people/zoe/directory')).sentAtMs, invited.sentAtMs);
  await until(
    async () => (await ask('GET', `sync/plan?search=${EMAIL}`)).rows[0]?.class === 'inStep',
    'the invited person in step',
  );
  const [entry] = (await world.ask({ method: 'GET', path: '/v1/admin/users?q=zoe' })).users;
  assert.deepEqual([entry.firstName, entry.lastName, entry.phone], ['Zoe', 'Kraft', true]);
});

test('sent again, the first link ends; who has accepted is not written to any more', async () => {
  const first = world.mailedToken(EMAIL);
  await ask('POST', 'people/zoe/invitation');
  const second = world.mailedToken(EMAIL);
  assert.notEqual(first, second);
  await world.ask(
    ENDPOINTS.useMailedToken,
    {},
    {
      token: second,
      password: 'correct horse battery',
      installation: { name: 'Browser' },
    },
  );
  assert.equal((await ask('GET', 'people/zoe/directory')).state, 'accepted');
  assert.deepEqual(await ask('POST', 'people/zoe/invitation'), { state: 'accepted' });
  assert.equal(world.mailedToken(EMAIL), second);
});

test('where the person is signed in is listed, and ended one by one and everywhere', async () => {
  const { devices } = await ask('GET', 'people/zoe/devices');
  assert.deepEqual(
    devices.map(({ name }: Any) => name),
    ['Browser'],
  );
  assert.ok(devices[0].lastSeenAtMs > 0);
  assert.equal((await answer('DELETE', 'people/zoe/devices/i_of_nobody')).statusCode, 404);
  await ask('DELETE', `people/zoe/devices/${devices[0].installationId}`);
  assert.deepEqual(await ask('GET', 'people/zoe/devices'), { devices: [] });
  await ask('DELETE', 'people/zoe/devices');
  assert.equal((await answer('GET', 'people/nobody/devices')).statusCode, 404);
});

test('a password is reset by a mailed link, a second factor taken away; both are in the audit log', async () => {
  const installation = { name: 'Laptop' };
  const earlier = world.mailedToken(EMAIL);
  await ask('POST', 'people/zoe/password-reset');
  const token = world.mailedToken(EMAIL);
  assert.notEqual(token, earlier);
  await world.ask(ENDPOINTS.useMailedToken, {}, { token, password: 'another good one', installation });
  assert.equal((await ask('GET', 'people/zoe/devices')).devices[0].name, 'Laptop');
  await ask('DELETE', 'people/zoe/second-factor');
  const told = await ask('GET', 'audit?target=users/zoe');
  assert.deepEqual(
    told.entries.slice(0, 2).map(({ action }: Any) => action),
    ['resetSecondFactor', 'resetPassword'],
  );
});

test('deleting the user alone is refused by naming what is in the way', async () => {
  const refused = await answer('DELETE', 'users/zoe');
  assert.equal(refused.statusCode, 422);
  const { detail, errors } = refused.json();
  assert.match(detail, /^UFIP device "ufip-zoe" still leads to user "zoe"\./);
  assert.match(errors[0].hint, /unisono users delete zoe --with-devices/);
});

test('what stands in the way of removing is named before', async () => {
  system.commit([{ kind: 'userSettings', user: 'ben', settings: { alternativeNumber: '4035' } }], system.version, []);
  const preview = await ask('GET', 'people/zoe/removal');
  assert.match(preview.obstacles[0].message, /^User "ben" still leads to/);
  assert.equal((await answer('DELETE', 'people/zoe')).statusCode, 422);
  assert.ok(system.current().users.has('zoe') && system.current().ufipDeviceOfUser.has('zoe'));
  assert.deepEqual((await ask('GET', 'people/zoe/removal?keepNumber=true')).obstacles, []);
  system.commit([{ kind: 'userSettings', user: 'ben', settings: { alternativeNumber: null } }], system.version, []);
});

test('a person is removed with everything, here and in the directory', async () => {
  const heard = {
    callerNumber: '4021',
    callerName: undefined,
    receivedAtMs: 1,
    durationMs: 9,
    isHeard: false,
    call: 'c1',
  };
  mailboxes.add({ id: 'm1', user: 'zoe', ...heard }, { sampleRateHz: 8_000, pcm: Int16Array.of(1, -2) });
  const preview = await ask('GET', 'people/zoe/removal');
  assert.match(preview.de.join(' '), /Eine Nachricht wird gelöscht/);
  assert.equal(preview.en.length, preview.de.length);
  assert.match(preview.en.join(' '), /Desk number 4035.*Unisono Phone.*mailbox.*taken out of the cloud/);
  assert.deepEqual(await ask('DELETE', 'people/zoe'), { directory: 'removed' });
  const { stations, users, ufipDeviceOfUser } = system.current();
  assert.deepEqual(mailboxes.list('zoe'), []);
  assert.deepEqual([stations.has('4035'), users.has('zoe'), ufipDeviceOfUser.has('zoe')], [false, false, false]);
  assert.deepEqual((await world.ask({ method: 'GET', path: '/v1/admin/users?q=zoe' })).users, []);
});

test('while the cloud is away the person is removed here, and there as soon as it is back', async () => {
  await world.person('Carla', 'carla@lindner-optik.example');
  world.isAway = true;
  const removed = await ask('DELETE', 'people/carla?keepNumber=true');
  assert.equal(removed.directory, 'pending');
  assert.ok(removed.message.length > 10);
  const { stations, users } = system.current();
  assert.equal(users.has('carla'), false);
  const kept = system.current().data.stations.find(({ name, number }) => name === number);
  assert.ok(kept !== undefined && stations.has(kept.id));
  world.isAway = false;
  // One may be running by itself just then.
  await until(async () => (await answer('POST', 'sync/runs', {})).statusCode < 300, 'a synchronisation');
  assert.deepEqual((await world.ask({ method: 'GET', path: '/v1/admin/users?q=carla' })).users, []);
});
