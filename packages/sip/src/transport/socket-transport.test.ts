import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { VirtualClock } from '../time/virtual-clock.ts';
import type { ListenError } from './errors.ts';
import type { ListenPoint, SocketTransportOptions } from './options.ts';
import { SocketTransport } from './socket-transport.ts';
import { OPTIONS_BYTES, Recorder, requestBytes } from './testing.ts';
import type { SendFailure, Target, TransportName } from './transport.ts';

const open: SocketTransport[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((transport) => transport.close()));
});

async function start(points: readonly ListenPoint[], options: Partial<SocketTransportOptions> = {}) {
  const heard = new Recorder();
  const clock = new VirtualClock();
  const transport = new SocketTransport({ points, clock, events: heard, ...options });
  open.push(transport);
  await transport.listen();
  return { transport, heard, clock };
}

const point = (transport: TransportName, address: string): ListenPoint => ({ transport, address, port: 0 });

function targetOf(transport: SocketTransport): Target {
  const bound = transport.boundPoints()[0];
  assert.ok(bound);
  return bound;
}

for (const transport of ['udp', 'tcp'] as const) {
  for (const address of ['127.0.0.1', '::1']) {
    test(`${transport} over ${address}: a request arrives and its answer returns on the flow`, async () => {
      const server = await start([point(transport, address)]);
      const client = await start([point(transport, address)]);
      server.heard.answer = (_, flow) => server.transport.send(requestBytes({ callId: 'back' }), flow, assert.fail);
      client.transport.send(OPTIONS_BYTES, targetOf(server.transport), assert.fail);
      await client.heard.until(({ messages }) => messages.length === 1);
      assert.equal(server.heard.messages[0]?.callId, 'one');
      assert.equal(client.heard.messages[0]?.callId, 'back');
      const flow = client.heard.flows[0];
      assert.deepEqual(
        [flow?.transport, flow?.remoteAddress, flow?.remotePort, flow?.isOpen],
        [transport, address, targetOf(server.transport).port, true],
      );
    });
  }

  test(`${transport}: a port in use is said plainly`, async () => {
    const first = await start([point(transport, '127.0.0.1')]);
    const { port } = targetOf(first.transport);
    const second = new SocketTransport({
      points: [point('udp', '127.0.0.1'), { transport, address: '127.0.0.1', port }],
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
}

test('a request by TCP where nobody hears is unreachable', async () => {
  const { transport } = await start([]);
  const failure = await new Promise<SendFailure>((resolve) => {
    transport.send(OPTIONS_BYTES, { transport: 'tcp', address: '127.0.0.1', port: 1 }, resolve);
  });
  assert.equal(failure, 'unreachable');
});
