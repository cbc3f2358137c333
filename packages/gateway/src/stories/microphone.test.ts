import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { UasInvite } from '@unisono/sip';
import { replacesOf } from '../simulation/dialog-watch.ts';
import type { PhoneCall, SimPhone } from '../simulation/phone.ts';
import { Stage } from './stage.ts';

const KNOWS = [['Recv-Info', 'unisono-microphone']] as const;
const HEADER = 'Unisono-Microphone';

/** Tells, and gives the status of the answer. */
function tell(stage: Stage, phone: SimPhone, call: PhoneCall, state: string): number | undefined {
  let status: number | undefined;
  phone.tellMicrophone(call, state, (answered) => {
    status = answered;
  });
  stage.world.advance(300);
  return status;
}

function inviteAt(call: PhoneCall): UasInvite {
  return call.invite as UasInvite;
}

/** Replaces of the only call that Anna's devices have. */
function replaces(stage: Stage, phone: SimPhone): string {
  const watch = phone.watch('4020');
  stage.world.advance(200);
  const [dialog] = watch.in('confirmed');
  assert.ok(dialog);
  return replacesOf(dialog);
}

function pull(stage: Stage, phone: SimPhone, knows: boolean): PhoneCall {
  const headers = [['Replaces', replaces(stage, phone)] as const, ...(knows ? KNOWS : [])];
  const pulled = phone.dial('4020', { headers });
  stage.world.advance(500);
  assert.equal(pulled.state, 'answered');
  return pulled;
}

function told(call: PhoneCall): string | undefined {
  return call.direction === 'in' ? inviteAt(call).request.headers.get(HEADER) : call.accepted?.headers.get(HEADER);
}

/** Ben talks with Anna's browser, whose microphone is off. */
function mutedAtWeb() {
  const stage = new Stage();
  const out = stage.dial(stage.benDesk, '4020');
  const atWeb = stage.answer(stage.annaWeb);
  assert.equal(tell(stage, stage.annaWeb, atWeb, 'muted'), 200);
  return { stage, out, atWeb };
}

describe('the microphone moves with the call', () => {
  test('a client is asked to tell, in calls that it makes and that come to it; desk phones and trunks are not', () => {
    const stage = new Stage();
    const made = stage.dial(stage.annaWeb, '4021');
    stage.answer(stage.benDesk);
    assert.equal(made.accepted?.headers.get('Recv-Info'), 'unisono-microphone');
    assert.equal(inviteAt(stage.benDesk.calls[0]!).request.headers.get('Recv-Info'), undefined);
    stage.hangUp(stage.annaWeb, made);
    stage.dial(stage.carlaDesk, '4020');
    assert.equal(inviteAt(stage.incoming(stage.annaWeb)).request.headers.get('Recv-Info'), 'unisono-microphone');
    assert.equal(inviteAt(stage.incoming(stage.annaDesk)).request.headers.get('Recv-Info'), undefined);
    const outside = stage.dial(stage.annaMobile, '0030123456');
    assert.ok(stage.provider.calls.length > 0 && outside.state === 'calling');
    assert.equal(inviteAt(stage.provider.calls[0]!).request.headers.get('Recv-Info'), undefined);
  });

  test('pull: the 200 says that it was off, and who pulls again is told the same', () => {
    const { stage, out } = mutedAtWeb();
    const atMobile = pull(stage, stage.annaMobile, true);
    assert.equal(told(atMobile), 'muted');
    assert.ok(stage.areConnected(out, atMobile));
    const again = pull(stage, stage.annaWeb, true);
    assert.equal(told(again), 'muted');
  });

  test('pull: on again is on', () => {
    const { stage, atWeb } = mutedAtWeb();
    assert.equal(tell(stage, stage.annaWeb, atWeb, 'open'), 200);
    assert.equal(told(pull(stage, stage.annaMobile, true)), undefined);
  });

  test('a device that does not know of it begins with the microphone on, and so does the next one', () => {
    const { stage } = mutedAtWeb();
    assert.equal(told(pull(stage, stage.annaDesk, true)), undefined);
    assert.equal(told(pull(stage, stage.annaMobile, true)), undefined);
    const old = mutedAtWeb();
    assert.equal(told(pull(old.stage, old.stage.annaMobile, false)), undefined);
    assert.equal(told(pull(old.stage, old.stage.annaWeb, true)), undefined);
  });

  test('push: the INVITE says so, and it stays off for whoever takes it from there', () => {
    const { stage, out, atWeb } = mutedAtWeb();
    stage.annaMobile.onIncoming = (call) => stage.annaMobile.answer(call, KNOWS);
    stage.annaWeb.transfer(atWeb, '4020');
    stage.world.advance(1_000);
    const atMobile = stage.annaMobile.calls.at(-1)!;
    assert.equal(told(atMobile), 'muted');
    assert.ok(stage.areConnected(out, atMobile));
    assert.equal(told(pull(stage, stage.annaWeb, true)), 'muted');
  });

  test('push to the desk phone: it cannot be told, and the call is an open one from then on', () => {
    const { stage, out, atWeb } = mutedAtWeb();
    stage.annaDesk.onIncoming = (call) => stage.annaDesk.answer(call);
    stage.annaWeb.transfer(atWeb, '4020', 'desk');
    stage.world.advance(1_000);
    assert.ok(stage.areConnected(out, stage.annaDesk.calls.at(-1)!));
    assert.equal(told(pull(stage, stage.annaWeb, true)), undefined);
  });

  test('a device that picks up what was pushed elsewhere is told in its 200', () => {
    const { stage, atWeb } = mutedAtWeb();
    stage.annaWeb.transfer(atWeb, '4020', 'desk');
    const watch = stage.annaMobile.watch('4020');
    stage.world.advance(300);
    const [ringing] = watch.in('early');
    const headers = [['Replaces', replacesOf(ringing!)] as const, ...KNOWS];
    const picked = stage.annaMobile.dial('4020', { headers });
    stage.world.advance(500);
    assert.equal(told(picked), 'muted');
  });

  test('a push that fails leaves it off where the call is', () => {
    const { stage, atWeb } = mutedAtWeb();
    stage.annaWeb.transfer(atWeb, '4020', 'desk');
    stage.world.advance(21_000);
    assert.equal(atWeb.state, 'answered');
    assert.equal(told(pull(stage, stage.annaMobile, true)), 'muted');
  });

  for (const machine of ['4100', 'conference'])
    test(`a call with a machine of the phone system: ${machine}`, async () => {
      const stage = new Stage();
      const call = stage.annaWeb.dial(machine);
      await stage.world.pass(500);
      assert.deepEqual(call.accepted?.headers.all('Recv-Info'), ['unisono-microphone']);
      let status = 0;
      stage.annaWeb.tellMicrophone(call, 'muted', (answered) => {
        status = answered;
      });
      await stage.world.pass(500);
      assert.equal(status, 200);
      const headers = [['Replaces', replaces(stage, stage.annaMobile)] as const, ...KNOWS];
      const pulled = stage.annaMobile.dial('4020', { headers });
      await stage.world.pass(500);
      assert.equal(pulled.state, 'answered');
      assert.equal(told(pulled), 'muted');
      assert.deepEqual(pulled.accepted?.headers.all('Recv-Info'), ['unisono-microphone']);
    });

  test('a place in a conference', async () => {
    const stage = new Stage();
    const withBen = stage.dial(stage.annaWeb, '4021');
    stage.answer(stage.benDesk);
    const withDavid = stage.dial(stage.annaWeb, '4023');
    const atDavid = stage.answer(stage.davidMobile);
    const conference = stage.annaWeb.dial('conference');
    await stage.world.pass(500);
    stage.annaWeb.merge(conference, withBen, '4021');
    stage.annaWeb.merge(conference, withDavid, '4023');
    await stage.world.pass(1_000);
    let status = 0;
    stage.davidMobile.tellMicrophone(atDavid, 'muted', (answered) => {
      status = answered;
    });
    await stage.world.pass(500);
    assert.equal(status, 200);
    const watch = stage.davidMobile.watch('4023');
    await stage.world.pass(500);
    assert.deepEqual(
      watch.in('confirmed').map(({ isMuted }) => isMuted),
      [true],
    );
  });

  test('an attended transfer of the other party changes nothing about it', () => {
    const stage = new Stage();
    const first = stage.connect(stage.annaWeb, '4021', stage.benDesk);
    assert.equal(tell(stage, stage.annaWeb, first.out, 'muted'), 200);
    stage.benDesk.transfer(first.in, '4022');
    stage.world.advance(500);
    const atCarla = stage.answer(stage.carlaDesk);
    assert.ok(stage.areConnected(first.out, atCarla));
    assert.equal(told(pull(stage, stage.annaMobile, true)), 'muted');
  });
});

describe('who is told of the microphone', () => {
  test('the other devices of the user see it, busy lamps and the other party do not', () => {
    const { stage, out, atWeb } = mutedAtWeb();
    const own = stage.annaMobile.watch('4020');
    const lamp = stage.carlaDesk.watch('4020');
    stage.world.advance(300);
    assert.deepEqual(
      [...own.dialogs.values()].map(({ isMuted }) => isMuted),
      [true],
    );
    tell(stage, stage.annaWeb, atWeb, 'open');
    assert.deepEqual(
      [...own.dialogs.values()].map(({ isMuted }) => isMuted),
      [false],
    );
    tell(stage, stage.annaWeb, atWeb, 'muted');
    assert.deepEqual(
      [...own.dialogs.values()].map(({ isMuted }) => isMuted),
      [true],
    );
    assert.doesNotMatch(lamp.documents.join(''), /microphone/);
    assert.deepEqual([own.faults, lamp.faults], [[], []]);
    assert.equal(out.state, 'answered');
  });

  test('no message to the other party or over a trunk has a word of it', () => {
    const stage = new Stage();
    const outside = stage.dial(stage.annaWeb, '0030123456');
    const atProvider = stage.answer(stage.provider);
    assert.equal(tell(stage, stage.annaWeb, outside, 'muted'), 200);
    assert.equal(told(pull(stage, stage.annaMobile, true)), 'muted');
    assert.equal(atProvider.state, 'answered');
    const sent = stage.world.wire.kept.filter(({ direction }) => direction === 'out');
    const about = sent.filter(({ bytes }) => /unisono-microphone/i.test(bytes?.toString('latin1') ?? ''));
    const own = [stage.annaWeb, stage.annaMobile, stage.annaDesk].map(({ address }) => address);
    assert.ok(about.length > 0 && about.every(({ peer }) => own.includes(peer)), about.map(({ peer }) => peer).join());
    assert.ok(sent.some(({ peer }) => peer === stage.provider.address));
  });

  test('a desk phone is told that there is no such package, and nonsense that it is none', () => {
    const stage = new Stage();
    const { out, in: atBen } = stage.connect(stage.annaWeb, '4021', stage.benDesk);
    assert.equal(tell(stage, stage.benDesk, atBen, 'muted'), 469);
    assert.equal(tell(stage, stage.annaWeb, out, 'perhaps'), 400);
    assert.equal(told(pull(stage, stage.annaMobile, true)), undefined);
  });
});
