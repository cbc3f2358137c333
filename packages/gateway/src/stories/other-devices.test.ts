import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { UasInvite } from '@unisono/sip';
import { replacesOf, type SeenDialog } from '../simulation/dialog-watch.ts';
import type { SimPhone } from '../simulation/phone.ts';
import { Stage } from './stage.ts';

function watched(stage: Stage, phone: SimPhone, number: string, expiresSec?: number) {
  const watch = phone.watch(number, expiresSec);
  stage.world.advance(200);
  return watch;
}

/** The only dialog there is. */
function only(dialogs: Iterable<SeenDialog>): SeenDialog {
  const all = [...dialogs];
  assert.equal(all.length, 1, JSON.stringify(all));
  return all[0] as SeenDialog;
}

describe('my other devices (RFC 4235)', () => {
  test('a client sees the call of the desk phone: with whom, in which state, and when it is over', () => {
    const stage = new Stage();
    const watch = watched(stage, stage.annaWeb, '4020');
    assert.match(watch.documents[0] ?? '', /version="0" state="full" entity="sip:4020@/);
    assert.equal(watch.dialogs.size, 0);
    const call = stage.dial(stage.annaDesk, '4021');
    const early = only(watch.dialogs.values());
    assert.deepEqual(
      [early.state, early.direction, early.device, early.remote, early.remoteName],
      ['early', 'initiator', 'desk', '4021', 'Ben Okafor'],
    );
    stage.answer(stage.benDesk);
    const confirmed = only(watch.dialogs.values());
    assert.deepEqual([confirmed.state, confirmed.id], ['confirmed', early.id]);
    assert.equal(confirmed.callId, call.session?.dialog.callId);
    assert.equal(confirmed.localTag, call.session?.dialog.localTag);
    assert.equal(confirmed.remoteTag, call.session?.dialog.remoteTag);
    stage.hangUp(stage.benDesk, stage.benDesk.calls[0]!);
    assert.equal(watch.dialogs.size, 0);
    assert.match(watch.documents.at(-1) ?? '', /state="partial".*<state>terminated<\/state>/s);
    assert.deepEqual(watch.faults, []);
  });

  test('an incoming call is seen at every device that rings; after the answer at one', () => {
    const stage = new Stage();
    const watch = watched(stage, stage.annaWeb, '4020');
    stage.dial(stage.benDesk, '4020');
    assert.equal(watch.in('early').length, 3);
    assert.ok(watch.in('early').every((one) => one.direction === 'recipient' && one.remote === '4021'));
    stage.answer(stage.annaMobile);
    const running = only(watch.dialogs.values());
    assert.deepEqual([running.state, running.direction], ['confirmed', 'recipient']);
    assert.notEqual(running.device, 'desk');
  });

  test('who comes to look later sees how long the call has lasted', () => {
    const stage = new Stage();
    stage.connect(stage.annaDesk, '4021', stage.benDesk);
    stage.world.advance(64_800);
    const [shown = ''] = watched(stage, stage.annaWeb, '4020').documents;
    assert.match(shown, /<state>confirmed<\/state><duration>65<\/duration><local>/);
    const [hidden = ''] = watched(stage, stage.annaWeb, '4021').documents;
    assert.doesNotMatch(hidden, /<duration>/);
  });

  test('a call on hold says so', () => {
    const stage = new Stage();
    const { out } = stage.connect(stage.annaDesk, '4021', stage.benDesk);
    const watch = watched(stage, stage.annaWeb, '4020');
    assert.equal(only(watch.dialogs.values()).isHolding, false);
    stage.annaDesk.hold(out, 'sendonly');
    stage.world.advance(300);
    assert.equal(only(watch.dialogs.values()).isHolding, true);
    stage.annaDesk.hold(out, 'sendrecv');
    stage.world.advance(300);
    assert.equal(only(watch.dialogs.values()).isHolding, false);
  });

  test('a caller who withholds the number is shown without', () => {
    const stage = new Stage();
    const watch = watched(stage, stage.annaWeb, '4020');
    stage.benDesk.dial('4020', { headers: [['Privacy', 'id']] });
    stage.world.advance(300);
    assert.equal(watch.in('early').length, 3);
    assert.ok(watch.in('early').every((one) => one.remote === undefined));
    stage.answer(stage.annaDesk);
    assert.equal(only(watch.dialogs.values()).remote, undefined);
    assert.doesNotMatch(watch.documents.join(''), /4021|Ben/);
  });

  test('nothing a device is told names an auxiliary number', () => {
    const stage = new Stage();
    const watch = watched(stage, stage.annaDesk, '4020');
    stage.connect(stage.annaWeb, '4021', stage.benDesk);
    const numbers = [...stage.world.system.current().ufipDevices.values()].map(({ number }) => number);
    const told = watch.documents.join('\n');
    assert.ok(numbers.length > 0 && told.includes('confirmed'));
    for (const number of numbers) assert.ok(!new RegExp(`sip:${number}|>${number}`).test(told), number);
  });

  test('a subscription is refreshed with a full document, ends when asked to, and runs out', () => {
    const stage = new Stage();
    stage.connect(stage.annaDesk, '4021', stage.benDesk);
    const watch = watched(stage, stage.annaWeb, '4020', 100);
    stage.world.advance(90_000);
    assert.equal(watch.documents.length, 2);
    assert.match(watch.documents[1] ?? '', /version="1" state="full"/);
    assert.equal(watch.in('confirmed').length, 1);
    watch.subscription?.unsubscribe();
    stage.world.advance(1_000);
    assert.equal(watch.end?.kind, 'notified');
    const lost = watched(stage, stage.annaMobile, '4020', 100);
    stage.annaMobile.vanish();
    stage.world.advance(200_000);
    assert.equal(lost.documents.length, 1);
    assert.deepEqual(stage.world.gateway.ua.snapshot().subscriptions, []);
  });
});

describe('busy lamps', () => {
  test('a colleague sees that there is a call, not with whom', () => {
    const stage = new Stage();
    const watch = watched(stage, stage.carlaDesk, '4020');
    stage.connect(stage.annaDesk, '4021', stage.benDesk);
    const seen = only(watch.dialogs.values());
    assert.equal(seen.state, 'confirmed');
    assert.deepEqual(
      [seen.callId, seen.localTag, seen.remoteTag, seen.remote],
      [undefined, undefined, undefined, undefined],
    );
    assert.doesNotMatch(watch.documents.join(''), /4021|Ben/);
  });

  test('not without a class of service that allows it, and not any more when it is taken away', () => {
    const stage = new Stage();
    const watch = watched(stage, stage.carlaDesk, '4020');
    const noLamps = { kind: 'update', list: 'classesOfService', id: 'office', value: { watch: false } } as const;
    assert.deepEqual(stage.world.system.apply(noLamps), { ok: true });
    stage.world.advance(300);
    assert.deepEqual(watch.end, { kind: 'notified', reason: 'rejected', retryAfterSec: undefined });
    const again = watched(stage, stage.carlaDesk, '4020');
    assert.equal(again.end?.kind, 'refused');
    assert.equal(watched(stage, stage.annaWeb, '4020').end, undefined);
  });

  test('an auxiliary number is as unknown as one that nobody has', () => {
    const stage = new Stage();
    const auxiliary = stage.world.system.current().ufipDevices.get('ufip-anna')?.number ?? '';
    for (const number of [auxiliary, '4999', '9999']) {
      const watch = watched(stage, stage.carlaDesk, number);
      assert.equal(watch.end?.kind, 'refused');
      assert.equal(watch.end?.kind === 'refused' ? watch.end.response.status : 0, 404);
    }
  });
});

describe('pull and pick up', () => {
  for (const isSwapped of [false, true]) {
    test(`what the dialog event tells is enough to take the call over${isSwapped ? ', tags the other way round' : ''}`, () => {
      const stage = new Stage();
      const { out, in: atBen } = stage.connect(stage.annaDesk, '4021', stage.benDesk);
      const seen = only(watched(stage, stage.annaWeb, '4020').dialogs.values());
      const value = isSwapped ? `${seen.callId};to-tag=${seen.localTag};from-tag=${seen.remoteTag}` : replacesOf(seen);
      const pulled = stage.annaWeb.dial('4020', { headers: [['Replaces', value]] });
      stage.world.advance(500);
      assert.ok(stage.areConnected(pulled, atBen));
      assert.equal(out.state, 'ended');
    });
  }

  test('a client answers what rings at the desk phone alone', () => {
    const stage = new Stage();
    stage.annaChooses({ routing: 'deskPhoneOnly' });
    const watch = watched(stage, stage.annaWeb, '4020');
    const call = stage.dial(stage.benDesk, '4020');
    assert.deepEqual(stage.ringing(), ['annaDesk']);
    const picked = stage.annaWeb.dial('4020', { headers: [['Replaces', replacesOf(only(watch.in('early')))]] });
    stage.world.advance(300);
    assert.ok(stage.areConnected(call, picked));
    assert.match(stage.annaDesk.calls[0]?.endReason ?? '', /cause=200/);
    assert.deepEqual(stage.ringing(), []);
    assert.deepEqual(
      [...watch.dialogs.values()].map(({ state, direction }) => [state, direction]),
      [['confirmed', 'recipient']],
    );
    stage.hangUp(stage.benDesk, call);
    assert.equal(picked.state, 'ended');
    assert.equal(stage.lastResult(), 'answered');
    const [record] = [...stage.world.records.closed.values()];
    assert.deepEqual(
      record?.legs.map(({ kind, status }) => [kind, status]),
      [
        ['desk', 487],
        ['client', 200],
      ],
    );
    assert.equal(stage.world.gateway.snapshot().busyStations, 0);
  });

  test("what rings at somebody else's phone cannot be picked up", () => {
    const stage = new Stage();
    const watch = watched(stage, stage.annaWeb, '4020');
    stage.dial(stage.benDesk, '4020');
    const value = replacesOf(watch.in('early')[0]!);
    const stolen = stage.carlaDesk.dial('4020', { headers: [['Replaces', value]] });
    stage.world.advance(300);
    assert.equal(stolen.status, 481);
    assert.equal(stage.ringing().length, 3);
  });

  test('a call on hold stays on hold when it is pulled by a device that holds', () => {
    const stage = new Stage();
    const { out, in: atBen } = stage.connect(stage.annaDesk, '4021', stage.benDesk);
    stage.annaDesk.hold(out, 'sendonly');
    stage.world.advance(300);
    const seen = only(watched(stage, stage.annaWeb, '4020').dialogs.values());
    const pulled = stage.annaWeb.dial('4020', { isHolding: true, headers: [['Replaces', replacesOf(seen)]] });
    stage.world.advance(500);
    assert.equal(pulled.state, 'answered');
    assert.match(atBen.media.local ?? '', /a=recvonly/);
    assert.equal(only(watched(stage, stage.annaMobile, '4020').dialogs.values()).isHolding, true);
  });
});

describe('push', () => {
  /** Ben talks with Anna's browser. */
  function talking() {
    const stage = new Stage();
    const out = stage.dial(stage.benDesk, '4020');
    const atWeb = stage.answer(stage.annaWeb);
    return { stage, out, atWeb };
  }

  /** Somebody answers it at once; nothing asks the phone to do so by itself. */
  function answersItself(phone: SimPhone): void {
    phone.onIncoming = (call) => {
      const { headers } = (call.invite as UasInvite).request;
      assert.ok(headers.get('Unisono-Moved-From'));
      for (const name of ['Answer-Mode', 'Call-Info', 'Alert-Info']) assert.equal(headers.get(name), undefined, name);
      phone.answer(call);
    };
  }

  test('to the desk phone: it has the call, the browser is let go, the other party hears the same voice', () => {
    const { stage, out, atWeb } = talking();
    answersItself(stage.annaDesk);
    stage.annaWeb.transfer(atWeb, '4020', 'desk');
    stage.world.advance(1_000);
    const atDesk = stage.annaDesk.calls.at(-1)!;
    assert.ok(stage.areConnected(out, atDesk));
    assert.equal(atWeb.referStatus, 202);
    assert.match(atWeb.notified?.at(-1) ?? '', /^SIP\/2.0 200/);
    assert.match(atWeb.endReason ?? '', /cause=200/);
    assert.equal(stage.annaMobile.calls.length, 1, 'the mobile rang for the call itself alone');
    stage.hangUp(stage.benDesk, out);
    assert.equal(atDesk.state, 'ended');
    assert.equal(stage.world.gateway.snapshot().busyStations, 0);
    assert.equal(stage.world.records.closed.size, 1);
  });

  test('to whichever other device answers first', () => {
    const { stage, out, atWeb } = talking();
    stage.annaWeb.transfer(atWeb, '4020');
    stage.world.advance(300);
    assert.deepEqual(stage.ringing(), ['annaDesk', 'annaMobile']);
    const atMobile = stage.answer(stage.annaMobile);
    assert.ok(stage.areConnected(out, atMobile));
    assert.deepEqual(stage.ringing(), []);
    assert.equal(atWeb.state, 'ended');
  });

  test('it rings until somebody answers there, and the call is where it was all the while', () => {
    const { stage, out, atWeb } = talking();
    stage.annaWeb.transfer(atWeb, '4020', 'desk');
    stage.world.advance(10_000);
    assert.deepEqual(stage.ringing(), ['annaDesk']);
    assert.ok(stage.areConnected(out, atWeb));
    stage.world.advance(11_000);
    assert.deepEqual(stage.ringing(), []);
    assert.match(atWeb.notified?.at(-1) ?? '', /^SIP\/2.0 408/);
    assert.ok(stage.areConnected(out, atWeb));
    stage.hangUp(stage.benDesk, out);
    assert.equal(atWeb.state, 'ended');
    assert.equal(stage.world.gateway.snapshot().busyStations, 0);
  });

  test('the other party hangs up while it rings: it stops ringing', () => {
    const { stage, out, atWeb } = talking();
    stage.annaWeb.transfer(atWeb, '4020', 'desk');
    stage.world.advance(300);
    stage.hangUp(stage.benDesk, out);
    assert.deepEqual(stage.ringing(), []);
    assert.equal(atWeb.state, 'ended');
    assert.equal(stage.world.gateway.snapshot().busyStations, 0);
  });

  test('declined there: the call is where it was', () => {
    const { stage, out, atWeb } = talking();
    stage.annaWeb.transfer(atWeb, '4020');
    stage.world.advance(300);
    stage.annaDesk.reject(stage.annaDesk.calls.at(-1)!, 603);
    stage.world.advance(300);
    assert.deepEqual(stage.ringing(), []);
    assert.match(atWeb.notified?.at(-1) ?? '', /^SIP\/2.0 603/);
    assert.ok(stage.areConnected(out, atWeb));
  });

  test('the device goes away while it rings: the call is where it was', () => {
    const { stage, out, atWeb } = talking();
    stage.annaWeb.transfer(atWeb, '4020', 'desk');
    stage.world.advance(300);
    stage.annaDesk.vanish();
    stage.world.advance(21_000);
    assert.match(atWeb.notified?.at(-1) ?? '', /^SIP\/2.0 4\d\d/);
    assert.ok(stage.areConnected(out, atWeb));
  });

  test('a device that is not there: refused, and nothing rings', () => {
    const { stage, atWeb } = talking();
    stage.annaWeb.transfer(atWeb, '4020', 'nobody');
    stage.world.advance(300);
    assert.equal(atWeb.referStatus, 480);
    assert.deepEqual(stage.ringing(), []);
    assert.equal(atWeb.state, 'answered');
  });

  test('who was on hold is on hold', () => {
    const { stage, out, atWeb } = talking();
    stage.annaWeb.hold(atWeb, 'sendonly');
    stage.world.advance(300);
    answersItself(stage.annaDesk);
    stage.annaWeb.transfer(atWeb, '4020', 'desk');
    stage.world.advance(1_000);
    const atDesk = stage.annaDesk.calls.at(-1)!;
    assert.equal(atDesk.state, 'answered');
    assert.match(out.media.local ?? '', /a=recvonly/);
    assert.match(atDesk.media.local ?? '', /a=sendonly/);
  });
});
