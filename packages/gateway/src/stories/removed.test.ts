import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stage } from './stage.ts';

/** Carla leaves the company, with everything that she has. */
function removeCarla(stage: Stage): void {
  const { system } = stage.world;
  const ufip = [...system.current().ufipDevices.values()].find(({ user }) => user === 'carla');
  if (ufip) assert.deepEqual(system.apply({ kind: 'delete', list: 'ufipDevices', id: ufip.id }), { ok: true });
  assert.deepEqual(system.apply({ kind: 'delete', list: 'users', id: 'carla' }), { ok: true });
  assert.deepEqual(system.apply({ kind: 'delete', list: 'stations', id: '4022' }), { ok: true });
  stage.world.advance(500);
}

test('who is removed in the middle of a call speaks on until its end, and does nothing else', () => {
  const stage = new Stage();
  const { out, in: atCarla } = stage.connect(stage.benDesk, '4022', stage.carlaDesk);
  removeCarla(stage);
  assert.ok(stage.areConnected(out, atCarla));
  stage.carlaDesk.hold(atCarla, 'sendonly');
  stage.world.advance(500);
  stage.carlaDesk.hold(atCarla, 'sendrecv');
  stage.world.advance(500);
  assert.ok(stage.areConnected(out, atCarla));
  stage.carlaDesk.transfer(atCarla, '4020');
  stage.world.advance(500);
  assert.equal(atCarla.referStatus, 403);
  assert.deepEqual(stage.ringing(), []);
  assert.equal(stage.dial(stage.carlaDesk, '4020').status, 407, 'and cannot sign in to call somebody');
  assert.ok(stage.areConnected(out, atCarla));
  stage.hangUp(stage.carlaDesk, atCarla);
  assert.equal(out.state, 'ended');
  const [record] = [...stage.world.records.closed.values()];
  assert.deepEqual([record?.callee?.name, record?.result], ['Carla Rossi', 'answered']);
  const { calls, sessions, busyStations } = stage.world.gateway.snapshot();
  assert.deepEqual([calls, sessions, busyStations], [0, 0, 0]);
});

test('what rings at who is removed stops, and the caller hears that there is no such number', () => {
  const stage = new Stage();
  const call = stage.dial(stage.benDesk, '4022');
  assert.deepEqual(stage.ringing(), ['carlaDesk']);
  removeCarla(stage);
  assert.deepEqual([stage.ringing(), call.status], [[], 404]);
});
