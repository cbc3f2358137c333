import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SipRequest } from '../message/message.ts';
import { ScriptedPeer, Stage } from '../ua/testing.ts';

describe('CANCEL (RFC 3261 §9)', () => {
  test('after a provisional response: 200 to it, 487 to the INVITE, with its Reason', () => {
    const stage = new Stage();
    const invite = stage.a.call(stage.b);
    stage.run();
    invite.cancel('SIP;cause=200;text="Call completed elsewhere"');
    stage.run();
    assert.deepEqual(stage.take().slice(2), ['a>b CANCEL', 'b>a 200 CANCEL', 'b>a 487 INVITE', 'a>b ACK']);
    assert.deepEqual(stage.b.party.events, ['cancel SIP;cause=200;text="Call completed elsewhere"']);
    assert.deepEqual(stage.a.party.events, ['progress 180', 'failure 487']);
    assert.equal(stage.last('200 CANCEL').to.tag, stage.last('487').to.tag);
    stage.assertNothingLeft();
  });

  test('before any response it waits for the first (§9.1)', () => {
    const stage = new Stage({ delayMs: 100 });
    const invite = stage.a.call(stage.b);
    invite.cancel();
    stage.run(150);
    assert.deepEqual(stage.take(), ['a>b INVITE a1', 'b>a 180 INVITE']);
    stage.run(1_000);
    assert.deepEqual(stage.take().slice(0, 3), ['a>b CANCEL', 'b>a 200 CANCEL', 'b>a 487 INVITE']);
    assert.deepEqual(stage.a.party.events, ['failure 487']);
    stage.assertNothingLeft();
  });

  test('when nothing ever comes the INVITE times out as any other', () => {
    const stage = new Stage();
    stage.b.node.vanish();
    stage.a.call(stage.b).cancel();
    stage.run(32_000);
    assert.deepEqual(stage.times('CANCEL'), []);
    assert.deepEqual(stage.a.party.events, ['failure timeout']);
    stage.assertNothingLeft();
  });

  test('before it was sent: nothing is sent', () => {
    const stage = new Stage();
    const { ua, party } = stage.a;
    const options = { uriText: stage.b.uri, from: `<${stage.a.uri}>`, to: `<${stage.b.uri}>`, hops: [stage.b.target] };
    const invite = ua.prepareInvite({ ...options, maxForwards: 70, contactUser: 'a', handler: party });
    invite.cancel();
    invite.start();
    stage.run();
    assert.deepEqual(stage.take(), []);
    assert.deepEqual(party.events, ['failure cancelled']);
    stage.assertNothingLeft();
  });

  test('crossing an answer: the answer is acknowledged and hung up, nobody has a call', () => {
    const stage = new Stage({ delayMs: 50 });
    const invite = stage.a.call(stage.b);
    stage.run(150);
    stage.b.answer();
    invite.cancel('SIP;cause=487;text="Gave up"');
    stage.run(300);
    assert.deepEqual(stage.take().slice(2), [
      'b>a 200 INVITE b1',
      'a>b CANCEL',
      'a>b ACK',
      'a>b BYE',
      'b>a 200 CANCEL',
      'b>a 200 BYE',
    ]);
    assert.deepEqual(stage.a.party.events, ['progress 180', 'failure cancelled']);
    assert.deepEqual(stage.b.party.events, ['ack', 'bye']);
    assert.equal(stage.last('BYE').headers.get('Reason'), 'SIP;cause=487;text="Gave up"');
    stage.assertNothingLeft();
  });

  test('of a peer that never says how the INVITE ended: given up after 64×T1 (§9.1)', () => {
    const stage = new Stage();
    const peer = new ScriptedPeer(stage);
    const invite = stage.a.call(peer);
    stage.run();
    peer.reply(peer.requests('INVITE')[0] as SipRequest, 180);
    invite.cancel();
    stage.run();
    peer.reply(peer.requests('CANCEL')[0] as SipRequest, 200);
    stage.run(31_000);
    assert.deepEqual(stage.a.party.events, ['progress 180']);
    stage.run(1_000);
    assert.deepEqual(stage.a.party.events, ['progress 180', 'failure timeout']);
    stage.assertNothingLeft();
  });

  test('after the answer it does nothing', () => {
    const stage = new Stage();
    const invite = stage.a.call(stage.b);
    stage.run();
    stage.b.answer();
    stage.run();
    stage.take();
    invite.cancel();
    stage.run();
    assert.deepEqual(stage.take(), []);
    stage.a.party.session?.bye();
    stage.assertNothingLeft();
  });

  test('a challenge that crosses it is the end', () => {
    const stage = new Stage();
    const peer = new ScriptedPeer(stage);
    const invite = stage.a.call(peer);
    stage.run();
    const request = peer.requests('INVITE')[0] as SipRequest;
    peer.reply(request, 100);
    invite.cancel();
    stage.run();
    peer.reply(request, 407, { headers: ['Proxy-Authenticate: Digest realm="x", nonce="y"'] });
    assert.deepEqual(stage.a.party.events, ['failure 407']);
    assert.equal(peer.requests('INVITE').length, 1);
    stage.assertNothingLeft();
  });
});

describe('CANCEL of a re-INVITE', () => {
  test('the peer refuses it 487; the session goes on as it was, and the next exchange is possible', () => {
    const stage = new Stage();
    const { caller, callee } = stage.connect();
    stage.b.party.hooks.onReinvite = (_session, exchange) =>
      exchange.onCancelled(() => stage.b.party.events.push(`taken back, open: ${exchange.isOpen}`));
    const outcomes: unknown[] = [];
    const note = (outcome: unknown) =>
      outcomes.push(typeof outcome === 'object' ? (outcome as { status: number }).status : outcome);
    caller.reinvite(stage.a.party.describe(), note);
    // The peer's transaction answers 100 in its owner's stead.
    stage.run(250);
    caller.cancelReinvite('SIP;cause=487');
    stage.run();
    assert.deepEqual(stage.take(), [
      'a>b INVITE a2',
      'b>a 100 INVITE',
      'a>b CANCEL',
      'b>a 200 CANCEL',
      'b>a 487 INVITE',
      'a>b ACK',
    ]);
    assert.deepEqual(outcomes, [487]);
    assert.deepEqual(stage.b.party.events, ['reinvite a2', 'taken back, open: false']);
    for (const session of [caller, callee]) {
      assert.equal(session.phase, 'confirmed');
      assert.equal(session.canOffer, true);
      assert.equal(session.descriptions.state, 'stable');
    }
    stage.b.party.hooks = {};
    caller.reinvite(stage.a.party.describe(), (outcome) => typeof outcome === 'object' && caller.ack(outcome));
    stage.run();
    assert.deepEqual(stage.take(), ['a>b INVITE a3', 'b>a 200 INVITE b2', 'a>b ACK']);
    caller.bye();
    stage.assertNothingLeft();
  });

  test('an answer to one that was taken back does nothing', () => {
    const stage = new Stage();
    const { caller } = stage.connect();
    stage.b.party.hooks.onReinvite = (_session, exchange) =>
      exchange.onCancelled(() => exchange.accept(stage.b.party.describe()));
    caller.reinvite(stage.a.party.describe(), () => {});
    stage.run(250);
    caller.cancelReinvite();
    stage.run();
    assert.equal(stage.times('200 INVITE').length, 0);
    caller.bye();
    stage.assertNothingLeft();
  });
});
