import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PhoneCall } from '../simulation/phone.ts';
import { mediaKeyOf } from '../simulation/phone-media.ts';
import { GATEWAY_ADDRESS } from '../simulation/world.ts';
import { Stage } from './stage.ts';

/** Whether the call's audio goes to the gateway, where the mixer is. */
function isMixed(call: PhoneCall): boolean {
  return call.state === 'answered' && mediaKeyOf(call.media.remote ?? '')?.startsWith(`${GATEWAY_ADDRESS}:`) === true;
}

/** Anna talks with Ben, holds, and talks with Carla; then makes a conference. */
async function threeCalls() {
  const stage = new Stage();
  const withBen = stage.connect(stage.annaWeb, '4021', stage.benDesk);
  stage.annaWeb.hold(withBen.out, 'sendonly');
  stage.world.advance(300);
  const withCarla = stage.connect(stage.annaWeb, '4022', stage.carlaDesk);
  const conference = stage.annaWeb.dial('conference');
  await stage.world.pass(500);
  assert.equal(conference.state, 'answered');
  return { stage, withBen, withCarla, conference };
}

async function merged() {
  const scene = await threeCalls();
  const { stage, withBen, withCarla, conference } = scene;
  stage.annaWeb.merge(conference, withBen.out, '4021');
  stage.annaWeb.merge(conference, withCarla.out, '4022');
  await stage.world.pass(1_000);
  return scene;
}

test('two calls are merged: all three are in the mixer, the two former legs are let go', async () => {
  const { stage, withBen, withCarla, conference } = await merged();
  const contact = conference.session?.dialog.remoteTarget ?? '';
  assert.match(contact, /^sip:conference-[0-9a-f]+@/);
  assert.ok(stage.world.wire.kept.some(({ message }) => /;isfocus/.test(message.headers.get('Contact') ?? '')));
  for (const call of [conference, withBen.in, withCarla.in]) assert.ok(isMixed(call), call.state);
  for (const { out } of [withBen, withCarla]) {
    assert.equal(out.state, 'ended');
    assert.match(out.endReason ?? '', /Joined a conference/);
  }
  assert.match(withBen.in.media.remote ?? '', /a=sendrecv/, 'nobody is on hold any more');
  assert.equal(stage.world.gateway.services.userCalls.count('4020'), 1);
  assert.match(conference.notified?.at(-1) ?? '', /200/);
});

test('a party leaves and the conference goes on; with one left it ends', async () => {
  const { stage, withBen, withCarla, conference } = await merged();
  stage.benDesk.hangUp(withBen.in);
  await stage.world.pass(500);
  for (const call of [conference, withCarla.in]) assert.ok(isMixed(call));
  stage.carlaDesk.hangUp(withCarla.in);
  await stage.world.pass(500);
  assert.equal(conference.state, 'ended');
  assert.match(conference.endReason ?? '', /Conference ended/);
  await stage.world.pass(60_000);
  stage.assertNothingLeft();
  assert.deepEqual(
    [...stage.world.records.closed.values()].map(({ result, callee }) => [callee?.name, result]).sort(),
    [
      ['Ben Okafor', 'answered'],
      ['Carla Rossi', 'answered'],
      ['Conference with Ben Okafor, Carla Rossi', 'answered'],
    ],
  );
  const sat = [...stage.world.records.closed.values()].flatMap(({ conference: one, startedAtMs, endedAtMs = 0 }) =>
    one ? [[one.side, one.name, one.joinedAtMs > startedAtMs && one.joinedAtMs < endedAtMs]] : [],
  );
  const { name = '' } = stage.world.gateway.services.system().stations.get('4020') ?? {};
  assert.deepEqual(sat.sort(), [
    ['callee', `Conference with ${name}, Ben Okafor`, true],
    ['callee', `Conference with ${name}, Carla Rossi`, true],
  ]);
});

test('who made it leaves: the others go on', async () => {
  const { stage, withBen, withCarla, conference } = await merged();
  stage.annaWeb.hangUp(conference);
  await stage.world.pass(500);
  for (const call of [withBen.in, withCarla.in]) assert.ok(isMixed(call));
  stage.benDesk.hangUp(withBen.in);
  await stage.world.pass(500);
  assert.equal(withCarla.in.state, 'ended');
  await stage.world.pass(60_000);
  stage.assertNothingLeft();
});

test('a party holds and takes back: the conference goes on meanwhile', async () => {
  const { stage, withBen, withCarla, conference } = await merged();
  stage.benDesk.hold(withBen.in, 'sendonly');
  await stage.world.pass(500);
  assert.match(withBen.in.media.remote ?? '', /a=(?:recvonly|inactive)/);
  for (const call of [conference, withCarla.in]) assert.ok(isMixed(call));
  stage.benDesk.hold(withBen.in, 'sendrecv');
  await stage.world.pass(500);
  assert.match(withBen.in.media.remote ?? '', /a=sendrecv/);
});

test("the other way: REFER in a call to the conference's address", async () => {
  const { stage, withBen, conference } = await threeCalls();
  const user = /^sip:([^@]+)@/.exec(conference.session?.dialog.remoteTarget ?? '')?.[1] ?? '';
  stage.annaWeb.transfer(withBen.out, user);
  await stage.world.pass(1_000);
  assert.equal(withBen.out.referStatus, 202);
  assert.equal(withBen.out.state, 'ended');
  assert.ok(isMixed(withBen.in));
});

test('whoever is in it takes others in: in its dialog, and by REFER in a call; who is not in it cannot', async () => {
  const { stage, withBen, withCarla, conference } = await merged();
  const withDavid = stage.connect(stage.benDesk, '4023', stage.davidMobile);
  stage.benDesk.merge(withBen.in, withDavid.out, '4023');
  await stage.world.pass(1_000);
  assert.equal(withBen.in.referStatus, 202);
  assert.equal(withDavid.out.state, 'ended');
  for (const call of [conference, withBen.in, withCarla.in, withDavid.in]) assert.ok(isMixed(call));
  stage.hangUp(stage.davidMobile, withDavid.in);
  const user = /^sip:([^@]+)@/.exec(conference.session?.dialog.remoteTarget ?? '')?.[1] ?? '';
  const again = stage.connect(stage.carlaDesk, '4023', stage.davidMobile);
  stage.davidMobile.transfer(again.in, user);
  await stage.world.pass(1_000);
  assert.equal(isMixed(again.out), false, 'who has left takes nobody in');
  stage.carlaDesk.transfer(again.out, user);
  await stage.world.pass(1_000);
  assert.equal(again.out.referStatus, 202);
  assert.ok(isMixed(again.in));
});

test('nobody takes in a call of somebody else who is in it', async () => {
  const { stage, withBen, withCarla } = await merged();
  const withDavid = stage.connect(stage.carlaDesk, '4023', stage.davidMobile);
  stage.benDesk.merge(withBen.in, withDavid.out, '4023');
  await stage.world.pass(500);
  assert.equal(withBen.in.referStatus, 403);
  for (const call of [withDavid.in, withCarla.in]) assert.equal(call.state, 'answered');
});

test("nobody puts somebody else's call into a conference, nor into somebody else's conference", async () => {
  const { stage, withBen, withCarla, conference } = await threeCalls();
  const dialog = withCarla.in.session?.dialog;
  stage.annaWeb.merge(conference, { ...withCarla.in, session: withCarla.in.session } as PhoneCall, '4022');
  await stage.world.pass(500);
  assert.ok(dialog);
  assert.equal(conference.referStatus, 403);
  assert.equal(withCarla.in.state, 'answered');
  const user = /^sip:([^@]+)@/.exec(conference.session?.dialog.remoteTarget ?? '')?.[1] ?? '';
  stage.benDesk.transfer(withBen.in, user);
  await stage.world.pass(500);
  assert.match(withBen.in.notified?.at(-1) ?? '', /40\d/);
  assert.equal(withBen.out.state, 'answered');
});

test('the devices of its user see it as a conference', async () => {
  const { stage } = await merged();
  const watch = stage.annaDesk.watch('4020');
  const atBen = stage.benDesk.watch('4021');
  await stage.world.pass(500);
  assert.equal(watch.in('confirmed').length, 1);
  assert.equal(atBen.in('confirmed').length, 1);
  assert.equal(atBen.in('confirmed')[0]?.direction, 'recipient');
});

/** Value of Replaces for a call, as its phone would tell it. */
function replaces({ session }: PhoneCall): readonly [string, string] {
  const { callId, remoteTag, localTag } = session!.dialog;
  return ['Replaces', `${callId};to-tag=${remoteTag};from-tag=${localTag}`];
}

test('who made it, and a party, each pull their place to another device', async () => {
  const { stage, withBen, withCarla, conference } = await merged();
  const atDesk = stage.annaDesk.dial('4020', { headers: [replaces(conference)] });
  const benClient = stage.world.client('ufip-ben');
  benClient.register();
  await stage.world.pass(500);
  const atBenClient = benClient.dial('4021', { headers: [replaces(withBen.in)] });
  await stage.world.pass(1_000);
  for (const call of [atDesk, atBenClient, withCarla.in]) assert.ok(isMixed(call), call.state);
  for (const call of [conference, withBen.in]) {
    assert.equal(call.state, 'ended');
    assert.match(call.endReason ?? '', /cause=200/);
  }
  benClient.hold(atBenClient, 'sendonly');
  await stage.world.pass(500);
  assert.match(atBenClient.media.remote ?? '', /a=(?:recvonly|inactive)/);
  stage.carlaDesk.hangUp(withCarla.in);
  stage.annaDesk.hangUp(atDesk);
  await stage.world.pass(60_000);
  assert.equal(atBenClient.state, 'ended');
  stage.assertNothingLeft();
});

test("nobody pulls somebody else's place", async () => {
  const { stage, withBen, conference } = await merged();
  for (const call of [conference, withBen.in]) {
    const stolen = stage.carlaDesk.dial('4020', { headers: [replaces(call)] });
    await stage.world.pass(500);
    assert.equal(stolen.status, 481);
    assert.ok(isMixed(call));
  }
});
