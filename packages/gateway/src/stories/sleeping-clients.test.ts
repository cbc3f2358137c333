import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StationCalls } from '@unisono/pbx';
import { Stage } from './stage.ts';

/** Anna has nothing but a client that is asleep, unless told otherwise. */
function asleep(sleepers: readonly string[] = ['anna'], desk = false) {
  const stage = new Stage({ sleepers: new Set(sleepers) });
  stage.world.gateway.userCallFeed.changedAfter(0);
  for (const phone of [stage.annaWeb, stage.annaMobile, ...(desk ? [] : [stage.annaDesk])]) phone.deregister();
  stage.world.advance(1_000);
  return stage;
}

/** What whoever wakes clients is told of Anna's calls. */
function told(stage: Stage): StationCalls['calls'] {
  const { stations } = stage.world.gateway.userCallFeed.changedAfter(0);
  return stations.find(({ station }) => station === '4020')?.calls ?? [];
}

test('a sleeping client is waited for, and rings when it has registered: the caller hears ringing meanwhile', () => {
  const stage = asleep();
  const call = stage.dial(stage.benDesk, '4020');
  assert.deepEqual(call.progress, [180]);
  assert.deepEqual(
    told(stage).map(({ state, direction, party }) => [state, direction, party.number]),
    [['alerting', 'incoming', '4021']],
  );
  stage.world.advance(3_000);
  stage.annaMobile.register();
  stage.world.advance(300);
  assert.deepEqual(stage.ringing(), ['annaMobile']);
  const answered = stage.answer(stage.annaMobile);
  assert.ok(stage.areConnected(call, answered));
  stage.hangUp(stage.benDesk, call);
  assert.equal(stage.lastResult(), 'answered');
  assert.deepEqual(told(stage), []);
});

test('it does not come in time: the call goes where calls go when nobody is reachable', () => {
  const stage = asleep();
  stage.annaChooses({ noAnswer: 'alternativeNumber', alternativeNumber: '4022' });
  stage.dial(stage.benDesk, '4020');
  stage.world.advance(7_000);
  assert.deepEqual(stage.ringing(), []);
  stage.world.advance(1_000);
  assert.deepEqual(stage.ringing(), ['carlaDesk']);
});

test('whose clients cannot be woken is not waited for', () => {
  const stage = asleep([]);
  const call = stage.dial(stage.benDesk, '4020');
  assert.equal(call.status, 480);
});

test('the caller gives up while somebody is being woken: nothing rings afterwards', () => {
  const stage = asleep();
  const call = stage.dial(stage.benDesk, '4020');
  stage.hangUp(stage.benDesk, call);
  stage.annaMobile.register();
  stage.world.advance(300);
  assert.deepEqual(stage.ringing(), []);
  assert.equal(stage.lastResult(), 'cancelled');
  assert.equal(stage.world.gateway.snapshot().busyStations, 0);
});

test('the desk phone rings at once, the woken client with it', () => {
  const stage = asleep(['anna'], true);
  stage.dial(stage.benDesk, '4020');
  assert.deepEqual(stage.ringing(), ['annaDesk']);
  stage.world.advance(12_000);
  stage.annaWeb.register();
  stage.world.advance(300);
  assert.deepEqual(stage.ringing(), ['annaDesk', 'annaWeb']);
  stage.answer(stage.annaWeb);
  assert.deepEqual(stage.ringing(), []);
  assert.match(stage.annaDesk.calls[0]?.endReason ?? '', /cause=200/);
});

test('a phone that comes back in the middle of a ringing rings too; one that only refreshes does not ring twice', () => {
  const stage = asleep([], true);
  stage.annaWeb.register();
  stage.world.advance(300);
  stage.dial(stage.benDesk, '4020');
  stage.annaMobile.register();
  stage.world.advance(300);
  assert.deepEqual(stage.ringing(), ['annaDesk', 'annaMobile', 'annaWeb']);
  stage.annaMobile.register();
  stage.world.advance(300);
  assert.equal(stage.annaMobile.calls.length, 1);
});

test('a client that is started anew while it rings there rings again, and is shown as ringing once', () => {
  const stage = new Stage();
  const watch = stage.annaDesk.watch('4020');
  stage.world.advance(200);
  const call = stage.dial(stage.benDesk, '4020');
  for (const phone of [stage.annaMobile, stage.annaWeb]) {
    phone.restart();
    phone.register();
    stage.world.advance(300);
    assert.equal(phone.calls.at(-1)?.state, 'ringing');
    assert.equal(watch.in('early').length, 3);
  }
  const answered = stage.answer(stage.annaMobile);
  assert.ok(stage.areConnected(call, answered));
  assert.deepEqual([stage.ringing(), watch.in('early').length], [[], 0]);
  stage.hangUp(stage.benDesk, call);
  assert.equal(stage.lastResult(), 'answered');
});

test('with desk phone only, nobody is woken', () => {
  const stage = asleep(['anna'], true);
  stage.annaChooses({ routing: 'deskPhoneOnly' });
  stage.dial(stage.benDesk, '4020');
  stage.annaMobile.register();
  stage.world.advance(300);
  assert.deepEqual(stage.ringing(), ['annaDesk']);
});

test('clients after some seconds: one that comes before its turn waits for it', () => {
  const stage = asleep([], true);
  stage.annaChooses({ ringOrder: { order: 'deskFirst', afterSec: 8 } });
  stage.annaWeb.register();
  stage.world.advance(300);
  stage.dial(stage.benDesk, '4020');
  stage.annaMobile.register();
  stage.world.advance(300);
  assert.deepEqual(stage.ringing(), ['annaDesk']);
  stage.world.advance(8_000);
  assert.deepEqual(stage.ringing(), ['annaDesk', 'annaMobile', 'annaWeb']);
});
