import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Assistant, Contact } from '@unisono/assistant';
import { ENDPOINTS } from '@unisono/contract';
import { ensureCertificate } from '@unisono/platform';
import type { SystemStore } from '../stores/system-store.ts';
import { type Any, CloudWorld, until } from '../testing/cloud-world.ts';
import { testFolder } from '../testing/folder.ts';

const folder = testFolder();
let world: CloudWorld;
let assistant: Assistant;
let system: SystemStore;
let client: string;
let front: ReturnType<typeof createServer>;
/** What is registered at the gateway. */
let contacts: readonly Contact[] = [];

/** What some proxies are: requests come through, WebSockets do not. */
async function withoutWebSockets(url: string): Promise<ReturnType<typeof createServer>> {
  const server = createServer((incoming, outgoing) => {
    const onward = request(`${url}${incoming.url}`, { method: incoming.method ?? 'GET', headers: incoming.headers });
    onward.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  server.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function urlOf(server: { address(): unknown }): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

before(async () => {
  world = await CloudWorld.open(folder);
  front = await withoutWebSockets(world.url);
  const parts = await world.system();
  system = parts.system;
  assistant = await world.assistant(parts, { url: urlOf(front) }, () => contacts);
  client = await world.signedIn('Anna', 'anna@lindner-optik.example');
});

after(async () => {
  await world.close();
  front.closeAllConnections();
  front.close();
});

async function view(): Promise<Any> {
  return world.ask(ENDPOINTS.settings, {}, undefined, { token: client });
}

test('where WebSockets are blocked the link goes on by long poll', async () => {
  assistant.start();
  await until(() => assistant.cloud?.status().state === 'up', 'the link');
  assert.equal(assistant.cloud?.status().over, 'longPoll');
  await until(() => assistant.cloud?.personOf('anna') !== undefined, 'Anna');
  await until(async () => (await view()).settings !== undefined, 'the settings of Anna');
  assert.equal((await view()).settings.routing, 'default');
});

test('a wish of the client is in force at the phone system, confirmed, and told in words', async () => {
  const asked = { ringSec: 31, routing: 'clientsOnly' };
  const headers = { 'idempotency-key': 'first-wish' };
  await world.ask(ENDPOINTS.changeSettings, {}, asked, { token: client, headers });
  await until(() => system.current().users.get('anna')?.settings.ringSec === 31, 'the wish in force');
  assert.equal(system.current().users.get('anna')?.settings.routing, 'clientsOnly');
  await until(async () => (await view()).pending.length === 0, 'the confirmation');
  const now = await view();
  assert.deepEqual([now.settings.ringSec, now.settings.routing], [31, 'clientsOnly']);
  assert.match(now.preview.en[0], /^A call now would /);
});

test('what is changed at the desk phone shows in the client', async () => {
  assert.ok(system.apply({ kind: 'userSettings', user: 'anna', settings: { routing: 'deskPhoneOnly' } }).ok);
  await until(async () => (await view()).settings.routing === 'deskPhoneOnly', 'the change at the phone');
  assert.equal((await view()).origin, 'phone');
});

test('where a call would ring follows what is registered', async () => {
  assert.match((await view()).preview.en[0], /would not ring/);
  const contact = { device: 'desk:4020', userAgent: '', transport: 'udp', address: '10.0.0.20', expiresAtMs: 1 };
  contacts = [contact];
  await until(async () => !/would not ring/.test((await view()).preview.en[0]), 'the desk phone to count');
  contacts = [];
  await until(async () => /would not ring/.test((await view()).preview.en[0]), 'the desk phone to be gone');
});

test('a wish that the phone system refuses is told with its reason, and nothing changes', async () => {
  const headers = { 'idempotency-key': 'impossible-wish' };
  await world.ask(ENDPOINTS.changeSettings, {}, { alternativeNumber: '4555' }, { token: client, headers });
  await until(async () => (await view()).rejected !== undefined, 'the refusal');
  const { rejected, settings } = await view();
  assert.equal(rejected.state, 'refused');
  assert.equal(rejected.code, 'alternativeNumberUnknown');
  assert.equal(settings.alternativeNumber, undefined);
});

test('told in words: a certificate of an authority that is not trusted, and trusted once it is named', async () => {
  const made = await ensureCertificate(join(folder, 'tls'), ['127.0.0.1', 'localhost'], Date.now());
  const server = createTlsServer({ key: made.privateKey, cert: made.chain }, (incoming, outgoing) => {
    const onward = request(`${world.url}${incoming.url}`, {
      method: incoming.method ?? 'GET',
      headers: incoming.headers,
    });
    onward.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = urlOf(server).replace('http:', 'https:');
  const stranger = await world.assistant(await world.system('ca'), { url });
  const report: Any = await stranger.cloud?.synchronise({ trigger: 'demand' });
  assert.match(
    report.message,
    /is not of an authority that is trusted here .* name the file of that authority in assistant\.ca/,
  );
  const trusting = await world.assistant(await world.system('trusting'), { url, ca: [made.authority] });
  const trusted: Any = await trusting.cloud?.synchronise({ trigger: 'demand' });
  assert.equal(trusted.outcome, 'done');
  await stranger.close();
  await trusting.close();
  server.closeAllConnections();
  server.close();
});
