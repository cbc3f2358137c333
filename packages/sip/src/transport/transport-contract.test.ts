import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { SeededRandom } from '../time/random.ts';
import { VirtualClock } from '../time/virtual-clock.ts';
import { FakeNetwork } from './fake-network.ts';
import { OPTIONS_BYTES, Recorder, requestBytes } from './testing.ts';
import { closeAll, point, settle, start } from './testing-sockets.ts';
import type { SendFailure, Target, Transport, TransportName } from './transport.ts';

// What every Transport promises, real or simulated: upper layers are tested on the one and run on the other.

interface Node {
  readonly transport: Transport & { close(): unknown };
  readonly heard: Recorder;
  readonly target: Target;
}

interface World {
  readonly a: Node;
  readonly b: Node;
  /** A place where nobody hears. */
  readonly nowhere: Target;
  /** Waits until the claim holds. */
  until(claim: () => boolean): Promise<void>;
}

async function onSockets(transport: TransportName): Promise<World> {
  const [a, b, gone] = await Promise.all([
    start([point(transport)]),
    start([point(transport)]),
    start([point(transport)]),
  ]);
  await gone.transport.close();
  const until = async (claim: () => boolean) => {
    while (!claim()) await settle();
  };
  return { a, b, nowhere: gone.target, until };
}

function inMemory(transport: TransportName): World {
  const clock = new VirtualClock();
  const network = new FakeNetwork({ clock, random: new SeededRandom(3), delayMs: [1, 5] });
  const attach = (address: string): Node => {
    const heard = new Recorder();
    const node = network.attach(address, 5060, heard, [transport]);
    return { transport: node, heard, target: { transport, address, port: 5060 } };
  };
  const until = async (claim: () => boolean) => {
    while (!claim()) assert.ok(clock.step(), 'nothing is under way any more');
  };
  const nowhere = { transport, address: '10.0.0.9', port: 5060 };
  return { a: attach('10.0.0.1'), b: attach('10.0.0.2'), nowhere, until };
}

afterEach(closeAll);

for (const [kind, open] of [
  ['sockets', onSockets],
  ['the fake network', inMemory],
] as const) {
  for (const transport of ['udp', 'tcp', 'tls', 'ws', 'wss'] as const) {
    describe(`${transport} on ${kind}`, () => {
      test('a request arrives with its source in the Via, and its answer goes back on the flow', async () => {
        const { a, b, until } = await open(transport);
        a.transport.send(OPTIONS_BYTES, b.target, assert.fail);
        await until(() => b.heard.messages.length === 1);
        const flow = b.heard.flows[0] ?? assert.fail();
        const via = b.heard.messages[0]?.headers.get('Via') ?? '';
        assert.ok(via.includes(`;received=${flow.remoteAddress};rport=${flow.remotePort}`), via);
        b.transport.send(requestBytes({ callId: 'back' }), flow, assert.fail);
        await until(() => a.heard.messages.length === 1);
        assert.equal(a.heard.messages[0]?.callId, 'back');
      });

      test('a flow tells both ends, and is reliable unless it is UDP', async () => {
        const { a, b, until } = await open(transport);
        a.transport.send(OPTIONS_BYTES, b.target, assert.fail);
        await until(() => b.heard.messages.length === 1);
        const flow = b.heard.flows[0] ?? assert.fail();
        assert.deepEqual(
          [flow.transport, flow.localAddress, flow.localPort, flow.remoteAddress, flow.isReliable, flow.isOpen],
          [transport, b.target.address, b.target.port, a.target.address, transport !== 'udp', true],
        );
      });

      test('equal ways are equal objects', async () => {
        const { a, b, until } = await open(transport);
        for (const callId of ['a', 'b', 'c']) a.transport.send(requestBytes({ callId }), b.target, assert.fail);
        await until(() => b.heard.messages.length === 3);
        assert.equal(new Set(b.heard.flows).size, 1);
        assert.equal(new Set(b.heard.flows.map(({ id }) => id)).size, 1);
      });

      test('localFor leads back', async () => {
        const { a, b, until } = await open(transport);
        const local = a.transport.localFor(b.target) ?? assert.fail();
        assert.deepEqual(local, { host: a.target.address, port: a.target.port });
        b.transport.send(OPTIONS_BYTES, { transport, address: local.host, port: local.port }, assert.fail);
        await until(() => a.heard.messages.length === 1);
      });

      test('malformed messages are told with their flow', async () => {
        const { a, b, until } = await open(transport);
        const bytes = Buffer.from(OPTIONS_BYTES.toString().replace('Call-ID: one\r\n', ''));
        a.transport.send(bytes, b.target, assert.fail);
        await until(() => b.heard.malformed.length === 1);
        assert.equal(b.heard.malformed[0]?.reason, 'Missing Call-ID');
      });

      test('after close() sending fails, later and once', async () => {
        const { a, b, until } = await open(transport);
        await a.transport.close();
        const failures: SendFailure[] = [];
        a.transport.send(OPTIONS_BYTES, b.target, (failure) => failures.push(failure));
        assert.deepEqual(failures, []);
        await until(() => failures.length > 0);
        assert.deepEqual(failures, ['closed']);
        assert.equal(a.transport.localFor(b.target), undefined);
      });

      if (transport !== 'udp') {
        test('where nobody hears is unreachable', async () => {
          const { a, nowhere, until } = await open(transport);
          const failures: SendFailure[] = [];
          a.transport.send(OPTIONS_BYTES, nowhere, (failure) => failures.push(failure));
          await until(() => failures.length > 0);
          assert.deepEqual(failures, ['unreachable']);
          assert.equal(a.heard.closed.length, 0);
        });

        test('when one side closes the other is told, once, and the flow is closed at both', async () => {
          const { a, b, until } = await open(transport);
          b.heard.answer = (_, flow) => b.transport.send(requestBytes({ callId: 'back' }), flow, assert.fail);
          a.transport.send(OPTIONS_BYTES, b.target, assert.fail);
          await until(() => a.heard.messages.length === 1);
          await b.transport.close();
          await until(() => a.heard.closed.length === 1);
          assert.deepEqual(a.heard.closed, [a.heard.flows[0]]);
          assert.deepEqual(b.heard.closed, []);
          assert.deepEqual([a.heard.flows[0]?.isOpen, b.heard.flows[0]?.isOpen], [false, false]);
          const failures: SendFailure[] = [];
          a.transport.send(OPTIONS_BYTES, a.heard.flows[0] ?? assert.fail(), (failure) => failures.push(failure));
          await until(() => failures.length > 0);
          assert.deepEqual(failures, ['closed']);
        });

        test('a connection carries requests back to the address it came from', async () => {
          const { a, b, until } = await open(transport);
          a.transport.send(OPTIONS_BYTES, b.target, assert.fail);
          await until(() => b.heard.messages.length === 1);
          const { remoteAddress: address, remotePort: port } = b.heard.flows[0] ?? assert.fail();
          b.transport.send(requestBytes({ callId: 'reused' }), { transport, address, port }, assert.fail);
          await until(() => a.heard.messages.length === 1);
        });
      }
    });
  }
}
