import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OUTSIDE_RING_MS } from '../call/trunk-hunt.ts';
import { DIRECT_PREFIX } from '../simulation/company.ts';
import { Stage } from './stage.ts';

test('20. client to station: the desk number is shown, the audio flows directly', () => {
  const stage = new Stage();
  const call = stage.connect(stage.davidMobile, '4021', stage.benDesk);
  assert.match(call.in.shownFrom, /"David Chen" <sip:4023@/);
  assert.ok(stage.areConnected(call.out, call.in));
  stage.hangUp(stage.benDesk, call.in);
  assert.equal(call.out.state, 'ended');
  assert.equal(stage.lastResult(), 'answered');
});

test("21. client to trunk: the user's own outside number is shown", () => {
  const stage = new Stage();
  const call = stage.connect(stage.annaWeb, '030901820', stage.provider);
  const { invite } = call.in;
  assert.match(call.in.shownFrom, new RegExp(`sip:\\${DIRECT_PREFIX}4020@`));
  assert.match('request' in invite ? invite.request.uriText : '', /sip:\+4930901820@/);
  assert.ok(stage.areConnected(call.out, call.in));
  stage.hangUp(stage.annaWeb, call.out);
  assert.equal(call.in.state, 'ended');
  assert.equal(stage.world.gateway.trunks.channels.total, 0);
});

test('22. station to client: the mobile rings by its desk number', () => {
  const stage = new Stage();
  const call = stage.connect(stage.benDesk, '4023', stage.davidMobile);
  assert.match(call.in.shownFrom, /"Ben Okafor" <sip:4021@/);
  assert.ok(stage.areConnected(call.out, call.in));
});

test('23. trunk to client: a caller from outside reaches the mobile and is shown with the number', () => {
  const stage = new Stage();
  const out = stage.callFromOutside(`${DIRECT_PREFIX}4023`);
  const incoming = stage.answer(stage.davidMobile);
  assert.match(incoming.shownFrom, /"Customer" <sip:\+4930901820@lindner-optik\.example>/);
  assert.ok(stage.areConnected(out, incoming));
  stage.hangUp(stage.davidMobile, incoming);
  assert.equal(out.state, 'ended');
});

test('station to trunk and trunk to station: the rest of the square', () => {
  const stage = new Stage();
  const out = stage.connect(stage.benDesk, '0044201234567', stage.provider);
  assert.ok(stage.areConnected(out.out, out.in));
  stage.hangUp(stage.provider, out.in);
  assert.equal(out.out.state, 'ended');
  const inward = stage.callFromOutside(`${DIRECT_PREFIX}4022`);
  assert.ok(stage.areConnected(inward, stage.answer(stage.carlaDesk)));
});

test('hold and resume work in all four directions', () => {
  const stage = new Stage();
  const { world } = stage;
  const pairs = [
    () => ({ holder: stage.davidMobile, ...stage.connect(stage.davidMobile, '4021', stage.benDesk) }),
    () => ({ holder: stage.annaWeb, ...stage.connect(stage.annaWeb, '030901820', stage.provider) }),
    () => ({ holder: stage.carlaDesk, ...stage.connect(stage.carlaDesk, '4023', stage.davidMobile) }),
  ];
  for (const connect of pairs) {
    const { holder, out, in: incoming } = connect();
    holder.hold(out, 'sendonly');
    world.advance(500);
    assert.match(incoming.media.local ?? '', /a=recvonly/);
    holder.hold(out, 'sendrecv');
    world.advance(500);
    assert.match(incoming.media.local ?? '', /a=sendrecv/);
    stage.hangUp(holder, out);
  }
});

test('a phone outside whose call died with the gateway stops ringing by itself', () => {
  const stage = new Stage();
  stage.dial(stage.benDesk, '0044201234567');
  const ringing = stage.incoming(stage.provider);
  stage.world.restartGateway(true);
  stage.world.advance(OUTSIDE_RING_MS);
  assert.equal(ringing.state, 'ringing');
  stage.world.advance(20_000);
  assert.equal(ringing.state, 'ended');
});
