import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { WebSocket } from 'ws';
import { MAX_MESSAGE_OCTETS } from '../message/limits.ts';
import type { WsServerOptions } from './options.ts';
import { OPTIONS_BYTES, requestBytes } from './testing.ts';
import { closeAll, point, type Started, settle, start } from './testing-sockets.ts';

const clients: WebSocket[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.terminate();
  await closeAll();
});

/** A browser, as far as a server can tell. */
function browse(server: Started, options: { path?: string; protocol?: string | undefined; origin?: string } = {}) {
  const { path = '/', origin } = options;
  const protocol = 'protocol' in options ? options.protocol : 'sip';
  const ws = new WebSocket(
    `ws://127.0.0.1:${server.target.port}${path}`,
    protocol === undefined ? [] : protocol.split(','),
    origin === undefined ? {} : { origin },
  );
  clients.push(ws);
  const frames: { text: string; isBinary: boolean }[] = [];
  ws.on('message', (data: Buffer, isBinary) => frames.push({ text: data.toString('latin1'), isBinary }));
  const opened = new Promise<string>((resolve) => {
    ws.once('open', () => resolve(ws.protocol));
    ws.once('error', (error) => resolve(error.message));
  });
  const closed = new Promise<number>((resolve) => ws.once('close', resolve));
  return { ws, frames, opened, closed };
}

const serve = (ws?: WsServerOptions, limits = {}) => start([{ ...point('ws'), ws }], { limits });

const UPGRADES: [name: string, options: Parameters<typeof browse>[1], outcome: string][] = [
  ['the root path', {}, 'sip'],
  ['the path /ws', { path: '/ws' }, 'sip'],
  ['a path with a query', { path: '/ws?x=1' }, 'sip'],
  ['sip among other subprotocols', { protocol: 'chat,sip' }, 'sip'],
  ['another path', { path: '/phone' }, 'Unexpected server response: 404'],
  ['no subprotocol', { protocol: undefined }, 'Unexpected server response: 400'],
  ['another subprotocol', { protocol: 'chat' }, 'Unexpected server response: 400'],
  ['any origin, when none is listed', { origin: 'https://elsewhere.example' }, 'sip'],
];
for (const [name, options, outcome] of UPGRADES) {
  test(`upgrade: ${name} → ${outcome}`, async () => {
    const server = await serve();
    assert.equal(await browse(server, options).opened, outcome);
    assert.equal(server.problems.length, outcome === 'sip' ? 0 : 1);
  });
}

test('upgrade: only pages of the listed origins, and programs', async () => {
  const server = await serve({ origins: ['https://phone.example.com'] });
  assert.equal(await browse(server, { origin: 'https://phone.example.com' }).opened, 'sip');
  assert.equal(await browse(server).opened, 'sip');
  assert.equal(await browse(server, { origin: 'https://elsewhere.example' }).opened, 'Unexpected server response: 403');
  assert.match(server.problems[0]?.message ?? '', /origin https:\/\/elsewhere\.example is not allowed/);
});

test('paths can be chosen', async () => {
  const server = await serve({ paths: ['/phone'] });
  assert.equal(await browse(server, { path: '/phone' }).opened, 'sip');
  assert.equal(await browse(server).opened, 'Unexpected server response: 404');
});

test('a page that is only looked at says what this is', async () => {
  const server = await serve();
  const response = await fetch(`http://127.0.0.1:${server.target.port}/`);
  assert.equal(response.status, 426);
  assert.match(await response.text(), /SIP server/);
});

test('text and binary frames are heard; answers are text, or binary when they are no UTF-8', async () => {
  const server = await serve();
  const { ws, frames, opened } = browse(server);
  await opened;
  ws.send(OPTIONS_BYTES.toString());
  ws.send(OPTIONS_BYTES, { binary: true });
  await server.heard.until(({ messages }) => messages.length === 2);
  const flow = server.heard.flows[0] ?? assert.fail();
  server.transport.send(requestBytes({ callId: 'ü' }), flow, assert.fail);
  server.transport.send(Buffer.concat([OPTIONS_BYTES, Buffer.from([0xff])]), flow, assert.fail);
  while (frames.length < 2) await settle();
  assert.deepEqual(
    frames.map(({ isBinary }) => isBinary),
    [false, true],
  );
});

test('a message without Content-Length fills its frame', async () => {
  const server = await serve();
  const { ws, opened } = browse(server);
  await opened;
  ws.send(
    `${requestBytes()
      .toString()
      .replace(/Content-Length: 0\r\n/, '')}the body`,
  );
  await server.heard.until(({ messages }) => messages.length === 1);
  assert.equal(server.heard.messages[0]?.body.toString(), 'the body');
});

test('line breaks in a frame are answered with line breaks', async () => {
  const server = await serve();
  const { ws, frames, opened } = browse(server);
  await opened;
  ws.send('\r\n\r\n');
  while (frames.length === 0) await settle();
  assert.deepEqual(frames, [{ text: '\r\n', isBinary: false }]);
});

test('a frame at the limit passes, one over ends the connection', async () => {
  const server = await serve();
  const { ws, opened, closed } = browse(server);
  await opened;
  const room = MAX_MESSAGE_OCTETS - requestBytes().length - 4;
  ws.send(requestBytes({ body: 'x'.repeat(room) }));
  await server.heard.until(({ messages }) => messages.length === 1);
  ws.send(requestBytes({ body: 'x'.repeat(room + 1) }));
  assert.equal(await closed, 1009);
  await server.heard.until((heard) => heard.closed.length === 1);
});

test('a malformed message is told and the connection stays; no SIP at all ends it', async () => {
  const server = await serve();
  const { ws, opened, closed } = browse(server);
  await opened;
  ws.send(OPTIONS_BYTES.toString().replace('Call-ID: one\r\n', ''));
  await server.heard.until(({ malformed }) => malformed.length === 1);
  ws.send('{"hello":"world"}');
  assert.equal(await closed, 1003);
});

test('pings go out in their interval; a peer that answers stays, one that does not is closed', async () => {
  const server = await serve(undefined, { wsPingIntervalMs: 30_000, pongMs: 10_000 });
  const { ws, opened } = browse(server);
  await opened;
  ws.send(OPTIONS_BYTES);
  await server.heard.until(({ messages }) => messages.length === 1);
  server.clock.advance(30_000);
  while (server.transport.snapshot().counters.keepAlives === 0) await settle();
  server.clock.advance(10_000);
  assert.equal(server.heard.closed.length, 0);
  ws.pause();
  server.clock.advance(20_000);
  await settle();
  server.clock.advance(10_000);
  await server.heard.until(({ closed }) => closed.length === 1);
  assert.match(server.problems[0]?.message ?? '', /ping was not answered/);
});

test('a ping of the client is answered and proves it alive', async () => {
  const server = await serve(undefined, { firstMessageMs: 20_000, wsPingIntervalMs: 0 });
  const { ws, opened } = browse(server);
  await opened;
  const answered = new Promise((resolve) => ws.once('pong', resolve));
  ws.ping();
  await answered;
  server.clock.advance(20_000);
  await settle();
  assert.equal(ws.readyState, WebSocket.OPEN);
  assert.equal(server.heard.closed.length, 0);
});

test('a client that upgrades and says nothing is closed in time', async () => {
  const server = await serve(undefined, { firstMessageMs: 20_000, wsPingIntervalMs: 0 });
  const { opened, closed } = browse(server);
  await opened;
  server.clock.advance(20_000);
  assert.equal(await closed, 1006);
});

test('a server that does not select sip is none', async () => {
  const { WebSocketServer } = await import('ws');
  const other = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => false });
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as { port: number };
  const { transport } = await start([]);
  const failure = await new Promise((resolve) =>
    transport.send(OPTIONS_BYTES, { transport: 'ws', address: '127.0.0.1', port }, resolve),
  );
  assert.equal(failure, 'unreachable');
  await new Promise((resolve) => other.close(resolve));
});

test('frames that nobody takes are bounded', async () => {
  const server = await serve(undefined, { maxQueuedOctets: 200_000 });
  const { ws, opened } = browse(server);
  await opened;
  ws.send(OPTIONS_BYTES);
  await server.heard.until(({ messages }) => messages.length === 1);
  ws.pause();
  const flow = server.heard.flows[0] ?? assert.fail();
  const big = requestBytes({ body: 'x'.repeat(60_000) });
  const failures = new Set<string>();
  while (flow.isOpen) {
    server.transport.send(big, flow, (failure) => failures.add(failure));
    await settle();
  }
  await settle();
  assert.ok(failures.has('overloaded'));
});
