import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SystemData } from '@unisono/pbx';
import { MemoryVoicemail } from '../simulation/memory-voicemail.ts';
import { Stage } from './stage.ts';

const DOMAIN = 'lindner-optik.example';

function withMailbox(data: SystemData): SystemData {
  return { ...data, users: data.users.map((user) => ({ ...user, mailbox: user.id === 'anna' })) };
}

test("one device sends the user's whole call away: all others stop, and are told the truth", () => {
  const stage = new Stage();
  const call = stage.dial(stage.benDesk, '4020');
  assert.deepEqual(stage.ringing(), ['annaDesk', 'annaMobile', 'annaWeb']);
  stage.reject(stage.annaWeb, 302, `sip:4022@${DOMAIN}`);
  assert.deepEqual(stage.ringing(), ['carlaDesk']);
  for (const phone of [stage.annaDesk, stage.annaMobile]) {
    assert.equal(phone.calls[0]?.endReason, 'SIP;cause=302;text="Moved to another number"');
  }
  assert.ok(call.progress.includes(181));
  stage.answer(stage.carlaDesk);
  stage.hangUp(stage.benDesk, call);
  const [record] = [...stage.world.records.closed.values()];
  assert.deepEqual(record?.diversions, [{ station: '4020', reason: 'declined' }]);
  assert.equal(record?.callee?.number, '4022');
});

test('to voicemail: the caller hears the greeting, the others are told where the call went', async () => {
  const stage = new Stage({ voicemail: new MemoryVoicemail(), adapt: withMailbox });
  const call = stage.dial(stage.benDesk, '4020');
  stage.annaWeb.reject(stage.incoming(stage.annaWeb), 302, [['Contact', `<sip:voicemail@${DOMAIN}>`]]);
  await stage.world.pass(500);
  assert.equal(call.state, 'answered');
  assert.deepEqual(stage.ringing(), []);
  assert.equal(stage.annaDesk.calls[0]?.endReason, 'SIP;cause=302;text="Sent to voicemail"');
  stage.benDesk.hangUp(call);
  await stage.world.pass(500);
  const [record] = [...stage.world.records.closed.values()];
  assert.deepEqual(record?.diversions, [{ station: '4020', reason: 'declined' }]);
  assert.deepEqual(record?.legs.map(({ kind }) => kind).at(-1), 'voicemail');
});

test('to a mailbox that does not exist: the call is declined', () => {
  const stage = new Stage({
    adapt: (data) => ({ ...data, users: data.users.map((user) => ({ ...user, mailbox: false })) }),
  });
  const call = stage.dial(stage.benDesk, '4020');
  stage.reject(stage.annaWeb, 302, `sip:voicemail@${DOMAIN}`);
  assert.equal(call.status, 603);
  assert.deepEqual(stage.ringing(), []);
});
