import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { afterEach, test } from 'node:test';
import { MAX_MESSAGE_OCTETS } from '../message/limits.ts';
import { OPTIONS_BYTES, requestBytes } from './testing.ts';
import { closeAll, failureOf, point, start } from './testing-sockets.ts';

const bare: Socket[] = [];
afterEach(async () => {
  for (const socket of bare.splice(0)) socket.close();
  await closeAll();
});

/** A bare socket that sends to a port of loopback and hears the answers. */
function bareSocket(port: number, address = '127.0.0.1') {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  bare.push(socket);
  const send = (bytes: Buffer) => socket.send(bytes, port, address);
  const heard = () => new Promise<Buffer>((resolve) => socket.once('message', resolve));
  return { socket, send, heard };
}

let fences = 0;

/** Sends a last request and waits for it, so that all sent before has been handled. */
async function fence(server: Awaited<ReturnType<typeof start>>, send: (bytes: Buffer) => void) {
  const callId = `fence${++fences}`;
  send(requestBytes({ callId }));
  await server.heard.until(({ messages }) => messages.at(-1)?.callId === callId);
}

test('keep-alives of line breaks and NULs are ignored, longer rubbish is counted and not told', async () => {
  const server = await start([point('udp')]);
  const { send } = bareSocket(server.target.port);
  for (const text of ['\r\n\r\n', '\r\n', '\0\0\0\0', '', 'jaK']) send(Buffer.from(text));
  await fence(server, send);
  const { counters } = server.transport.snapshot();
  assert.deepEqual([counters.keepAlives, counters.malformed, server.heard.malformed.length], [4, 1, 0]);
});

test('a malformed request is told with what is needed to answer it', async () => {
  const server = await start([point('udp')]);
  const { send } = bareSocket(server.target.port);
  send(Buffer.from(OPTIONS_BYTES.toString().replace('Call-ID: one\r\n', '')));
  await fence(server, send);
  assert.equal(server.heard.malformed[0]?.reason, 'Missing Call-ID');
  assert.ok(server.heard.malformed[0]?.headers.has('Via'));
});

for (const address of ['127.0.0.1', '::1']) {
  test(`a STUN binding request from ${address} is answered with the address it came from (RFC 5626 §4.4.2)`, async () => {
    const server = await start([point('udp', address)]);
    const { socket, send, heard } = bareSocket(server.target.port, address);
    const transaction = Buffer.from('000102030405060708090a0b', 'hex');
    const answer = heard();
    send(Buffer.concat([Buffer.from('000100002112a442', 'hex'), transaction]));
    const bytes = await answer;
    const { port } = socket.address();
    assert.equal(bytes.readUInt16BE(0), 0x0101);
    assert.deepEqual(bytes.subarray(8, 20), transaction);
    assert.equal(bytes.readUInt16BE(2), bytes.length - 20);
    assert.equal(bytes.readUInt16BE(26) ^ 0x2112, port);
    const shown = bytes.subarray(28).map((octet, i) => octet ^ (bytes[4 + i] as number));
    const expected = address === '::1' ? [...new Array(15).fill(0), 1] : [127, 0, 0, 1];
    assert.deepEqual([...shown], expected);
  });
}

test('STUN that is no binding request is not answered', async () => {
  const server = await start([point('udp')]);
  const { socket, send } = bareSocket(server.target.port);
  socket.on('message', () => assert.fail('answered'));
  send(Buffer.concat([Buffer.from('010100002112a442', 'hex'), Buffer.alloc(12)]));
  send(Buffer.concat([Buffer.from('000100082112a442', 'hex'), Buffer.alloc(12)]));
  await fence(server, send);
});

test('a source that is not admitted costs no parsing', async () => {
  let isAdmitted = false;
  const server = await start([point('udp')], { admit: () => isAdmitted });
  const { send } = bareSocket(server.target.port);
  send(OPTIONS_BYTES);
  send(OPTIONS_BYTES);
  while (server.transport.snapshot().counters.dropped < 2) await new Promise((resolve) => setImmediate(resolve));
  isAdmitted = true;
  await fence(server, send);
  assert.equal(server.heard.messages.length, 1);
});

test('equal ways are equal objects, and as many as allowed are remembered', async () => {
  const server = await start([point('udp')], { limits: { maxUdpFlows: 4 } });
  const sockets = Array.from({ length: 10 }, () => bareSocket(server.target.port));
  for (const { send } of sockets) await fence(server, send);
  await fence(server, sockets.at(-1)?.send ?? assert.fail());
  assert.equal(server.heard.flows.at(-1), server.heard.flows.at(-2));
  assert.ok(server.transport.snapshot().udpFlows <= 4);
});

test('a forgotten flow still leads back', async () => {
  const server = await start([point('udp')], { limits: { maxUdpFlows: 2 } });
  const [first, ...others] = Array.from({ length: 6 }, () => bareSocket(server.target.port));
  assert.ok(first);
  for (const { send } of [first, ...others]) await fence(server, send);
  const answer = first.heard();
  server.transport.send(OPTIONS_BYTES, server.heard.flows[0] ?? assert.fail(), assert.fail);
  assert.deepEqual(await answer, OPTIONS_BYTES);
});

test('the largest datagram arrives, one that IP cannot carry is too large', async () => {
  const server = await start([point('udp')]);
  const client = await start([point('udp')]);
  const largest = 65_507;
  const body = 'x'.repeat(largest - requestBytes().length - 4);
  const bytes = requestBytes({ body });
  assert.equal(bytes.length, largest);
  client.transport.send(bytes, server.target, assert.fail);
  await server.heard.until(({ messages }) => messages.length === 1);
  assert.ok(largest <= MAX_MESSAGE_OCTETS);
  assert.equal(await failureOf(client.transport, requestBytes({ body: `${body}x` }), server.target), 'too-large');
});

test('an address without a way to it is unreachable', async () => {
  const { transport } = await start([point('udp')]);
  const nowhere = { transport: 'udp', address: '240.0.0.1', port: 5060 } as const;
  assert.equal(await failureOf(transport, OPTIONS_BYTES, nowhere), 'unreachable');
  assert.equal(transport.snapshot().counters.failed, 1);
});

test('a socket bound to all addresses tells which one a peer is answered from', async () => {
  const server = await start([point('udp', '0.0.0.0')]);
  const { send } = bareSocket(server.target.port);
  await fence(server, send);
  const flow = server.heard.flows[0] ?? assert.fail();
  assert.equal(flow.localAddress, '127.0.0.1');
  assert.deepEqual(server.transport.localFor(flow), { host: '127.0.0.1', port: server.target.port });
});

test('what is sent in one go arrives in order, also when the transport is closed at once', async () => {
  const server = await start([point('udp')]);
  const client = await start([point('udp')]);
  const callIds = Array.from({ length: 20 }, (_, index) => `call-${index}`);
  for (const callId of callIds) client.transport.send(requestBytes({ callId }), server.target, assert.fail);
  await client.transport.close();
  await server.heard.until(({ messages }) => messages.length === callIds.length);
  assert.deepEqual(
    server.heard.messages.map(({ callId }) => callId),
    callIds,
  );
});
