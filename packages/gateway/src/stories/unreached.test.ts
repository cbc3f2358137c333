import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SystemData } from '@unisono/pbx';
import { MemoryVoicemail } from '../simulation/memory-voicemail.ts';
import type { PhoneCall } from '../simulation/phone.ts';
import { Stage } from './stage.ts';

const EVERYTHING = ['annaDesk', 'annaMobile', 'annaWeb'];
const OUTSIDE = '030901820';

function withMailboxes(data: SystemData): SystemData {
  return { ...data, users: data.users.map((user) => ({ ...user, mailbox: true })) };
}

function withoutMailboxes(data: SystemData): SystemData {
  return { ...data, users: data.users.map((user) => ({ ...user, mailbox: false })) };
}

function record(stage: Stage) {
  return [...stage.world.records.closed.values()].at(-1);
}

function isIn(phone: { readonly calls: readonly PhoneCall[] }, header: string): boolean {
  const invite = phone.calls.at(-1)?.invite;
  return invite !== undefined && 'request' in invite && invite.request.headers.get(header) !== undefined;
}

/** Ways in which a number is not reached; `prepare` makes it so, `refuse` is what the number's own end says. */
const UNREACHED: readonly { readonly why: string; readonly target: string; readonly refuse?: number }[] = [
  { why: 'whose phone is not registered', target: '4022' },
  { why: 'which the provider does not know', target: OUTSIDE, refuse: 404 },
  { why: 'which the provider cannot reach now', target: OUTSIDE, refuse: 480 },
  { why: 'to which no trunk has a channel', target: OUTSIDE, refuse: 503 },
];

for (const { why, target, refuse } of UNREACHED) {
  test(`a number ${why}: the own devices ring, and the record says that it was here`, () => {
    const stage = new Stage({ adapt: withoutMailboxes });
    stage.annaChooses({ routing: 'alternativeNumber', alternativeNumber: target });
    stage.carlaDesk.register(0);
    stage.provider.ringsAtOnce = false;
    stage.provider.onIncoming = (call) => refuse !== undefined && stage.provider.reject(call, refuse);
    stage.world.advance(500);
    const call = stage.dial(stage.benDesk, '4020');
    // The second provider says nothing at all, and nobody waits for Timer B.
    if (refuse !== undefined && refuse !== 404) stage.world.advance(4_000);
    assert.deepEqual(stage.ringing(), EVERYTHING);
    assert.equal(isIn(stage.annaDesk, 'Diversion'), false, 'nobody sent the call on to Anna');
    stage.answer(stage.annaWeb);
    assert.equal(call.state, 'answered');
    stage.hangUp(stage.benDesk, call);
    const { callee, diversions, result, detail } = record(stage) ?? {};
    assert.deepEqual([callee?.number, diversions, result], ['4020', [], 'answered']);
    assert.match(detail ?? '', /hung up\. The number it was sent on to was not reached: /);
  });
}

test('who is reached there and is busy, or does not answer, is not passed over', () => {
  const stage = new Stage({ adapt: withMailboxes });
  stage.annaChooses({ routing: 'alternativeNumber', alternativeNumber: OUTSIDE });
  const busy = stage.dial(stage.benDesk, '4020');
  stage.reject(stage.provider, 486);
  assert.deepEqual([busy.status, stage.lastResult()], [486, 'busy']);
  const rang = stage.dial(stage.benDesk, '4020');
  stage.reject(stage.provider, 480);
  assert.deepEqual([rang.status, stage.lastResult()], [480, 'noAnswer']);
  assert.deepEqual(stage.ringing(), []);
});

test('nobody answered, and the alternative number is not reached: the mailbox takes the call', async () => {
  const stage = new Stage({ voicemail: new MemoryVoicemail(), adapt: withMailboxes });
  stage.annaChooses({ noAnswer: 'alternativeNumber', alternativeNumber: '4022', ringSec: 5 });
  stage.carlaDesk.register(0);
  stage.world.advance(500);
  const call = stage.benDesk.dial('4020');
  await stage.world.pass(6_000);
  assert.equal(call.state, 'answered');
  stage.benDesk.hangUp(call);
  await stage.world.pass(500);
  assert.deepEqual(record(stage)?.diversions, [{ station: '4020', reason: 'noAnswer' }]);
  assert.equal(record(stage)?.callee?.number, '4020');
});

test('without a mailbox the caller hears what was here: nobody answered', () => {
  const stage = new Stage({ adapt: withoutMailboxes });
  stage.annaChooses({ noAnswer: 'alternativeNumber', alternativeNumber: '4022', ringSec: 5 });
  stage.carlaDesk.register(0);
  const call = stage.dial(stage.benDesk, '4020');
  stage.world.advance(6_000);
  assert.deepEqual([call.status, stage.lastResult()], [480, 'noAnswer']);
});

test('busy, and the alternative number is not reached: the caller hears busy', () => {
  const stage = new Stage({ adapt: withoutMailboxes });
  stage.annaChooses({ busy: 'alternativeNumber', alternativeNumber: '4022' });
  stage.connect(stage.annaDesk, '4021', stage.benDesk);
  stage.carlaDesk.register(0);
  stage.world.advance(500);
  const call = stage.dial(stage.davidMobile, '4020');
  assert.deepEqual([call.status, stage.lastResult()], [486, 'busy']);
});

test('a number that sends on in its turn gets the call back first, then who sent it there', () => {
  const stage = new Stage({ adapt: withoutMailboxes });
  stage.annaChooses({ routing: 'alternativeNumber', alternativeNumber: '4022' });
  const carla = { routing: 'alternativeNumber', alternativeNumber: OUTSIDE } as const;
  stage.world.system.apply({ kind: 'userSettings', user: 'carla', settings: carla });
  stage.provider.onIncoming = (call) => stage.provider.reject(call, 404);
  stage.carlaDesk.ringsAtOnce = false;
  const call = stage.dial(stage.benDesk, '4020');
  assert.deepEqual(stage.ringing(), ['carlaDesk']);
  assert.equal(isIn(stage.carlaDesk, 'Diversion'), true, 'Carla sees that it was for Anna');
  stage.reject(stage.carlaDesk, 480);
  assert.deepEqual(stage.ringing(), EVERYTHING);
  stage.answer(stage.annaDesk);
  assert.equal(call.state, 'answered');
});
