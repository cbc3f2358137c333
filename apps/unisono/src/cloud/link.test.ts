import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { Assistant, Contact } from '@unisono/assistant';
import type { SystemStore } from '../stores/system-store.ts';
import { type Any, CloudWorld, until } from '../testing/cloud-world.ts';
import { type ConnectProxy, startConnectProxy } from '../testing/connect-proxy.ts';
import { testFolder } from '../testing/folder.ts';

const CREDENTIALS = { username: 'unisono', password: 'through the wall' };

const folder = testFolder();
let world: CloudWorld;
let proxy: ConnectProxy;
let assistant: Assistant;
let system: SystemStore;
const contacts: Contact[] = [];

before(async () => {
  world = await CloudWorld.open(folder);
  proxy = await startConnectProxy(CREDENTIALS);
  const parts = await world.system();
  system = parts.system;
  assistant = await world.assistant(parts, { proxy: { url: proxy.url, ...CREDENTIALS } }, () => contacts);
  await world.person('Anna', 'anna@lindner-optik.example');
});

after(async () => {
  await world.close();
  await proxy.close();
});

test('through a proxy with credentials the link comes up by WebSocket, and people are synchronised by themselves', async () => {
  assistant.start();
  await until(() => assistant.cloud?.status().state === 'up', 'the link');
  assert.equal(assistant.cloud?.status().over, 'webSocket');
  await until(() => assistant.cloud?.personOf('anna') !== undefined, 'Anna');
  assert.ok(proxy.tunnels.length >= 2 && proxy.tunnels.every((host) => host === new URL(world.url).host));
  await until(() => assistant.cloud?.status().waitingMessages === 0, 'everything acknowledged');
});

test('a tunnel that is cut comes back by itself, and what was changed meanwhile is told', async () => {
  const { sinceMs } = assistant.cloud?.status() ?? { sinceMs: 0 };
  proxy.cut();
  await until(() => assistant.cloud?.status().state !== 'up', 'the cut');
  const done = system.apply({ kind: 'userSettings', user: 'anna', settings: { ringSec: 44 } });
  assert.ok(done.ok);
  assert.ok((assistant.cloud?.status().waitingMessages ?? 0) > 0);
  await until(() => assistant.cloud?.status().state === 'up', 'the link again');
  assert.ok((assistant.cloud?.status().sinceMs ?? 0) > sinceMs);
  await until(() => assistant.cloud?.status().waitingMessages === 0, 'everything acknowledged');
});

const REFUSALS: readonly [
  name: string,
  route: (at: { proxy: string; dead: string }) => Any,
  code: string,
  words: RegExp,
][] = [
  [
    'a proxy without credentials',
    (at) => ({ proxy: { url: at.proxy } }),
    'proxyCredentials',
    /wants a user name and a password \(407\): set assistant\.proxy\.username/,
  ],
  [
    'a proxy with wrong credentials',
    (at) => ({ proxy: { url: at.proxy, username: 'unisono', password: 'wrong' } }),
    'proxyCredentials',
    /does not accept the user name and password that are configured \(407\)/,
  ],
  [
    'a proxy that is not there',
    (at) => ({ proxy: { url: at.dead } }),
    'proxyUnreachable',
    /Nobody answers at the proxy 127\.0\.0\.1:\d+ \(connection refused\)/,
  ],
  ['a Connector that is not there', (at) => ({ url: at.dead }), 'unreachable', /Nobody answers at 127\.0\.0\.1:\d+/],
];

for (const [name, route, code, words] of REFUSALS) {
  test(`told in words: ${name}`, async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const dead = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.close();
    const other = await world.assistant(
      await world.system(name.replaceAll(' ', '-')),
      route({ proxy: proxy.url, dead }),
    );
    other.start();
    await until(() => other.cloud?.status().problem !== undefined, 'a problem');
    const { problem } = other.cloud?.status() ?? {};
    assert.deepEqual([problem?.code, words.test(problem?.message ?? '')], [code, true], problem?.message);
    const report: Any = await other.cloud?.synchronise({ trigger: 'demand' });
    assert.deepEqual([report.outcome, report.message], ['failed', problem?.message]);
    await other.close();
  });
}

test('told in words: a wrong API key', async () => {
  const other = await world.assistant(await world.system('key'), {}, () => [], 'nobody has this key');
  other.start();
  await until(() => other.cloud?.status().problem !== undefined, 'a problem');
  assert.equal(other.cloud?.status().problem?.code, 'keyRefused');
  await other.close();
});
