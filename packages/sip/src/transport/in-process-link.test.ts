import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '../time/virtual-clock.ts';
import { InProcessLink, LINK_ADDRESS, TransportWithLink } from './in-process-link.ts';
import { OPTIONS_BYTES, Recorder, requestBytes } from './testing.ts';
import type { SendFailure, Transport } from './transport.ts';

function linked() {
  const clock = new VirtualClock();
  const thrown: unknown[] = [];
  const link = new InProcessLink({
    defer: (deliver) => void clock.startTimer(0, { onTimer: deliver }, 'deliver'),
    onError: (error) => thrown.push(error),
  });
  const heardByA = new Recorder();
  const heardByB = new Recorder();
  return { clock, link, thrown, a: link.a.attach(heardByA), b: link.b.attach(heardByB), heardByA, heardByB };
}

test('what one end sends the other hears: later, in order, with the flow to answer on', () => {
  const { clock, a, b, heardByA, heardByB } = linked();
  a.send(requestBytes({ callId: 'one' }), b.target, assert.fail);
  a.send(requestBytes({ callId: 'two' }), a.flow, assert.fail);
  assert.equal(heardByB.messages.length, 0);
  clock.advance(0);
  assert.deepEqual(
    heardByB.messages.map(({ callId }) => callId),
    ['one', 'two'],
  );
  b.send(requestBytes({ callId: 'back' }), heardByB.flows[0] ?? assert.fail(), assert.fail);
  clock.advance(0);
  assert.equal(heardByA.messages[0]?.callId, 'back');
});

test('each end writes an address that leads to itself', () => {
  const { a, b } = linked();
  assert.deepEqual(a.localFor(b.target), { host: LINK_ADDRESS, port: a.target.port });
  assert.deepEqual(b.localFor(b.flow), { host: LINK_ADDRESS, port: b.target.port });
  assert.notEqual(a.target.port, b.target.port);
});

test('a link carries nothing to other addresses', () => {
  const { clock, a } = linked();
  const failures: SendFailure[] = [];
  const elsewhere = { transport: 'tcp', address: '10.0.0.2', port: 5060 } as const;
  a.send(OPTIONS_BYTES, elsewhere, (failure) => failures.push(failure));
  clock.advance(0);
  assert.deepEqual(failures, ['unreachable']);
  assert.equal(a.localFor(elsewhere), undefined);
});

test('a closed link delivers nothing, not even what is under way, and tells senders', () => {
  const { clock, link, a, b, heardByB } = linked();
  const failures: SendFailure[] = [];
  a.send(OPTIONS_BYTES, b.target, assert.fail);
  link.close();
  a.send(OPTIONS_BYTES, b.target, (failure) => failures.push(failure));
  clock.advance(0);
  assert.equal(heardByB.messages.length, 0);
  assert.deepEqual(failures, ['closed']);
  assert.equal(a.flow.isOpen, false);
});

test('a listener that throws is reported and hurts nobody', () => {
  const { clock, thrown, a, b, heardByB } = linked();
  heardByB.answer = () => {
    throw new Error('broken');
  };
  a.send(OPTIONS_BYTES, b.target, assert.fail);
  a.send(OPTIONS_BYTES, b.target, assert.fail);
  clock.advance(0);
  assert.equal(heardByB.messages.length, 2);
  assert.equal(thrown.length, 2);
});

test('a node with a link beside its sockets takes the link to its address and the sockets to all others', () => {
  const { clock, a, b, heardByB } = linked();
  const sent: string[] = [];
  const sockets: Transport = {
    send: (_bytes, to) => void sent.push('address' in to ? to.address : to.remoteAddress),
    localFor: () => ({ host: '10.0.0.1', port: 5060 }),
  };
  const both = new TransportWithLink(sockets, a);
  const elsewhere = { transport: 'udp', address: '10.0.0.2', port: 5060 } as const;
  both.send(OPTIONS_BYTES, b.target, assert.fail);
  both.send(OPTIONS_BYTES, elsewhere, assert.fail);
  clock.advance(0);
  assert.equal(heardByB.messages.length, 1);
  assert.deepEqual(sent, ['10.0.0.2']);
  assert.equal(both.localFor(elsewhere)?.host, '10.0.0.1');
  assert.equal(both.localFor(a.flow)?.host, LINK_ADDRESS);
});
