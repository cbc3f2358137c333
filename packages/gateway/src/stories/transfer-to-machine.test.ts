import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SystemData } from '@unisono/pbx';
import { DIRECT_PREFIX } from '../simulation/company.ts';
import { MemoryVoicemail } from '../simulation/memory-voicemail.ts';
import type { PhoneCall } from '../simulation/phone.ts';
import { GATEWAY_ADDRESS } from '../simulation/world.ts';
import { Stage } from './stage.ts';

function withMailboxes(data: SystemData): SystemData {
  return { ...data, users: data.users.map((user) => ({ ...user, mailbox: true })) };
}

/** A customer who has reached Ben; Carla's mailbox takes what she does not answer. */
function reception() {
  const stage = new Stage({ voicemail: new MemoryVoicemail(), adapt: withMailboxes });
  const settings = { noAnswer: 'voicemail', ringSec: 5 } as const;
  assert.deepEqual(stage.world.system.apply({ kind: 'userSettings', user: 'carla', settings }), { ok: true });
  const customer = stage.callFromOutside(`${DIRECT_PREFIX}4021`);
  return { stage, customer, atBen: stage.answer(stage.benDesk) };
}

/** Sends its audio to a machine of the gateway. */
function hearsMachine(call: PhoneCall): boolean {
  return call.state === 'answered' && call.media.remote?.includes(`c=IN IP4 ${GATEWAY_ADDRESS}`) === true;
}

for (const hangsUp of [true, false]) {
  test(`transferred to who does not answer, ${hangsUp ? 'hung up at once' : 'waited'}: her mailbox takes the call`, async () => {
    const { stage, customer, atBen } = reception();
    stage.benDesk.transfer(atBen, '4022');
    await stage.world.pass(500);
    assert.deepEqual(stage.ringing(), ['carlaDesk']);
    if (hangsUp) stage.benDesk.hangUp(atBen);
    await stage.world.pass(6_000);
    assert.ok(hearsMachine(customer));
    if (!hangsUp) assert.match(atBen.notified?.at(-1) ?? '', /200/);
    assert.equal(atBen.state, 'ended');
    stage.provider.hangUp(customer);
    await stage.world.pass(40_000);
    const [record] = [...stage.world.records.closed.values()];
    assert.deepEqual(
      [
        record?.callee?.name,
        record?.result,
        record?.diversions,
        record?.legs.at(-1)?.kind,
        record?.legs.at(-1)?.status,
      ],
      [
        'Carla Rossi',
        'answered',
        [
          { station: '4021', reason: 'transferred' },
          { station: '4022', reason: 'noAnswer' },
        ],
        'voicemail',
        200,
      ],
    );
    stage.assertNothingLeft();
  });
}

test('transferred to an announcement: it is heard to its end, and ends the call', async () => {
  const { stage } = reception();
  const call = stage.dial(stage.davidMobile, '4022');
  const atCarla = stage.answer(stage.carlaDesk);
  const { applications } = stage.world.gateway.services.system();
  const echo = [...applications.values()].find(({ kind }) => kind === 'echo');
  stage.carlaDesk.transfer(atCarla, echo?.number ?? '');
  await stage.world.pass(1_000);
  assert.ok(hearsMachine(call));
  assert.equal(atCarla.state, 'ended');
  stage.davidMobile.hold(call, 'sendonly');
  await stage.world.pass(500);
  assert.match(call.media.remote ?? '', /a=(?:recvonly|inactive)/);
  stage.davidMobile.hangUp(call);
  await stage.world.pass(500);
  assert.equal(call.state, 'ended');
});

test('the party hangs up while the mailbox is on its way: nothing is left', async () => {
  const { stage, customer, atBen } = reception();
  stage.benDesk.transfer(atBen, '4022');
  await stage.world.pass(500);
  stage.benDesk.hangUp(atBen);
  await stage.world.pass(4_700);
  stage.provider.hangUp(customer);
  await stage.world.pass(40_000);
  stage.assertNothingLeft();
});
