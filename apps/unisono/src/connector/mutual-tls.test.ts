import assert from 'node:assert/strict';
import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { request } from 'node:https';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Connector, createKey, createTenant, migrateConnector, silentLog, type Tables } from '@unisono/connector';
import { openSharedDatabase, type SharedDatabase } from '@unisono/platform';
import { testFolder } from '../testing/folder.ts';
import { type Issued, issued } from '../testing/issued.ts';

const folder = testFolder();
let database: SharedDatabase<Tables>;
let connector: Connector;
let port: number;
let server: Awaited<ReturnType<typeof issued>>;
let client: Awaited<ReturnType<typeof issued>>;
let bound: string;
let free: string;

before(async () => {
  [server, client] = [await issued(folder, 'server'), await issued(folder, 'client')];
  database = openSharedDatabase<Tables>(join(folder, 'connector.db'));
  await migrateConnector(database.query);
  connector = await Connector.create({
    store: database.query,
    clock: {
      nowMs: Date.now,
      after: (ms, run) => ({ cancel: clearTimeout.bind(undefined, setTimeout(run, ms).unref()) }),
    },
    random: { octets: (count) => randomBytes(count) },
    mailer: { send: async () => {} },
    log: silentLog,
    secret: Buffer.alloc(32, 1),
    publicUrl: 'https://cloud.example',
    software: 'test',
    tls: { cert: server.certificate, key: server.privateKey, ca: client.authority },
  });
  ({ port } = await connector.listen('127.0.0.1', 0));
  const { context } = connector;
  const tenant = await createTenant(context, 'operator', { slug: 'lindner', name: 'Lindner', domains: [] });
  const der = new X509Certificate(client.certificate).raw;
  const certificate = createHash('sha256').update(der).digest('hex');
  const scope = 'assistant';
  bound = (await createKey(context, tenant, 'operator', { name: 'bound', scope, system: 'munich', certificate }))
    .secret;
  free = (await createKey(context, tenant, 'operator', { name: 'free', scope, system: 'berlin' })).secret;
});
after(async () => {
  await connector.close();
  await database.close();
});

function users(key: string, certificate?: Issued): Promise<number | undefined> {
  const pair = certificate === undefined ? {} : { cert: certificate.certificate, key: certificate.privateKey };
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${key}` };
    const at = { host: '127.0.0.1', port, path: '/v1/sync/users', ca: server.authority, agent: false, headers };
    request({ ...at, ...pair }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

const CASES: readonly [name: string, ask: () => Promise<number | undefined>, status: number][] = [
  ['a key that is bound to a certificate, with that certificate', () => users(bound, client), 200],
  ['the same key without one', () => users(bound), 401],
  ['the same key with a certificate of another authority', () => users(bound, server), 401],
  ['a key that is bound to none, without one', () => users(free), 200],
  ['a key that is bound to none, with one', () => users(free, client), 200],
];

for (const [name, ask, status] of CASES) {
  test(`${name}: ${status}`, async () => assert.equal(await ask(), status));
}
