import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { clientPassword, clientUsername } from '@unisono/contract';
import { demoSystem, openUsername, passwordOf } from '@unisono/pbx';
import { loadSettings } from '../config/load.ts';
import { openStore } from '../stores/open-store.ts';
import { createSystem } from '../stores/system-store.ts';
import { testFolder } from '../testing/folder.ts';
import { ClientDesk, type Issued, MAX_INSTALLATIONS_PER_USER } from './client-desk.ts';
import { macWith } from './client-key.ts';
import { RevokedClients } from './revoked-clients.ts';

const folder = testFolder();
const DAY_MS = 86_400_000;
const mac = (text: string) => createHmac('sha256', 'test').update(text).digest('hex');
const ENVIRONMENT = {
  UNISONO_CLIENTS_URL: 'wss://phone.example.com/sip',
  UNISONO_CLIENTS_STUN: 'stun:stun.example.com',
  UNISONO_TURN_URLS: 'turn:turn.example.com',
  UNISONO_TURN_SECRET: 'shared',
  UNISONO_TURN_VALID_SEC: '3600',
};

async function setup(name: string, environment: Readonly<Record<string, string>> = {}) {
  const loaded = loadSettings({}, environment, folder);
  assert.ok(loaded.ok, JSON.stringify(loaded));
  const store = await openStore(join(folder, `${name}.db`));
  let nowMs = 1_800_000_000_000;
  let count = 0;
  const epochMs = () => nowMs;
  const system = createSystem(store, demoSystem({ random: { int: () => 0 } }), 'demo', epochMs);
  const keys = new RevokedClients(store, mac, epochMs);
  const desk = new ClientDesk({
    store,
    mac,
    access: loaded.settings,
    system: () => system.current(),
    epochMs,
    randomHex: (octets) => (++count).toString(16).padStart(2 * octets, '0'),
    onRevoked: () => keys.refresh(),
  });
  const wait = (ms: number) => {
    nowMs += ms;
  };
  return { desk, keys, system, store, wait, settings: loaded.settings };
}

function sound(issued: Issued): Issued & { ok: true } {
  assert.ok(issued.ok, JSON.stringify(issued));
  return issued;
}

test('an installation gets everything it needs to connect', async () => {
  const { desk, store } = await setup('all', ENVIRONMENT);
  const { connection } = sound(desk.issue('anna', 'a browser', 10));
  const claims = openUsername(mac, connection.username);
  assert.equal(claims?.ufipDevice, 'ufip-anna');
  assert.equal(claims?.installation, connection.installation);
  const [stun, turn] = connection.iceServers;
  assert.deepEqual(stun, { urls: ['stun:stun.example.com'] });
  assert.equal(turn?.username, `${1_800_000_000 + 3_600}:${connection.installation}`);
  const { wss, uri, displayName, expiresAt } = connection;
  assert.deepEqual(
    { wss, uri, displayName, expiresAt },
    {
      wss: 'wss://phone.example.com/sip',
      uri: 'sip:4020@lindner-optik.example',
      displayName: 'Anna Lindner',
      expiresAt: new Date(1_800_000_000_000 + 10 * DAY_MS).toISOString(),
    },
  );
  await store.close();
});

test('without any configuration there are no ICE servers, and the URL is that of the door', async () => {
  const { desk, store } = await setup('plain');
  const { connection } = sound(desk.issue('anna', ''));
  assert.deepEqual([connection.wss, connection.iceServers], ['wss://127.0.0.1:8443', []]);
  await store.close();
});

test('renewed credentials are other ones of the same installation; neither outlives a revocation', async () => {
  const { desk, keys, store, wait } = await setup('renew');
  const first = sound(desk.issue('ben', 'phone', 10));
  wait(7 * DAY_MS);
  const second = sound(desk.renew(first.installation.id, 10));
  assert.notEqual(second.connection.username, first.connection.username);
  assert.equal(second.installation.id, first.installation.id);
  assert.equal(desk.list('ben').length, 1);
  wait(5 * DAY_MS);
  const told: string[] = [];
  keys.onRevoked((installation) => told.push(installation));
  assert.equal(desk.revoke(first.installation.id), true);
  assert.deepEqual(told, [first.installation.id]);
  assert.ok(keys.isRevoked(first.installation.id));
  assert.partialDeepStrictEqual(desk.renew(first.installation.id), { ok: false, code: 'revoked' });
  await store.close();
});

test('what another process revoked is in force when it is looked for', async () => {
  const { desk, keys, store, system, settings } = await setup('other');
  const { installation } = sound(desk.issue('ben', 'phone'));
  const other = await openStore(store.path);
  const access = settings;
  const elsewhere = new ClientDesk({
    store: other,
    mac,
    access,
    system: () => system.current(),
    epochMs: () => 1_800_000_000_001,
    randomHex: () => '',
  });
  keys.look();
  assert.ok(!keys.isRevoked(installation.id));
  elsewhere.revoke(installation.id);
  keys.look();
  assert.ok(keys.isRevoked(installation.id));
  await other.close();
  await store.close();
});

test('credentials from the cloud can be revoked although nobody here has issued them', async () => {
  const { desk, keys, store } = await setup('cloud');
  const delegated = desk.delegate('anna');
  assert.ok(delegated);
  const username = clientUsername(delegated.username, 'i-7', 1_900_000_000_000);
  assert.equal(openUsername(mac, username)?.ufipDevice, 'ufip-anna');
  assert.equal(await clientPassword(delegated.key, username), passwordOf(mac, macWith, username));
  assert.equal(desk.delegate('eva'), undefined);
  desk.revokeDelegated('i-7', 'anna', 1_900_000_000_000);
  desk.revokeDelegated('i-7', 'anna', 1_900_000_000_000);
  assert.ok(keys.isRevoked('i-7'));
  await store.close();
});

test('refused, with a reason: nobody, somebody without a UFIP device, an unknown installation, too many', async () => {
  const { desk, store } = await setup('refused');
  assert.partialDeepStrictEqual(desk.issue('nobody', ''), { code: 'unknownUser' });
  assert.partialDeepStrictEqual(desk.issue('eva', ''), { code: 'noDevice' });
  assert.partialDeepStrictEqual(desk.renew('0123456789abcdef'), { code: 'unknownInstallation' });
  assert.equal(desk.revoke('0123456789abcdef'), false);
  for (let i = 0; i < MAX_INSTALLATIONS_PER_USER; i++) sound(desk.issue('ben', ''));
  assert.partialDeepStrictEqual(desk.issue('ben', ''), { code: 'tooMany' });
  await store.close();
});

test('credentials are withdrawn with their UFIP device, and do not come back with it', async () => {
  const { desk, keys, store, system } = await setup('withdrawn');
  const anna = sound(desk.issue('anna', '')).installation.id;
  const ben = sound(desk.issue('ben', '')).installation.id;
  assert.equal(desk.withdraw(), 0);
  assert.deepEqual(system.apply({ kind: 'delete', list: 'ufipDevices', id: 'ufip-anna' }), { ok: true });
  assert.equal(desk.withdraw(), 1);
  assert.deepEqual([keys.isRevoked(anna), keys.isRevoked(ben)], [true, false]);
  await store.close();
});
