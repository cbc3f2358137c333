import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { MAX_MESSAGE_OCTETS } from '../message/limits.ts';
import { OPTIONS_BYTES, requestBytes } from './testing.ts';
import { BareClient, closeAll, failureOf, point, type Started, settle, start, startMute } from './testing-sockets.ts';

afterEach(closeAll);

const callIds = ({ heard }: Started) => heard.messages.map(({ callId }) => callId);

/** Lets the server answer each malformed request with its status. */
function answerMalformed(server: Started): void {
  server.heard.answerMalformed = ({ status, reason }, flow) =>
    server.transport.send(Buffer.from(`SIP/2.0 ${status} ${reason}\r\n\r\n`), flow, assert.fail);
}

test('messages in one write, and one octet at a time', async () => {
  const server = await start([point('tcp')]);
  const client = new BareClient(server.target);
  client.write(Buffer.concat(['a', 'b', 'c'].map((callId) => requestBytes({ callId, body: callId }))));
  await server.heard.until(({ messages }) => messages.length === 3);
  client.socket.setNoDelay(true);
  for (const octet of requestBytes({ callId: 'slow' })) {
    client.write(Buffer.from([octet]));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await server.heard.until(({ messages }) => messages.length === 4);
  assert.deepEqual(callIds(server), ['a', 'b', 'c', 'slow']);
});

test('two line breaks are answered with one (RFC 5626 §4.4.1), one is not', async () => {
  const server = await start([point('tcp')]);
  const client = new BareClient(server.target);
  client.write('\r\n');
  client.write(OPTIONS_BYTES);
  await server.heard.until(({ messages }) => messages.length === 1);
  assert.equal(client.text, '');
  client.write('\r\n\r\n');
  await client.until(({ text }) => text === '\r\n');
});

const FATAL: [name: string, bytes: Buffer | string, answer: RegExp][] = [
  [
    'no Content-Length (§18.3)',
    OPTIONS_BYTES.toString().replace(/Content-Length: 0\r\n/, ''),
    /^SIP\/2\.0 400 Missing Content-Length/,
  ],
  ['a body over the limit', requestBytes({ body: 'x'.repeat(MAX_MESSAGE_OCTETS) }), /^SIP\/2\.0 513 Message Too Large/],
  [
    'a header section without end',
    requestBytes({ extra: `Subject: ${'x'.repeat(40_000)}` }),
    /^SIP\/2\.0 513 Header Section Too Long/,
  ],
  ['no SIP at all', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', /^$/],
];
for (const [name, bytes, answer] of FATAL) {
  test(`${name}: what can be answered is answered, and the connection ends`, async () => {
    const server = await start([point('tcp')]);
    answerMalformed(server);
    const client = new BareClient(server.target);
    client.write(bytes);
    await client.until(({ isEnded }) => isEnded);
    assert.match(client.text, answer);
    assert.equal(server.heard.closed.length, 1);
    assert.equal(server.problems[0]?.code, 'SIP_CONNECTION_DROPPED');
  });
}

test('a malformed message whose length is known does not end the connection', async () => {
  const server = await start([point('tcp')]);
  answerMalformed(server);
  const client = new BareClient(server.target);
  client.write(OPTIONS_BYTES.toString().replace('CSeq: 1 OPTIONS', 'CSeq: 1 BYE'));
  client.write(requestBytes({ callId: 'next' }));
  await server.heard.until(({ messages }) => messages.length === 1);
  await client.until(({ text }) => text.startsWith('SIP/2.0 400'));
});

test('a connection that says nothing is closed in time, one that pinged is not', async () => {
  const server = await start([point('tcp')], { limits: { firstMessageMs: 30_000 } });
  const mute = new BareClient(server.target);
  const pinging = new BareClient(server.target);
  pinging.write('\r\n\r\n');
  await pinging.until(({ text }) => text !== '');
  while (server.transport.snapshot().counters.accepted < 2) await settle();
  server.clock.advance(29_990);
  await settle();
  assert.equal(mute.isEnded, false);
  server.clock.advance(10);
  await mute.until(({ isEnded }) => isEnded);
  assert.equal(pinging.isEnded, false);
});

test('a message that drips is closed in time, however often something arrives', async () => {
  const server = await start([point('tcp')], { limits: { messageMs: 10_000 } });
  const client = new BareClient(server.target);
  client.write(OPTIONS_BYTES);
  await server.heard.until(({ messages }) => messages.length === 1);
  for (let i = 0; i < 10; i++) {
    client.write(OPTIONS_BYTES.subarray(i, i + 1));
    await settle();
    server.clock.advance(1_100);
  }
  await client.until(({ isEnded }) => isEnded);
  assert.match(server.problems[0]?.message ?? '', /did not finish a message in time/);
});

test('pipelined messages of which one is always begun are no slow message', async () => {
  const server = await start([point('tcp')], { limits: { messageMs: 10_000 } });
  const client = new BareClient(server.target);
  client.write(OPTIONS_BYTES.subarray(0, 50));
  for (let i = 1; i <= 5; i++) {
    client.write(Buffer.concat([OPTIONS_BYTES.subarray(50), OPTIONS_BYTES.subarray(0, 50)]));
    await server.heard.until(({ messages }) => messages.length === i);
    server.clock.advance(6_000);
  }
  await settle();
  assert.equal(client.isEnded, false);
});

test('a connection without a word for long is closed', async () => {
  const server = await start([point('tcp')], { limits: { idleMs: 60_000 } });
  const client = new BareClient(server.target);
  client.write(OPTIONS_BYTES);
  await server.heard.until(({ messages }) => messages.length === 1);
  server.clock.advance(40_000);
  client.write(OPTIONS_BYTES);
  await server.heard.until(({ messages }) => messages.length === 2);
  server.clock.advance(59_990);
  await settle();
  assert.equal(client.isEnded, false);
  server.clock.advance(10);
  await client.until(({ isEnded }) => isEnded);
  await settle();
  assert.equal(server.clock.pending, 0);
});

test('a peer that has promised keep-alives is held to them', async () => {
  const server = await start([point('tcp')]);
  const client = new BareClient(server.target);
  client.write(OPTIONS_BYTES);
  await server.heard.until(({ messages }) => messages.length === 1);
  const [flow] = server.heard.flows;
  server.transport.expectKeepAlives(flow ?? assert.fail(), 100_000);
  server.clock.advance(99_000);
  client.write('\r\n\r\n');
  await client.until(({ text }) => text === '\r\n');
  server.clock.advance(99_000);
  await settle();
  assert.equal(client.isEnded, false);
  server.clock.advance(1_000);
  await client.until(({ isEnded }) => isEnded);
});

test('connections over the limit of one source are turned away, and a place that is free again is given', async () => {
  const server = await start([point('tcp')], { limits: { maxConnectionsPerSource: 2 } });
  const [first, second] = [new BareClient(server.target), new BareClient(server.target)];
  while (server.transport.snapshot().counters.accepted < 2) await settle();
  const third = new BareClient(server.target);
  await third.until(({ isEnded }) => isEnded);
  assert.match(server.problems[0]?.message ?? '', /2 connections from this source already/);
  first.socket.destroy();
  await server.heard.until(({ closed }) => closed.length === 1);
  const fourth = new BareClient(server.target);
  fourth.write(OPTIONS_BYTES);
  await server.heard.until(({ messages }) => messages.length === 1);
  assert.equal(second.isEnded, false);
});

test('connections over the limit of all are turned away, and none is opened', async () => {
  const server = await start([point('tcp')], { limits: { maxConnections: 1 } });
  const other = await start([point('tcp')]);
  const first = new BareClient(server.target);
  while (server.transport.snapshot().counters.accepted < 1) await settle();
  const second = new BareClient(server.target);
  await second.until(({ isEnded }) => isEnded);
  assert.equal(await failureOf(server.transport, OPTIONS_BYTES, other.target), 'overloaded');
  assert.equal(first.isEnded, false);
});

test('a source that is not admitted over a transport is turned away', async () => {
  const server = await start([point('tcp')], { admit: (_address, transport) => transport === 'udp' });
  const client = new BareClient(server.target);
  await client.until(({ isEnded }) => isEnded);
  assert.equal(server.transport.snapshot().counters.dropped, 1);
});

test('a connection is ended by whoever uses the transport', async () => {
  const server = await start([point('tcp')]);
  const client = new BareClient(server.target);
  client.write(OPTIONS_BYTES);
  await server.heard.until(({ flows }) => flows.length === 1);
  const [flow] = server.heard.flows;
  assert.ok(flow);
  server.transport.disconnect(flow);
  await client.until(({ isEnded }) => isEnded);
  assert.equal(flow.isOpen, false);
  assert.deepEqual(server.heard.closed, [flow]);
});

test('a peer that does not read: the queue is bounded, the sender is told, the connection ends', async () => {
  const mute = await startMute();
  const { transport, heard, problems } = await start([], { limits: { maxQueuedOctets: 200_000 } });
  transport.send(OPTIONS_BYTES, mute.target, assert.fail);
  (await mute.connected).pause();
  await settle();
  const bytes = requestBytes({ body: 'x'.repeat(60_000) });
  const failures = new Set<string>();
  while (heard.closed.length === 0) {
    transport.send(bytes, mute.target, (failure) => failures.add(failure));
    await settle();
  }
  await settle();
  assert.ok(failures.has('overloaded'));
  assert.match(problems[0]?.message ?? '', /takes less than is sent to it/);
});

test('a peer that stops reading is not heard, and closed when it stays so', async () => {
  const server = await start([point('tcp')], { limits: { stallMs: 30_000, maxQueuedOctets: 100_000_000 } });
  const big = requestBytes({ body: 'x'.repeat(60_000) });
  server.heard.answer = (_, flow) => server.transport.send(big, flow, () => undefined);
  const client = new BareClient(server.target);
  client.socket.pause();
  let lastHeardMs = 0;
  for (let heard = 0; server.heard.closed.length === 0; heard = server.heard.messages.length) {
    client.write(OPTIONS_BYTES);
    await settle();
    if (server.heard.messages.length !== heard) lastHeardMs = server.clock.nowMs();
    server.clock.advance(1_000);
  }
  assert.match(server.problems[0]?.message ?? '', /takes less than is sent to it/);
  assert.ok(server.clock.nowMs() - lastHeardMs >= 25_000, 'it was not heard while it did not read');
});

test('a peer that reads again is heard again', async () => {
  const server = await start([point('tcp')], { limits: { maxQueuedOctets: 100_000_000 } });
  const big = requestBytes({ body: 'x'.repeat(10_000) });
  server.heard.answer = (_, flow) => server.transport.send(big, flow, assert.fail);
  const client = new BareClient(server.target);
  client.socket.pause();
  for (let i = 0; i < 2000; i++) client.write(OPTIONS_BYTES);
  for (let i = 0; i < 20; i++) await settle();
  assert.ok(server.heard.messages.length < 2000, 'it was heard although it did not read');
  client.socket.resume();
  await server.heard.until(({ messages }) => messages.length === 2000);
  await client.until(({ text }) => text.length === 2000 * big.length);
  assert.equal(server.clock.pending, 1);
});

test('pings go out in their interval, and a pong keeps the connection (RFC 5626 §4.4.1)', async () => {
  const server = await start([point('tcp')]);
  const client = await start([], { limits: { pingIntervalMs: 25_000, pongMs: 10_000 } });
  client.transport.send(OPTIONS_BYTES, server.target, assert.fail);
  await server.heard.until(({ messages }) => messages.length === 1);
  for (let i = 1; i <= 3; i++) {
    client.clock.advance(25_000);
    while (client.transport.snapshot().counters.keepAlives < i) await settle();
    client.clock.advance(9_000);
  }
  assert.equal(client.heard.closed.length, 0);
});

test('a ping without a pong ends the connection', async () => {
  const mute = await startMute();
  const client = await start([], { limits: { pingIntervalMs: 25_000, pongMs: 10_000 } });
  client.transport.send(OPTIONS_BYTES, mute.target, assert.fail);
  await mute.connected;
  await settle();
  client.clock.advance(25_000 + 9_990);
  assert.equal(client.heard.closed.length, 0);
  client.clock.advance(10);
  assert.equal(client.heard.closed.length, 1);
  assert.match(client.problems[0]?.message ?? '', /ping was not answered/);
});

test('what waits for a connection that is never made fails once each, and nothing ticks on', async () => {
  const { transport, clock } = await start([]);
  const target = { transport: 'tcp', address: '127.0.0.1', port: 1 } as const;
  const failures = await Promise.all([1, 2, 3].map(() => failureOf(transport, OPTIONS_BYTES, target)));
  assert.deepEqual(failures, ['unreachable', 'unreachable', 'unreachable']);
  await settle();
  assert.equal(clock.pending, 0);
});

test('a connection to an address given up by its peer is opened anew', async () => {
  const server = await start([point('tcp')]);
  const client = await start([]);
  server.heard.answer = (message, flow) => {
    if (message.callId === 'first') server.transport.send(Buffer.from('rubbish\r\n\r\n'), flow, assert.fail);
  };
  client.transport.send(requestBytes({ callId: 'first' }), server.target, assert.fail);
  await client.heard.until(({ closed }) => closed.length === 1);
  client.transport.send(requestBytes({ callId: 'second' }), server.target, assert.fail);
  await server.heard.until(({ messages }) => messages.length === 2);
  assert.equal(client.transport.snapshot().counters.opened, 2);
});
