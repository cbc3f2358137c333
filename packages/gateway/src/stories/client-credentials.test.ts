import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import { delegateKey } from '@unisono/pbx';
import type { SimPhone } from '../simulation/phone.ts';
import { Stage } from './stage.ts';

const WEB = '00000000000000aa';
const MOBILE = '00000000000000bb';
const DAY_SEC = 86_400;

function registered(stage: Stage, client: SimPhone): number | undefined {
  client.register();
  stage.world.advance(500);
  return client.registerStatus;
}

function isRinging(client: SimPhone): boolean {
  return client.calls.some((call) => call.state === 'ringing');
}

describe('an installation of a client with credentials of its own', () => {
  test('registers under its user name or the desk number, rings and calls as any client of its user', () => {
    for (const aor of [undefined, '4020']) {
      const stage = new Stage();
      const web = stage.world.installation('ufip-anna', WEB, DAY_SEC, aor);
      assert.equal(registered(stage, web), 200);
      const call = stage.dial(web, '4021');
      assert.match(stage.incoming(stage.benDesk).shownFrom, /"Anna Lindner" <sip:4020@/);
      stage.hangUp(web, call);
      stage.dial(stage.benDesk, '4020');
      assert.ok(isRinging(web));
    }
  });

  test('may not register under the number of somebody else, nor under the auxiliary number', () => {
    const stage = new Stage();
    const { number } = stage.world.system.current().ufipDevices.get('ufip-anna') ?? {};
    for (const aor of ['4021', number ?? '']) {
      assert.equal(registered(stage, stage.world.installation('ufip-anna', WEB, DAY_SEC, aor)), 403);
    }
  });

  test('its user name is in nothing that anybody else is sent', () => {
    const stage = new Stage();
    const web = stage.world.installation('ufip-anna', WEB);
    assert.equal(registered(stage, web), 200);
    const { username } = web;
    let sentToOthers = 0;
    stage.world.wire.listen(({ direction, peer, bytes }) => {
      if (direction === 'in' || peer === web.address) return;
      sentToOthers++;
      assert.ok(!bytes?.toString('latin1').includes(username), `${peer} is sent the user name`);
    });
    stage.hangUp(web, stage.connect(web, '4021', stage.benDesk).out);
    const call = stage.dial(stage.benDesk, '4020');
    stage.answer(web);
    stage.hangUp(stage.benDesk, call);
    assert.ok(sentToOthers > 10);
    assert.ok(![...stage.world.records.closed.values()].some((record) => JSON.stringify(record).includes(username)));
  });

  test('stays registered over a restart of the gateway, and signs in again', () => {
    const stage = new Stage();
    const web = stage.world.installation('ufip-anna', WEB);
    registered(stage, web);
    stage.world.restartGateway();
    assert.equal(registered(stage, web), 200);
    assert.equal(stage.dial(web, '4021').state, 'calling');
  });

  test('is registered no longer than its credentials last, and is told why it may not again', () => {
    const stage = new Stage();
    const web = stage.world.installation('ufip-anna', WEB, 120);
    assert.equal(registered(stage, web), 200);
    const [binding] = [...stage.world.bindings.values()].filter(({ installation }) => installation === WEB);
    assert.ok(binding && binding.expiresAtMs <= stage.world.clock.epochMs() + 120_000);
    stage.world.advance(120_000);
    stage.dial(stage.benDesk, '4020');
    assert.ok(!isRinging(web));
    assert.equal(registered(stage, web), 403);
    assert.equal(stage.dial(web, '4021').status, 403);
  });

  test('a wrong password is answered like an unknown user name', () => {
    const stage = new Stage();
    const web = stage.world.installation('ufip-anna', WEB);
    stage.world.clientKeys.issue = () => ({ username: web.username, password: 'guessed' });
    assert.equal(registered(stage, stage.world.installation('ufip-anna', WEB)), 401);
    stage.world.clientKeys.issue = () => ({ username: 'c1-0123456789012345678901234567890', password: 'guessed' });
    assert.equal(registered(stage, stage.world.installation('ufip-anna', WEB)), 401);
  });
});

test('credentials made with a delegated key, as the cloud makes them, count as well, and are revoked alike', () => {
  const stage = new Stage();
  const { clientKeys, clock } = stage.world;
  const { username: holder, key } = delegateKey(clientKeys.mac, 'ufip-anna', 'anna');
  const username = `${holder}~i-1~${Math.floor(clock.epochMs() / 1_000) + DAY_SEC}`;
  const password = createHmac('sha256', Buffer.from(key, 'base64url')).update(username).digest('base64url');
  clientKeys.issue = () => ({ username, password });
  const web = stage.world.installation('ufip-anna', WEB, DAY_SEC, '4020');
  assert.equal(registered(stage, web), 200);
  clientKeys.revoke('i-1');
  assert.equal(registered(stage, web), 403);
});

describe('a revoked installation', () => {
  test('is gone at once and may do nothing any more, the others stay', () => {
    const stage = new Stage();
    const web = stage.world.installation('ufip-anna', WEB);
    const mobile = stage.world.installation('ufip-anna', MOBILE);
    for (const client of [web, mobile]) assert.equal(registered(stage, client), 200);
    stage.world.clientKeys.revoke(WEB);
    stage.dial(stage.benDesk, '4020');
    assert.deepEqual([isRinging(web), isRinging(mobile)], [false, true]);
    assert.equal(registered(stage, web), 403);
    assert.equal(stage.dial(web, '4022').status, 403);
  });

  test('keeps the call that it has', () => {
    const stage = new Stage();
    const web = stage.world.installation('ufip-anna', WEB);
    registered(stage, web);
    const call = stage.connect(web, '4021', stage.benDesk);
    stage.world.clientKeys.revoke(WEB);
    stage.world.advance(1_000);
    assert.ok(stage.areConnected(call.out, call.in));
    stage.hangUp(stage.benDesk, call.in);
    assert.equal(call.out.state, 'ended');
  });

  test('does not come back when the gateway was down while it was revoked', () => {
    const stage = new Stage();
    const web = stage.world.installation('ufip-anna', WEB);
    registered(stage, web);
    stage.world.stopGateway();
    stage.world.clientKeys.revoke(WEB);
    stage.world.startGateway();
    assert.ok(![...stage.world.bindings.values()].some(({ installation }) => installation === WEB));
    stage.dial(stage.benDesk, '4020');
    assert.ok(!isRinging(web));
  });
});

test('credentials of a UFIP device that somebody else has now, or that is gone, count no more', () => {
  const stage = new Stage();
  const web = stage.world.installation('ufip-anna', WEB);
  const id = 'ufip-anna';
  const given = stage.world.system.apply({ kind: 'update', list: 'ufipDevices', id, value: { user: 'eva' } });
  assert.deepEqual(given, { ok: true });
  assert.equal(registered(stage, web), 403);
  assert.deepEqual(stage.world.system.apply({ kind: 'delete', list: 'ufipDevices', id }), { ok: true });
  assert.equal(registered(stage, web), 403);
});
