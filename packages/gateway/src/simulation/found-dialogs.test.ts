// What the simulation has found at those who watch the calls of their user's devices (RFC 4235), each told again in few steps.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stage } from '../stories/stage.ts';
import type { DialogWatch, SeenDialog } from './dialog-watch.ts';
import type { SimPhone } from './phone.ts';

function watched(stage: Stage, phone: SimPhone, number: string): DialogWatch {
  const watch = phone.watch(number);
  stage.world.advance(200);
  return watch;
}

function only(watch: DialogWatch): SeenDialog {
  const all = [...watch.dialogs.values()];
  assert.equal(all.length, 1, JSON.stringify(all));
  return all[0] as SeenDialog;
}

test('a host that holds its conference is seen holding', async () => {
  const stage = new Stage();
  const watch = watched(stage, stage.annaDesk, '4020');
  const conference = stage.annaWeb.dial('conference');
  await stage.world.pass(300);
  stage.annaWeb.hold(conference, 'sendonly');
  await stage.world.pass(300);
  assert.equal(only(watch).isHolding, true);
  stage.annaWeb.hold(conference, 'sendrecv');
  await stage.world.pass(300);
  assert.equal(only(watch).isHolding, false);
});

test('a phone that holds in its answer to the hold of the other is seen holding', () => {
  const stage = new Stage();
  const watch = watched(stage, stage.annaWeb, '4020');
  const call = stage.connect(stage.benDesk, '4020', stage.annaDesk);
  call.in.media.isHolding = true;
  stage.benDesk.hold(call.out, 'sendonly');
  stage.world.advance(300);
  assert.equal(only(watch).isHolding, true);
});

test('a transferred phone that holds in its answer to what it is offered then is seen holding', () => {
  const stage = new Stage({ network: { delayMs: 30 } });
  const watch = watched(stage, stage.annaWeb, '4020');
  const call = stage.connect(stage.benDesk, '4020', stage.annaDesk);
  stage.benDesk.transfer(call.out, '4022');
  stage.world.advance(300);
  call.in.media.isHolding = true;
  stage.answer(stage.carlaDesk);
  assert.equal(only(watch).isHolding, true);
});

test('a device that is called later than others is seen before it rings', () => {
  const stage = new Stage();
  stage.annaChooses({ ringOrder: { order: 'clientsFirst', afterSec: 1 } });
  stage.annaDesk.ringsAtOnce = false;
  const watch = watched(stage, stage.annaWeb, '4020');
  stage.dial(stage.benDesk, '4020');
  assert.equal(watch.dialogs.size, 2);
  stage.world.advance(1_000);
  assert.equal(watch.in('trying')[0]?.device, 'desk');
});

test('whoever was called is the recipient, also in the place of a caller', () => {
  const stage = new Stage();
  const watch = watched(stage, stage.carlaDesk, '4022');
  const blind = stage.connect(stage.benDesk, '4023', stage.davidMobile);
  stage.benDesk.transfer(blind.out, '4022');
  stage.world.advance(300);
  const transferred = stage.answer(stage.carlaDesk);
  assert.equal(only(watch).direction, 'recipient');
  stage.hangUp(stage.carlaDesk, transferred);
  const first = stage.connect(stage.benDesk, '4023', stage.davidMobile);
  const second = stage.connect(stage.benDesk, '4022', stage.carlaDesk);
  stage.benDesk.transferTo(first.out, second.out, '4022');
  stage.world.advance(1_000);
  assert.ok(stage.areConnected(first.in, second.in));
  assert.equal(only(watch).direction, 'recipient');
});

test('who withholds the number goes on withholding it on another device', () => {
  const stage = new Stage();
  const watch = watched(stage, stage.benDesk, '4021');
  const out = stage.annaWeb.dial('4021', { headers: [['Privacy', 'id']] });
  stage.world.advance(300);
  const incoming = stage.answer(stage.benDesk);
  const { callId, localTag, remoteTag } = out.session?.dialog ?? {};
  const replaces = `${callId};to-tag=${remoteTag};from-tag=${localTag}`;
  const pulled = stage.annaMobile.dial('4020', { headers: [['Replaces', replaces]] });
  stage.world.advance(500);
  assert.ok(stage.areConnected(pulled, incoming));
  assert.equal(only(watch).remote, undefined);
  assert.doesNotMatch(watch.documents.join(''), /4020|Anna/);
});

test('a phone that has hung up while its transfer rings has no call any more', () => {
  const stage = new Stage();
  const watch = watched(stage, stage.carlaDesk, '4022');
  const call = stage.connect(stage.benDesk, '4022', stage.carlaDesk);
  stage.carlaDesk.transfer(call.in, '4023');
  stage.world.advance(300);
  stage.hangUp(stage.carlaDesk, call.in);
  assert.equal(watch.dialogs.size, 0);
  const answered = stage.answer(stage.davidMobile);
  assert.ok(stage.areConnected(call.out, answered));
});
