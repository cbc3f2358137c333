import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PhoneCall, SimPhone } from './simulation/phone.ts';
import { World } from './simulation/world.ts';

/** Ben's desk phone has a call from Anna; Ben's client and Carla's phone are registered too. */
function callAtDesk(seed: number) {
  const world = new World({ seed });
  const anna = world.deskPhone('4020');
  const ben = world.deskPhone('4021');
  const benClient = world.client('ufip-ben');
  const carla = world.deskPhone('4022');
  for (const phone of [anna, ben, benClient, carla]) phone.register();
  world.advance(1_000);
  const out = anna.dial('4021');
  world.advance(500);
  ben.answer(ben.calls[0]!);
  world.advance(1_000);
  assert.equal(out.state, 'answered');
  return { world, anna, ben, benClient, carla, out, atDesk: ben.calls[0]! };
}

/** Replaces as the dialog event package would tell it: tags seen from the gateway. */
function replaces(call: PhoneCall): readonly [string, string] {
  const dialog = call.session!.dialog;
  return ['Replaces', `${dialog.callId};to-tag=${dialog.remoteTag};from-tag=${dialog.localTag}`];
}

function mediaHost(call: PhoneCall): string | undefined {
  return /^c=IN IP4 (\S+)/m.exec(call.remoteSdp ?? '')?.[1];
}

function pull(phone: SimPhone, call: PhoneCall, lateOffer = false): PhoneCall {
  return phone.dial('4020', { lateOffer, headers: [replaces(call)] });
}

for (const lateOffer of [false, true]) {
  test(`a client pulls the call from its user's desk phone${lateOffer ? ', leaving the offer to the other party' : ''}`, () => {
    const { world, anna, benClient, out, atDesk } = callAtDesk(lateOffer ? 22 : 21);
    const pulled = pull(benClient, atDesk, lateOffer);
    world.advance(2_000);
    assert.equal(pulled.state, 'answered');
    assert.equal(atDesk.state, 'ended');
    assert.match(atDesk.endReason ?? '', /cause=200/);
    assert.equal(out.state, 'answered');
    assert.equal(mediaHost(out), benClient.node.address);
    assert.equal(mediaHost(pulled), anna.node.address);
    assert.equal(world.gateway.snapshot().calls, 1);
    anna.hangUp(out);
    world.advance(1_000);
    assert.equal(pulled.state, 'ended');
    assert.equal(world.records.closed.size, 1);
    assert.equal(world.gateway.snapshot().busyStations, 0);
  });
}

test("nobody takes over somebody else's call", () => {
  const { world, carla, out, atDesk } = callAtDesk(23);
  const stolen = pull(carla, atDesk);
  world.advance(1_000);
  assert.equal(stolen.status, 403);
  assert.equal(out.state, 'answered');
  assert.equal(atDesk.state, 'answered');
});

test('a dialog that does not exist cannot be replaced', () => {
  const { world, benClient, atDesk } = callAtDesk(24);
  const [name, value] = replaces(atDesk);
  const pulled = benClient.dial('4020', { headers: [[name, `${value}x`]] });
  world.advance(1_000);
  assert.equal(pulled.status, 481);
  assert.equal(atDesk.state, 'answered');
});
