import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
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

describe('pull', () => {
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
});
