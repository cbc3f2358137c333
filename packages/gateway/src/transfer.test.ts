import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PhoneCall, SimPhone } from './simulation/phone.ts';
import { World } from './simulation/world.ts';

function connected(
  world: World,
  caller: SimPhone,
  callee: SimPhone,
  number: string,
): { out: PhoneCall; in: PhoneCall } {
  const out = caller.dial(number);
  world.advance(500);
  const incoming = callee.calls.at(-1)!;
  callee.answer(incoming);
  world.advance(500);
  assert.equal(out.state, 'answered');
  return { out, in: incoming };
}

function office(seed: number) {
  const world = new World({ seed });
  const [anna, ben, carla] = ['4020', '4021', '4022'].map((station) => world.deskPhone(station)) as [
    SimPhone,
    SimPhone,
    SimPhone,
  ];
  for (const phone of [anna, ben, carla]) phone.register();
  world.advance(1_000);
  return { world, anna, ben, carla };
}

/** The host in `c=` of what a phone was last told: whom it sends its audio to. */
function hears(call: PhoneCall): string | undefined {
  return /^c=IN IP4 (\S+)/m.exec(call.remoteSdp ?? '')?.[1];
}

test('blind transfer: the caller is connected with whom the callee names, one record for the whole call', () => {
  const { world, anna, ben, carla } = office(11);
  const call = connected(world, anna, ben, '4021');
  ben.transfer(call.in, '4022');
  world.advance(500);
  assert.equal(call.in.referStatus, 202);
  const atCarla = carla.calls[0]!;
  assert.match(atCarla.shownFrom, /sip:4020@/);
  carla.answer(atCarla);
  world.advance(1_000);
  assert.deepEqual(call.in.notified, ['SIP/2.0 100 Trying', 'SIP/2.0 180 Ringing', 'SIP/2.0 200 OK']);
  assert.equal(call.in.state, 'ended');
  assert.equal(call.out.state, 'answered');
  assert.equal(hears(call.out), carla.node.address);
  assert.equal(hears(atCarla), anna.node.address);
  anna.hangUp(call.out);
  world.advance(1_000);
  assert.equal(atCarla.state, 'ended');
  assert.equal(world.records.closed.size, 1);
  assert.deepEqual(world.records.faults, []);
  assert.equal(world.gateway.snapshot().busyStations, 0);
});

test('blind transfer of a held caller: both hear each other again', () => {
  const { world, anna, ben, carla } = office(12);
  const call = connected(world, anna, ben, '4021');
  ben.hold(call.in, 'sendonly');
  world.advance(500);
  ben.transfer(call.in, '4022');
  world.advance(500);
  carla.answer(carla.calls[0]!);
  world.advance(1_000);
  assert.doesNotMatch(call.out.remoteSdp ?? '', /a=(sendonly|recvonly|inactive)/);
  assert.doesNotMatch(carla.calls[0]?.remoteSdp ?? '', /a=(sendonly|recvonly|inactive)/);
});

test('blind transfer to nobody: the call stays where it was', () => {
  const { world, anna, ben } = office(13);
  const call = connected(world, anna, ben, '4021');
  ben.transfer(call.in, '4999');
  world.advance(1_000);
  assert.match(call.in.notified?.at(-1) ?? '', /^SIP\/2\.0 404/);
  assert.equal(call.in.state, 'answered');
  assert.equal(call.out.state, 'answered');
});

test('blind transfer to an auxiliary number fails like any unknown number', () => {
  const { world, anna, ben, carla } = office(14);
  const call = connected(world, anna, ben, '4021');
  ben.transfer(call.in, '8022');
  world.advance(1_000);
  assert.match(call.in.notified?.at(-1) ?? '', /^SIP\/2\.0 404/);
  assert.equal(carla.calls.length, 0);
});

test('the one who transfers may hang up at once: the caller still gets through', () => {
  const { world, anna, ben, carla } = office(15);
  const call = connected(world, anna, ben, '4021');
  ben.transfer(call.in, '4022');
  world.advance(200);
  ben.hangUp(call.in);
  world.advance(500);
  assert.equal(call.out.state, 'answered');
  carla.answer(carla.calls[0]!);
  world.advance(1_000);
  assert.equal(hears(call.out), carla.node.address);
});

test('the caller hangs up while the transfer rings: the new phone stops', () => {
  const { world, anna, ben, carla } = office(16);
  const call = connected(world, anna, ben, '4021');
  ben.transfer(call.in, '4022');
  world.advance(500);
  anna.hangUp(call.out);
  world.advance(1_000);
  assert.equal(carla.calls[0]?.state, 'ended');
  assert.equal(call.in.state, 'ended');
  assert.equal(world.gateway.snapshot().calls, 0);
  assert.equal(world.gateway.snapshot().busyStations, 0);
});

test('attended transfer: the two parties of one phone talk to each other, it has none left', () => {
  const { world, anna, ben, carla } = office(17);
  const first = connected(world, anna, ben, '4021');
  ben.hold(first.in, 'sendonly');
  world.advance(500);
  const second = connected(world, ben, carla, '4022');
  ben.transferTo(first.in, second.out, '4022');
  world.advance(2_000);
  assert.equal(first.in.referStatus, 202);
  assert.equal(first.in.state, 'ended');
  assert.equal(second.out.state, 'ended');
  assert.equal(first.out.state, 'answered');
  assert.equal(second.in.state, 'answered');
  assert.equal(hears(first.out), carla.node.address);
  assert.equal(hears(second.in), anna.node.address);
  carla.hangUp(second.in);
  world.advance(1_000);
  assert.equal(first.out.state, 'ended');
  assert.equal(world.records.closed.size, 2);
  assert.deepEqual(world.records.faults, []);
  assert.equal(world.gateway.snapshot().busyStations, 0);
});
