import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SipMessage } from '../message/message.ts';
import { SeededRandom } from '../time/random.ts';
import { VirtualClock } from '../time/virtual-clock.ts';
import { FakeNetwork, type FakeNetworkOptions } from './fake-network.ts';
import { OPTIONS_BYTES, Recorder, requestBytes } from './testing.ts';
import type { SendFailure } from './transport.ts';

function world(options: Partial<FakeNetworkOptions> = {}) {
  const clock = new VirtualClock();
  const network = new FakeNetwork({ clock, random: new SeededRandom(7), ...options });
  const a = new Recorder();
  const b = new Recorder();
  const nodeA = network.attach('10.0.0.1', 5060, a, ['udp', 'tcp']);
  const nodeB = network.attach('10.0.0.2', 5060, b, ['udp', 'tcp']);
  return { clock, network, a, b, nodeA, nodeB };
}

const UDP_B = { transport: 'udp', address: '10.0.0.2', port: 5060 } as const;
const TCP_B = { transport: 'tcp', address: '10.0.0.2', port: 5060 } as const;
const callIds = (messages: readonly SipMessage[]) => messages.map((message) => message.callId);

test('a datagram arrives after the delay, with the flow to answer on', () => {
  const { clock, network, a, b, nodeA, nodeB } = world({ delayMs: 20 });
  nodeA.send(OPTIONS_BYTES, UDP_B, assert.fail);
  clock.advance(19);
  assert.equal(b.messages.length, 0);
  assert.equal(network.inFlight, 1);
  clock.advance(1);
  assert.equal(network.inFlight, 0);
  const flow = b.flows[0];
  assert.ok(flow);
  assert.deepEqual([flow.remoteAddress, flow.remotePort, flow.isReliable], ['10.0.0.1', 5060, false]);
  nodeB.send(OPTIONS_BYTES, flow, assert.fail);
  clock.advance(20);
  assert.equal(a.messages.length, 1);
});

test('equal ways are equal objects', () => {
  const { clock, b, nodeA } = world();
  nodeA.send(OPTIONS_BYTES, UDP_B, assert.fail);
  nodeA.send(OPTIONS_BYTES, UDP_B, assert.fail);
  nodeA.send(OPTIONS_BYTES, TCP_B, assert.fail);
  nodeA.send(OPTIONS_BYTES, TCP_B, assert.fail);
  clock.advance(10);
  assert.equal(b.flows.length, 4);
  assert.equal(new Set(b.flows).size, 2);
});

test('loss, duplication and reordering happen in their shares and repeat with the seed', () => {
  const run = () => {
    const { clock, b, nodeA } = world({ delayMs: [5, 10], loss: 0.2, duplicate: 0.1, reorder: 0.2 });
    for (let i = 0; i < 1000; i++) nodeA.send(requestBytes({ callId: `c${i}` }), UDP_B, assert.fail);
    clock.advance(100);
    return callIds(b.messages);
  };
  const heard = run();
  assert.deepEqual(run(), heard);
  const distinct = new Set(heard).size;
  assert.ok(distinct > 740 && distinct < 860, `${distinct} of 1000 at 20 % loss`);
  assert.ok(heard.length - distinct > 50, 'some arrive twice');
  assert.notDeepEqual(heard, [...heard].sort());
});

test('a stream keeps the order and loses nothing where datagrams would be lost', () => {
  const { clock, b, nodeA } = world({ delayMs: [5, 50], loss: 1 });
  const sent = Array.from({ length: 50 }, (_, i) => `c${i}`);
  for (const callId of sent) nodeA.send(requestBytes({ callId }), TCP_B, assert.fail);
  clock.advance(1000);
  assert.deepEqual(callIds(b.messages), sent);
});

test('a cut link loses datagrams, and restored it carries them again', () => {
  const { clock, network, b, nodeA } = world({ delayMs: 1 });
  network.cut('10.0.0.1', '10.0.0.2');
  nodeA.send(OPTIONS_BYTES, UDP_B, assert.fail);
  clock.advance(10);
  network.restore('10.0.0.2', '10.0.0.1');
  nodeA.send(OPTIONS_BYTES, UDP_B, assert.fail);
  clock.advance(10);
  assert.equal(b.messages.length, 1);
});

test('a stream outlives a short cut in order, and ends at a long one', () => {
  const { clock, network, a, b, nodeA } = world({ delayMs: 5 });
  nodeA.send(requestBytes({ callId: 'first' }), TCP_B, assert.fail);
  clock.advance(100);
  network.cut('10.0.0.2');
  nodeA.send(requestBytes({ callId: 'second' }), TCP_B, assert.fail);
  clock.advance(500);
  network.restore('10.0.0.2');
  nodeA.send(requestBytes({ callId: 'third' }), TCP_B, assert.fail);
  clock.advance(5000);
  assert.deepEqual(callIds(b.messages), ['first', 'second', 'third']);
  network.cut('10.0.0.2');
  const failures: SendFailure[] = [];
  nodeA.send(requestBytes({ callId: 'lost' }), TCP_B, (failure) => failures.push(failure));
  clock.advance(40_000);
  assert.deepEqual(failures, ['closed']);
  assert.equal(a.closed.length, 1);
});

test('connecting fails as unreachable where nobody hears and as timeout over a cut link', () => {
  const { clock, network, nodeA } = world({ delayMs: 5 });
  const failures: SendFailure[] = [];
  const note = (failure: SendFailure) => void failures.push(failure);
  nodeA.send(OPTIONS_BYTES, { ...TCP_B, port: 5070 }, note);
  clock.advance(100);
  assert.deepEqual(failures, ['unreachable']);
  network.cut('10.0.0.1', '10.0.0.2');
  nodeA.send(OPTIONS_BYTES, TCP_B, note);
  clock.advance(40_000);
  assert.deepEqual(failures, ['unreachable', 'timeout']);
});

test('a node that closes tells its peers; one that vanishes tells nobody', () => {
  const { clock, a, nodeA, nodeB } = world({ delayMs: 5 });
  nodeA.send(OPTIONS_BYTES, TCP_B, assert.fail);
  clock.advance(100);
  nodeB.close();
  clock.advance(100);
  assert.deepEqual([a.closed.length, a.closed[0]?.isOpen], [1, false]);

  const second = world({ delayMs: 5 });
  second.nodeA.send(OPTIONS_BYTES, TCP_B, assert.fail);
  second.clock.advance(100);
  second.nodeB.vanish();
  second.clock.advance(100_000);
  assert.equal(second.a.closed.length, 0);
  assert.equal(second.network.inFlight, 0);
});

test('the tap sees everything sent, what is lost too', () => {
  const { network, nodeA } = world({ loss: 1 });
  const seen: string[] = [];
  network.tap = (sent) => seen.push(`${sent.transport} ${sent.from.address} ${sent.to.address} ${sent.bytes.length}`);
  nodeA.send(OPTIONS_BYTES, UDP_B, assert.fail);
  assert.deepEqual(seen, [`udp 10.0.0.1 10.0.0.2 ${OPTIONS_BYTES.length}`]);
});

test('two nodes cannot hear in one place', () => {
  const { network } = world();
  assert.throws(() => network.attach('10.0.0.1', 5060, new Recorder()), /already/);
});
