import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PhoneCall } from '../simulation/phone.ts';
import { mediaKeyOf } from '../simulation/phone-media.ts';
import { GATEWAY_ADDRESS } from '../simulation/world.ts';
import { Stage } from './stage.ts';

function hearsMusic(call: PhoneCall): boolean {
  const remote = call.media.remote ?? '';
  return mediaKeyOf(remote)?.startsWith(`${GATEWAY_ADDRESS}:`) === true && remote.includes('a=sendonly');
}

/** Anna talks with Ben and holds. */
async function held(musicOnHold = true, by: 'hold' | 'holdByUpdate' = 'hold') {
  const stage = new Stage({ musicOnHold });
  const { out, in: atBen } = stage.connect(stage.annaDesk, '4021', stage.benDesk);
  const statuses: number[] = [];
  const hold = async (direction: 'sendonly' | 'sendrecv') => {
    stage.annaDesk[by](out, direction, (status) => statuses.push(status));
    await stage.world.pass(1_000);
  };
  await hold('sendonly');
  return { stage, out, atBen, hold, statuses };
}

async function assertNothingLeft(stage: Stage): Promise<void> {
  await stage.world.pass(60_000);
  assert.equal(stage.world.rtp.open, 0);
  assert.equal(stage.world.gateway.snapshot().sessions, 0);
}

for (const [name, by] of [
  ['re-INVITE', 'hold'],
  ['UPDATE', 'holdByUpdate'],
] as const) {
  test(`by ${name}: whoever is held hears music; who holds sends nothing; taken back, both hear each other`, async () => {
    const { stage, out, atBen, hold, statuses } = await held(true, by);
    assert.ok(hearsMusic(atBen), atBen.media.remote);
    assert.match(out.media.remote ?? '', /a=inactive/);
    await hold('sendrecv');
    assert.ok(stage.areConnected(out, atBen));
    assert.match(atBen.media.remote ?? '', /a=sendrecv/);
    assert.deepEqual(statuses, [200, 200]);
    assert.equal(stage.world.rtp.open, 0);
  });
}

test('switched off, the hold is passed on as it is', async () => {
  const { stage, out, atBen } = await held(false);
  assert.ok(!hearsMusic(atBen));
  assert.match(out.media.remote ?? '', /a=recvonly/);
  assert.equal(stage.world.rtp.open, 0);
});

for (const [who, hangUp] of [
  ['who holds', (scene: Awaited<ReturnType<typeof held>>) => scene.stage.annaDesk.hangUp(scene.out)],
  ['who is held', (scene: Awaited<ReturnType<typeof held>>) => scene.stage.benDesk.hangUp(scene.atBen)],
] as const) {
  test(`${who} hangs up: the music ends`, async () => {
    const scene = await held();
    hangUp(scene);
    await assertNothingLeft(scene.stage);
  });
}

test('held again: the music goes on, nobody is asked anew', async () => {
  const { stage, atBen, hold, statuses } = await held();
  const before = atBen.media.remote;
  await hold('sendonly');
  assert.equal(atBen.media.remote, before);
  assert.deepEqual(statuses, [200, 200]);
  assert.equal(stage.world.rtp.open, 2);
});

test('transferred while held: the two hear each other, the music ends', async () => {
  const { stage, out, atBen } = await held();
  stage.annaDesk.transfer(out, '4022');
  await stage.world.pass(500);
  const atCarla = stage.answer(stage.carlaDesk);
  await stage.world.pass(1_000);
  assert.ok(stage.areConnected(atBen, atCarla));
  assert.equal(stage.world.rtp.open, 0);
});

test('a call on hold is merged: its party is in the conference, without music', async () => {
  const { stage, out, atBen } = await held();
  const conference = stage.annaDesk.dial('conference');
  await stage.world.pass(500);
  stage.annaDesk.merge(conference, out, '4021');
  await stage.world.pass(1_000);
  assert.match(atBen.media.remote ?? '', /a=sendrecv/);
  assert.equal(stage.world.rtp.open, 4);
});

test('pulled while held: the new device talks', async () => {
  const { stage, out, atBen } = await held();
  const dialog = out.session?.dialog;
  const value = `${dialog?.callId};to-tag=${dialog?.remoteTag};from-tag=${dialog?.localTag}`;
  const pulled = stage.annaWeb.dial('4020', { headers: [['Replaces', value]] });
  await stage.world.pass(1_000);
  assert.ok(stage.areConnected(pulled, atBen));
  assert.equal(stage.world.rtp.open, 0);
});

test('both hold: nobody plays to nobody', async () => {
  const { stage, out, atBen } = await held();
  stage.benDesk.hold(atBen, 'sendonly');
  await stage.world.pass(1_000);
  assert.equal(stage.world.rtp.open, 0);
  stage.benDesk.hangUp(atBen);
  await stage.world.pass(500);
  assert.equal(out.state, 'ended');
});
