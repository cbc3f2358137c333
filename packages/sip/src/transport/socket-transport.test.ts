import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:http';
import { afterEach, test } from 'node:test';
import { SystemClock } from '../time/system-clock.ts';
import { VirtualClock } from '../time/virtual-clock.ts';
import { ListenError } from './errors.ts';
import type { SocketTransportOptions } from './options.ts';
import { SocketTransport } from './socket-transport.ts';
import { OPTIONS_BYTES, Recorder, requestBytes } from './testing.ts';
import { CLIENT, SERVER } from './testing-certificates.ts';
import { BareClient, closeAll, failureOf, point, settle, start, startMute } from './testing-sockets.ts';
import type { Target, TransportName } from './transport.ts';

afterEach(closeAll);

const TRANSPORTS: TransportName[] = ['udp', 'tcp', 'tls', 'ws', 'wss'];
const ADDRESSES = ['127.0.0.1', '::1'];

for (const transport of TRANSPORTS) {
  for (const address of ADDRESSES) {
    test(`${transport} over ${address}: a request arrives and its answer returns on the flow`, async () => {
      const server = await start([point(transport, address)]);
      const client = await start([point(transport, address)]);
      server.heard.answer = (_, flow) => server.transport.send(requestBytes({ callId: 'back' }), flow, assert.fail);
      client.transport.send(OPTIONS_BYTES, server.target, assert.fail);
      await client.heard.until(({ messages }) => messages.length === 1);
      assert.equal(server.heard.messages[0]?.callId, 'one');
      assert.equal(client.heard.messages[0]?.callId, 'back');
      const near = client.heard.flows[0];
      const far = server.heard.flows[0];
      assert.ok(near && far);
      assert.deepEqual(
        [near.transport, near.remoteAddress, near.remotePort, near.isOpen, near.isReliable],
        [transport, address, server.target.port, true, transport !== 'udp'],
      );
      assert.deepEqual(
        [far.remoteAddress, far.remotePort, far.localAddress, far.localPort],
        [near.localAddress, near.localPort, address, server.target.port],
      );
      assert.match(server.heard.messages[0]?.headers.get('Via') ?? '', new RegExp(`rport=${near.localPort}`));
    });
  }

  test(`${transport}: a port in use is said plainly, and nothing is left open`, async () => {
    const first = await start([point(transport)]);
    const { port } = first.target;
    const second = new SocketTransport({
      points: [point('udp'), point('tcp'), { ...point(transport), port }],
      clock: new VirtualClock(),
      events: new Recorder(),
    });
    await assert.rejects(second.listen(), (error: ListenError) => {
      assert.equal(error.code, 'SIP_PORT_IN_USE');
      assert.match(error.message, new RegExp(`^${transport} 127\\.0\\.0\\.1:${port}: the port is in use`));
      return true;
    });
    assert.deepEqual(second.boundPoints(), []);
  });

  test(`${transport}: an address of another machine is said plainly`, async () => {
    const options = { clock: new VirtualClock(), events: new Recorder() };
    const transportThere = new SocketTransport({ ...options, points: [point(transport, '192.0.2.77')] });
    await assert.rejects(transportThere.listen(), { code: 'SIP_ADDRESS_NOT_LOCAL' });
  });

  test(`${transport}: after close() nothing is left`, async () => {
    const clock = new SystemClock();
    const server = await start([point(transport)], { clock });
    const client = await start([point(transport)], { clock });
    server.heard.answer = (_, flow) => server.transport.send(OPTIONS_BYTES, flow, assert.fail);
    client.transport.send(OPTIONS_BYTES, server.target, assert.fail);
    await client.heard.until(({ messages }) => messages.length === 1);
    await closeAll();
    clock.close();
    await settle();
    const left = process.getActiveResourcesInfo().filter((name) => /TCP|UDP|TLS|Timeout|Connect/.test(name));
    assert.deepEqual(left, []);
    assert.deepEqual([server.transport.snapshot().connections, client.transport.snapshot().connections], [0, 0]);
  });

  test(`${transport}: what is sent after close() fails`, async () => {
    const { transport: closed, target, heard } = await start([point(transport)]);
    closed.send(OPTIONS_BYTES, target, assert.fail);
    await heard.until(({ messages }) => messages.length === 1);
    const flow = heard.flows[0];
    assert.ok(flow);
    await closed.close();
    assert.equal(flow.isOpen, false);
    assert.equal(await failureOf(closed, OPTIONS_BYTES, target), 'closed');
    assert.equal(await new Promise((resolve) => closed.send(OPTIONS_BYTES, flow, resolve)), 'closed');
  });
}

for (const transport of ['tls', 'wss'] as const) {
  const UNUSABLE: [name: string, tls: typeof SERVER | undefined][] = [
    ['no certificate', undefined],
    ['a malformed certificate', { ...SERVER, cert: 'nonsense' }],
    ['a key that belongs to another certificate', { ...SERVER, key: CLIENT.key }],
  ];
  for (const [name, tls] of UNUSABLE) {
    test(`${transport}: ${name} is said plainly`, async () => {
      const options = { clock: new VirtualClock(), events: new Recorder() };
      const bad = new SocketTransport({ ...options, points: [point('tcp'), { ...point(transport), tls }] });
      await assert.rejects(bad.listen(), { name: 'ListenError', code: 'SIP_CERTIFICATE_UNUSABLE', transport });
      assert.deepEqual(bad.boundPoints(), []);
    });
  }
}

for (const transport of ['tcp', 'tls', 'ws', 'wss'] as const) {
  test(`${transport}: a second request to the same target reuses the connection`, async () => {
    const server = await start([point(transport)]);
    const client = await start([]);
    client.transport.send(requestBytes({ callId: 'a' }), server.target, assert.fail);
    client.transport.send(requestBytes({ callId: 'b' }), server.target, assert.fail);
    await server.heard.until(({ messages }) => messages.length === 2);
    client.transport.send(requestBytes({ callId: 'c' }), server.target, assert.fail);
    await server.heard.until(({ messages }) => messages.length === 3);
    assert.equal(new Set(server.heard.flows).size, 1);
    assert.equal(client.transport.snapshot().counters.opened, 1);
  });

  test(`${transport}: a request to the address a connection came from goes back on it (RFC 5923)`, async () => {
    const server = await start([point(transport)]);
    const client = await start([]);
    client.transport.send(OPTIONS_BYTES, server.target, assert.fail);
    await server.heard.until(({ messages }) => messages.length === 1);
    const { remoteAddress: address, remotePort: port } = server.heard.flows[0] ?? assert.fail();
    server.transport.send(requestBytes({ callId: 'reused' }), { transport, address, port }, assert.fail);
    await client.heard.until(({ messages }) => messages.length === 1);
    assert.equal(server.transport.snapshot().counters.opened, 0);
  });

  test(`${transport}: where nobody hears is unreachable`, async () => {
    const gone = await start([point(transport)]);
    const { target } = gone;
    await gone.transport.close();
    const { transport: client, problems } = await start([]);
    assert.equal(await failureOf(client, OPTIONS_BYTES, target), 'unreachable');
    assert.equal(problems[0]?.code, 'SIP_CONNECT_FAILED');
    await settle();
    assert.equal(client.snapshot().connections, 0);
  });

  test(`${transport}: a peer that never answers is a timeout, for every message that waits`, async () => {
    const mute = await startMute();
    const { transport: client, clock, heard } = await start([]);
    const target = { ...mute.target, transport };
    const failures = [OPTIONS_BYTES, OPTIONS_BYTES].map((bytes) => failureOf(client, bytes, target));
    // Plain TCP has nothing to wait for but the connection itself, so no turn is given to it.
    if (transport !== 'tcp') await mute.connected;
    clock.advance(4999);
    assert.equal(client.snapshot().counters.failed, 0);
    clock.advance(1);
    assert.deepEqual(await Promise.all(failures), ['timeout', 'timeout']);
    assert.equal(heard.closed.length, 0);
  });
}

test('a listener that throws is reported and the next message is heard', async () => {
  const errors: unknown[] = [];
  const server = await start([point('tcp')], { onError: (error) => errors.push(error) });
  server.heard.answer = () => {
    throw new Error('a bug of ours');
  };
  const client = new BareClient(server.target);
  client.write(Buffer.concat([OPTIONS_BYTES, requestBytes({ callId: 'two' })]));
  await server.heard.until(({ messages }) => messages.length === 2);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(errors.length, 2);
});

test('localFor: what is advertised, else the bound address, else the address that leads there', async () => {
  const advertised = { host: 'pbx.example.com', port: 15_060 };
  const { transport } = await start([
    { ...point('udp'), advertised },
    point('tcp', '0.0.0.0'),
    { ...point('tls'), advertised: { host: 'pbx.example.com' } },
    point('udp', '::1'),
  ]);
  const [, tcp, tls, udp6] = transport.boundPoints();
  const to = (name: TransportName, address: string) => transport.localFor({ transport: name, address, port: 5060 });
  assert.deepEqual(to('udp', '127.0.0.1'), advertised);
  assert.deepEqual(to('tcp', '127.0.0.1'), { host: '127.0.0.1', port: tcp?.port });
  assert.deepEqual(to('tls', '127.0.0.1'), { host: 'pbx.example.com', port: tls?.port });
  assert.deepEqual(to('udp', '::1'), { host: '[::1]', port: udp6?.port });
  assert.deepEqual(to('ws', '127.0.0.1'), { host: '127.0.0.1', port: 80 });
});

test('localFor: without a UDP point of that family nothing can be sent', async () => {
  const { transport } = await start([point('udp')]);
  assert.equal(transport.localFor({ transport: 'udp', address: '::1', port: 5060 }), undefined);
  assert.equal(
    await failureOf(transport, OPTIONS_BYTES, { transport: 'udp', address: '::1', port: 5060 }),
    'unreachable',
  );
});

test('two UDP points: a datagram leaves by the address that leads to the target, or the one asked for', async () => {
  const first = await start([point('udp', '127.0.0.1'), point('udp', '127.0.0.2')]);
  const peer = await start([point('udp', '127.0.0.3')]);
  first.transport.send(OPTIONS_BYTES, { ...peer.target, localAddress: '127.0.0.2' }, assert.fail);
  first.transport.send(OPTIONS_BYTES, peer.target, assert.fail);
  await peer.heard.until(({ messages }) => messages.length === 2);
  assert.deepEqual(peer.heard.flows.map((flow) => flow.remoteAddress).sort(), ['127.0.0.1', '127.0.0.2']);
});

test('a connection is opened from the address that the point is bound to, which is the one we are known by', async () => {
  for (const transport of ['tcp', 'tls'] as const) {
    const client = await start([point(transport, '127.0.0.2')]);
    const server = await start([point(transport, '127.0.0.1')]);
    client.transport.send(OPTIONS_BYTES, server.target, assert.fail);
    await server.heard.until(({ messages }) => messages.length === 1);
    assert.equal(server.heard.flows[0]?.remoteAddress, '127.0.0.2');
  }
});

test('an error of a listening socket carries the place', () => {
  const error = new ListenError('SIP_PORT_IN_USE', 'tls', '::1', 5061, undefined);
  assert.match(error.message, /^tls \[::1\]:5061: /);
});

test('a snapshot counts what passed', async () => {
  const server = await start([point('udp')]);
  const bare = createSocket('udp4');
  for (const bytes of [OPTIONS_BYTES, Buffer.from('\r\n\r\n'), Buffer.from('OPTIONS sip:x SIP/2.0\r\n\r\n')]) {
    bare.send(bytes, server.target.port, '127.0.0.1');
  }
  await server.heard.until(({ messages, malformed }) => messages.length + malformed.length === 2);
  const { counters, udpFlows } = server.transport.snapshot();
  assert.deepEqual([counters.received, counters.malformed, counters.keepAlives, udpFlows], [1, 1, 1, 1]);
  bare.close();
});

const UNTRIED: [name: string, target: Target, options: Partial<SocketTransportOptions>][] = [
  ['a port that is none', { transport: 'tcp', address: '127.0.0.1', port: 70_000 }, {}],
  ['a name that no URL can hold', { transport: 'ws', address: '127.0.0.1', port: 80, serverName: 'a b' }, {}],
  [
    'a client certificate that cannot be used',
    { transport: 'tls', address: '127.0.0.1', port: 5061 },
    { tlsClient: { cert: CLIENT.cert, key: SERVER.key } },
  ],
];
for (const [name, target, options] of UNTRIED) {
  test(`a connection that cannot be tried is unreachable and reported: ${name}`, async () => {
    const { transport, problems } = await start([], options);
    assert.equal(await failureOf(transport, OPTIONS_BYTES, target), 'unreachable');
    assert.match(problems[0]?.message ?? '', /^The connection could not be tried: /);
    await settle();
    assert.equal(transport.snapshot().connections, 0);
  });
}

test('localFor: of several points the one on the address that leads there, else the one on all addresses', async () => {
  const { transport } = await start([point('tcp', '127.0.0.2'), point('tcp', '0.0.0.0')]);
  const [exact, all] = transport.boundPoints();
  const to = { transport: 'tcp', address: '127.0.0.1', port: 5060 } as const;
  assert.deepEqual(transport.localFor(to), { host: '127.0.0.1', port: all?.port });
  assert.deepEqual(transport.localFor({ ...to, localAddress: '127.0.0.2' }), { host: '127.0.0.2', port: exact?.port });
});

test('every connection can be shown', async () => {
  const server = await start([point('tcp')]);
  const client = await start([]);
  client.transport.send(OPTIONS_BYTES, server.target, assert.fail);
  assert.equal([...client.transport.connections()][0]?.queuedOctets, OPTIONS_BYTES.length);
  await server.heard.until(({ messages }) => messages.length === 1);
  server.clock.advance(7_000);
  const [line, ...others] = [...server.transport.connections()];
  assert.equal(others.length, 0);
  assert.equal(line?.id, server.heard.flows[0]?.id);
  assert.deepEqual([line?.role, line?.state, line?.silentMs, line?.queuedOctets], ['server', 'open', 7_000, 0]);
});

test('an HTTP server handed in stays open and keeps its other paths', async () => {
  const http = createServer((_request, response) => response.end('mine'));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const server = await start([{ transport: 'ws', address: '127.0.0.1', port: 0, ws: { server: http } }]);
  const client = await start([]);
  client.transport.send(OPTIONS_BYTES, server.target, assert.fail);
  await server.heard.until(({ messages }) => messages.length === 1);
  await server.transport.close();
  const { port } = server.target;
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), 'mine');
  await new Promise((resolve) => {
    http.close(resolve);
    http.closeAllConnections();
  });
});
