import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { connect } from 'node:tls';
import type { SocketTransportOptions, TlsServerOptions } from './options.ts';
import { OPTIONS_BYTES, requestBytes } from './testing.ts';
import { CA, CLIENT, RENEWED, SERVER, STRANGER } from './testing-certificates.ts';
import { BareClient, closeAll, failureOf, point, settle, start } from './testing-sockets.ts';

afterEach(closeAll);

const trusting = { tlsClient: { ca: CA } };
const showing = { tlsClient: { ca: CA, cert: CLIENT.cert, key: CLIENT.key } };

function serve(tls: TlsServerOptions = SERVER, options: Partial<SocketTransportOptions> = {}) {
  return start([{ ...point('tls'), tls }], options);
}

const NAMES: [name: string, serverName: string | undefined, isAccepted: boolean][] = [
  ['no name: the address is in the certificate', undefined, true],
  ['the DNS name of the certificate', 'sip.example.com', true],
  ['the SIP domain of the certificate (RFC 5922 §7.1)', 'example.com', true],
  ['the SIP domain in another case', 'EXAMPLE.com', true],
  ['another name', 'sip.example.org', false],
  ['a name below the domain', 'evil.example.com', false],
];
for (const [name, serverName, isAccepted] of NAMES) {
  test(`the peer's certificate is ${isAccepted ? 'accepted' : 'refused'} for ${name}`, async () => {
    const server = await serve();
    const client = await start([], trusting);
    const target = { ...server.target, serverName };
    if (isAccepted) {
      client.transport.send(OPTIONS_BYTES, target, assert.fail);
      await server.heard.until(({ messages }) => messages.length === 1);
      return;
    }
    assert.equal(await failureOf(client.transport, OPTIONS_BYTES, target), 'tls');
    assert.equal(client.problems[0]?.code, 'SIP_TLS_FAILED');
    assert.match(client.problems[0]?.message ?? '', /does not match certificate's altnames/);
  });
}

test('a certificate of an unknown authority is refused, and both sides say so', async () => {
  const server = await serve(STRANGER);
  const client = await start([], trusting);
  assert.equal(await failureOf(client.transport, OPTIONS_BYTES, server.target), 'tls');
  assert.match(client.problems[0]?.message ?? '', /^TLS handshake failed: self-signed certificate/);
  assert.equal(client.heard.closed.length, 0);
});

test('an authority not believed is refused', async () => {
  const server = await serve();
  const client = await start([], { tlsClient: { ca: STRANGER.cert } });
  assert.equal(await failureOf(client.transport, OPTIONS_BYTES, server.target), 'tls');
});

test('versions before 1.2 are not spoken', async () => {
  const server = await serve();
  const error = await new Promise<Error>((resolve) => {
    const old = connect({
      host: '127.0.0.1',
      port: server.target.port,
      ca: CA,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT:@SECLEVEL=0',
    });
    old.once('error', resolve);
    old.once('secureConnect', () => assert.fail('TLS 1.1 was accepted'));
  });
  assert.match(error.message, /version/);
  assert.equal(server.problems[0]?.code, 'SIP_TLS_FAILED');
});

test('rubbish instead of a handshake is reported and disturbs nobody', async () => {
  const server = await serve();
  const bare = new BareClient(server.target);
  bare.write(OPTIONS_BYTES);
  await bare.until(({ isEnded }) => isEnded);
  assert.equal(server.problems[0]?.code, 'SIP_TLS_FAILED');
  const client = await start([], trusting);
  client.transport.send(OPTIONS_BYTES, server.target, assert.fail);
  await server.heard.until(({ messages }) => messages.length === 1);
});

test('mutual: the names of a verified client stand on its flow', async () => {
  const server = await serve({ ...SERVER, ca: CA, clientCertificate: 'required' });
  const client = await start([], showing);
  client.transport.send(OPTIONS_BYTES, server.target, assert.fail);
  await server.heard.until(({ messages }) => messages.length === 1);
  assert.deepEqual(server.heard.flows[0]?.peerCertificateNames, ['trunk.example.net']);
});

test('mutual, required: a client without a certificate is not let in', async () => {
  const server = await serve({ ...SERVER, ca: CA, clientCertificate: 'required' });
  const client = await start([], trusting);
  client.transport.send(OPTIONS_BYTES, server.target, () => undefined);
  while (server.problems.length === 0) await settle();
  assert.equal(server.problems[0]?.code, 'SIP_TLS_FAILED');
  assert.equal(server.heard.messages.length, 0);
});

for (const [name, options] of [
  ['none', trusting],
  ['one of an unknown authority', { tlsClient: { ca: CA, ...STRANGER } }],
] as const) {
  test(`mutual, optional: a client that shows ${name} is let in without names`, async () => {
    const server = await serve({ ...SERVER, ca: CA, clientCertificate: 'optional' });
    const client = await start([], options);
    client.transport.send(OPTIONS_BYTES, server.target, assert.fail);
    await server.heard.until(({ messages }) => messages.length === 1);
    assert.equal(server.heard.flows[0]?.peerCertificateNames, undefined);
  });
}

const PROTOCOLS: [name: string, offered: string[], outcome: string | false][] = [
  ['HTTP/1.1 among others', ['h2', 'http/1.1'], 'http/1.1'],
  ['none', [], false],
  ['nothing that is spoken', ['h2'], 'refused'],
];
for (const [name, ALPNProtocols, outcome] of PROTOCOLS) {
  test(`the door for secure WebSockets is offered ${name} (RFC 7301): ${outcome}`, async () => {
    const server = await start([{ ...point('wss'), tls: SERVER }]);
    const chosen = await new Promise<string | false | null>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port: server.target.port, ca: CA, ALPNProtocols });
      socket.once('error', () => resolve('refused'));
      socket.once('secureConnect', () => {
        resolve(socket.alpnProtocol);
        socket.destroy();
      });
    });
    assert.equal(chosen, outcome);
  });
}

for (const transport of ['tls', 'wss'] as const) {
  test(`${transport}: the certificate is replaced while connections stand`, async () => {
    const server = await start([point(transport)]);
    const before = await start([], trusting);
    const old = { ...server.target, serverName: 'sip.example.com' };
    before.transport.send(OPTIONS_BYTES, old, assert.fail);
    await server.heard.until(({ messages }) => messages.length === 1);
    server.transport.setCertificate(RENEWED);
    const after = await start([], trusting);
    after.transport.send(OPTIONS_BYTES, { ...server.target, serverName: 'new.example.com' }, assert.fail);
    await server.heard.until(({ messages }) => messages.length === 2);
    before.transport.send(OPTIONS_BYTES, old, assert.fail);
    await server.heard.until(({ messages }) => messages.length === 3);
    assert.equal(before.transport.snapshot().counters.opened, 1);
  });
}

// Handshakes are timed by Node and not by our clock, so these wait in real time, for as short as can be.
for (const transport of ['tls', 'ws', 'wss'] as const) {
  for (const [name, bytes] of [
    ['says nothing', ''],
    ['begins and stops', transport === 'ws' ? 'GET / HTTP/1.1\r\n' : '\x16\x03\x01'],
  ] as const) {
    test(`${transport}: a client that ${name} before the handshake is done is closed`, async () => {
      const server = await start([point(transport)], { limits: { firstMessageMs: 60 } });
      const client = new BareClient(server.target);
      client.write(bytes);
      await client.until(({ isEnded }) => isEnded);
      assert.equal(server.transport.snapshot().connections, 0);
    });
  }
}

test('a certificate that cannot be used does not replace a good one', async () => {
  const server = await serve();
  assert.throws(() => server.transport.setCertificate({ ...RENEWED, key: SERVER.key }));
  const client = await start([], trusting);
  client.transport.send(OPTIONS_BYTES, { ...server.target, serverName: 'sip.example.com' }, assert.fail);
  await server.heard.until(({ messages }) => messages.length === 1);
});

test('connections are not shared between names', async () => {
  const server = await serve();
  const client = await start([], trusting);
  client.transport.send(OPTIONS_BYTES, { ...server.target, serverName: 'sip.example.com' }, assert.fail);
  await server.heard.until(({ messages }) => messages.length === 1);
  assert.equal(
    await failureOf(client.transport, OPTIONS_BYTES, { ...server.target, serverName: 'other.example.com' }),
    'tls',
  );
});

const ALIASES: [
  name: string,
  options: Partial<SocketTransportOptions>,
  serverName: string | undefined,
  reused: boolean,
][] = [
  ['a verified peer', showing, undefined, true],
  ['a verified peer, asked for by its name', showing, 'trunk.example.net', true],
  ['a verified peer, asked for by a name it has not', showing, 'other.example.net', false],
  ['a peer that proved nothing', trusting, undefined, false],
];
for (const [name, options, serverName, reused] of ALIASES) {
  test(`alias (RFC 5923 §5): the connection of ${name} is ${reused ? '' : 'not '}used for its sent-by port`, async () => {
    const server = await serve({ ...SERVER, ca: CA, clientCertificate: 'optional' });
    const client = await start([], options);
    const via = 'SIP/2.0/TLS 127.0.0.1:15061;branch=z9hG4bKa;alias';
    client.transport.send(requestBytes({ via }), server.target, assert.fail);
    await server.heard.until(({ messages }) => messages.length === 1);
    const target = { transport: 'tls', address: '127.0.0.1', port: 15_061, serverName } as const;
    if (!reused) {
      assert.equal(await failureOf(server.transport, OPTIONS_BYTES, target), 'unreachable');
      return;
    }
    server.transport.send(OPTIONS_BYTES, target, assert.fail);
    await client.heard.until(({ messages }) => messages.length === 1);
    await client.transport.close();
    await server.heard.until(({ closed }) => closed.length === 1);
    assert.equal(await failureOf(server.transport, OPTIONS_BYTES, target), 'unreachable');
  });
}
