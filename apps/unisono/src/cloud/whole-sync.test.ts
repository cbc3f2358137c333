import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Assistant, createAssistant } from '@unisono/assistant';
import {
  Connector,
  type Tables as ConnectorTables,
  createKey,
  createTenant,
  migrateConnector,
} from '@unisono/connector';
import { ENDPOINTS, pathOf } from '@unisono/contract';
import { demoSystem } from '@unisono/pbx';
import { openDatabase } from '@unisono/platform';
import { openStore } from '../stores/open-store.ts';
import { createSystem, type SystemStore } from '../stores/system-store.ts';
import { testFolder } from '../testing/folder.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const random = { bytes: (count: number) => randomBytes(count), fraction: Math.random };
const clock = {
  epochMs: Date.now,
  after: (delayMs: number, callback: () => void) => {
    const timer = setTimeout(callback, delayMs).unref();
    return () => clearTimeout(timer);
  },
};

// biome-ignore lint/suspicious/noExplicitAny: answers of many forms, looked into
type Any = any;

let connector: Connector;
let assistant: Assistant;
let system: SystemStore;
let admin: string;
const closers: (() => Promise<void>)[] = [];

before(async () => {
  const folder = testFolder();
  const database = await openDatabase<ConnectorTables>(join(folder, 'connector.db'), {});
  await migrateConnector(database.query);
  connector = await Connector.create({
    store: database.query,
    clock: {
      nowMs: Date.now,
      after: (ms, run) => {
        const cancel = clock.after(ms, run);
        return { cancel };
      },
    },
    random: { octets: (count) => randomBytes(count) },
    mailer: { send: async () => {} },
    log: silent,
    secret: Buffer.alloc(32, 1),
    publicUrl: 'https://cloud.example',
    software: 'test',
  });
  const { port } = await connector.listen('127.0.0.1', 0);
  const tenant = await createTenant(connector.context, 'operator', {
    slug: 'lindner',
    name: 'Lindner Optik',
    domains: ['lindner-optik.example'],
  });
  const key = async (scope: 'assistant' | 'admin') =>
    (await createKey(connector.context, tenant, 'operator', { name: scope, scope })).secret;
  admin = await key('admin');
  const store = await openStore(join(folder, 'unisono.db'));
  system = createSystem(store, demoSystem({ random: { int: () => 3 } }), 'demo', Date.now);
  assistant = await createAssistant({
    database: store as never,
    system,
    now: { contacts: () => [], calls: () => [], trunks: () => [] },
    calls: { read: () => [] },
    clock,
    random,
    log: silent,
    cloud: {
      route: { url: `http://127.0.0.1:${port}` },
      key: await key('assistant'),
      software: 'test',
      guard: { share: 0.2, atLeast: 1 },
      access: () => ({
        sbc: [{ uri: 'wss://sbc.example', priority: 0, weight: 1 }],
        turn: [],
        features: [],
        credentials: ({ account }) => ({ kind: 'fixed', username: account.username, password: account.password ?? '' }),
      }),
    },
  });
  closers.push(
    () => assistant.close(),
    () => connector.close(),
    () => store.close(),
    () => database.close(),
  );
});
after(async () => {
  for (const close of closers) await close();
});

async function ask(
  endpoint: { method: string; path: string },
  params = {},
  body?: unknown,
  headers = {},
): Promise<Any> {
  const reply = await connector.app.inject({
    method: endpoint.method as 'GET',
    url: pathOf(endpoint, params),
    headers: { authorization: `Bearer ${admin}`, ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
    ...(body ? { payload: JSON.stringify(body) } : {}),
  });
  assert.ok(reply.statusCode < 300, `${endpoint.method} ${endpoint.path} ${reply.statusCode} ${reply.body}`);
  return reply.body === '' ? undefined : reply.json();
}

const ids = new Map<string, string>();

async function sync(more = {}): Promise<Any> {
  const report = await assistant.cloud?.synchronise({ trigger: 'demand', ...more });
  assert.ok(report !== undefined && report !== 'running');
  return report;
}

test('the first run uploads who matches by address, and tells of all others why not', async () => {
  for (const [name, email] of [
    ['Anna', 'ANNA@Lindner-Optik.example'],
    ['Ben', 'ben@lindner-optik.example'],
    ['Carla', 'carla@lindner-optik.example'],
    ['Eva', 'eva@lindner-optik.example'],
    ['Nora', 'nora@lindner-optik.example'],
  ]) {
    const made = await ask(ENDPOINTS.createUser, {}, { email, firstName: name, lastName: 'X', invite: false });
    ids.set(name ?? '', made.id);
  }
  const report = await sync();
  assert.deepEqual([report.outcome, report.uploaded, report.withdrawn], ['done', 3, 0]);
  assert.deepEqual(
    report.rows
      .map((row: { name: string; class: string; reason: string }) => `${row.name} ${row.class} ${row.reason}`)
      .sort(),
    [
      'Anna X toAdd newMatch',
      'Ben X toAdd newMatch',
      'Carla X toAdd newMatch',
      'David Chen withoutPerson noPerson',
      'Eva X withoutDevice noDevice',
      'Nora X withoutDevice unknownAddress',
    ],
  );
  const anna = await ask(ENDPOINTS.user, { userId: ids.get('Anna') });
  assert.equal(anna.connected, true);
});

test('nothing changed: nothing is uploaded', async () => {
  const report = await sync();
  assert.deepEqual([report.uploaded, report.withdrawn, report.counts.inStep], [0, 0, 3]);
});

test('a changed station is uploaded anew, a signed-off one is withdrawn', async () => {
  system.commit([{ kind: 'update', list: 'stations', id: '4020', value: { name: 'Anna L.' } }], system.version, []);
  system.commit([{ kind: 'delete', list: 'ufipDevices', id: 'ufip-ben' }], system.version, []);
  const report = await sync();
  assert.deepEqual([report.uploaded, report.withdrawn], [1, 1]);
  assert.equal((await ask(ENDPOINTS.user, { userId: ids.get('Ben') })).connected, false);
});

test('a run that would withdraw too many stops, says so, and goes on when it is confirmed', async () => {
  for (const name of ['Anna', 'Carla'])
    await ask(ENDPOINTS.changeUser, { userId: ids.get(name) }, { phone: false }, { 'if-match': '*' });
  const stopped = await sync();
  assert.equal(stopped.outcome, 'stopped');
  assert.match(stopped.message, /would withdraw 2 people at once, more than the 1/);
  const done = await sync({ isConfirmed: true });
  assert.deepEqual([done.outcome, done.withdrawn], ['done', 2]);
});
