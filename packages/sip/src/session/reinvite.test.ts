import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { RequestFailure } from '../ua/client-request.ts';
import { ScriptedPeer, Stage, sdp } from '../ua/testing.ts';
import type { Session } from './session.ts';

/** Sends a re-INVITE and acknowledges what comes; the outcomes are noted. */
function reinvite(session: Session, payload = sdp('a', 2)) {
  const outcomes: (number | RequestFailure)[] = [];
  const isSent = session.reinvite(payload, (outcome: SipResponse | RequestFailure) => {
    outcomes.push(typeof outcome === 'object' ? outcome.status : outcome);
    if (typeof outcome === 'object' && outcome.status < 300) session.ack(outcome);
  });
  return { outcomes, isSent };
}

describe('re-INVITE (RFC 3261 §14)', () => {
  test('hold: an offer, its answer, its ACK; both sides know what was agreed', () => {
    const stage = new Stage();
    const { caller, callee } = stage.connect();
    const { outcomes } = reinvite(caller);
    stage.run();
    assert.deepEqual(stage.take(), ['a>b INVITE a2', 'b>a 200 INVITE b2', 'a>b ACK']);
    assert.deepEqual(outcomes, [200]);
    assert.deepEqual(stage.b.party.events, ['reinvite a2', 'reack']);
    assert.equal(caller.remotePayload?.bytes.toString(), callee.localPayload?.bytes.toString());
    assert.equal(callee.remotePayload?.bytes.toString(), caller.localPayload?.bytes.toString());
    caller.bye();
    stage.assertNothingLeft();
  });

  test('without an offer: the peer makes it, the ACK answers it', () => {
    const stage = new Stage();
    const { caller, callee } = stage.connect();
    caller.reinvite(undefined, (outcome) => typeof outcome === 'object' && caller.ack(outcome, sdp('a', 9)));
    stage.run();
    assert.deepEqual(stage.take(), ['a>b INVITE', 'b>a 200 INVITE b2', 'a>b ACK a9']);
    assert.deepEqual(stage.b.party.events, ['reinvite', 'reack a9']);
    assert.equal(caller.descriptions.state, 'stable');
    assert.equal(callee.descriptions.state, 'stable');
    callee.bye();
    stage.assertNothingLeft();
  });

  test('an offer that its asker does not answer is answered by what was agreed before', () => {
    const stage = new Stage();
    const { caller } = stage.connect();
    caller.reinvite(undefined, (outcome) => typeof outcome === 'object' && caller.ack(outcome));
    stage.run();
    assert.deepEqual(stage.take().at(-1), 'a>b ACK a1');
    caller.bye();
    stage.assertNothingLeft();
  });

  test('the callee may ask as well', () => {
    const stage = new Stage();
    const { callee } = stage.connect();
    reinvite(callee, sdp('b', 5));
    stage.run();
    assert.deepEqual(stage.take(), ['b>a INVITE b5', 'a>b 200 INVITE a2', 'b>a ACK']);
    callee.bye();
    stage.assertNothingLeft();
  });

  test('refused: all is as it was, and the next one is possible', () => {
    const stage = new Stage();
    const { caller, callee } = stage.connect();
    stage.b.party.hooks.onReinvite = (_session, exchange) => exchange.reject(488);
    const before = [caller.localPayload, callee.remotePayload];
    const { outcomes } = reinvite(caller);
    stage.run();
    assert.deepEqual(outcomes, [488]);
    assert.deepEqual([caller.localPayload, callee.remotePayload], before);
    assert.equal(reinvite(caller).isSent, true);
    stage.run();
    caller.bye();
    stage.assertNothingLeft();
  });

  test('an offer that changes nothing is answered as before, without asking the owner', () => {
    const stage = new Stage();
    const { caller } = stage.connect();
    reinvite(caller, sdp('a', 1));
    stage.run();
    assert.deepEqual(stage.take(), ['a>b INVITE a1', 'b>a 200 INVITE b1', 'a>b ACK']);
    assert.deepEqual(stage.b.party.events, []);
    caller.bye();
    stage.assertNothingLeft();
  });

  test('it moves the remote target of both (§12.2.1.2, §12.2.2)', () => {
    const stage = new Stage();
    const peer = new ScriptedPeer(stage);
    stage.a.call(peer);
    stage.run();
    const invite = peer.requests('INVITE')[0] as SipRequest;
    peer.reply(invite, 200, { body: sdp('c', 1) });
    const { session } = stage.a;
    peer.inDialog(invite, 'INVITE', 1, ['Contact: <sip:moved@10.0.0.3:5070>'], sdp('c', 2));
    assert.equal(session.dialog.remoteTarget, 'sip:moved@10.0.0.3:5070');
    peer.inDialog(invite, 'ACK', 1);
    peer.inDialog(invite, 'INFO', 2, ['Contact: <sip:nowhere@10.0.0.3:5080>']);
    assert.equal(session.dialog.remoteTarget, 'sip:moved@10.0.0.3:5070');
    session.drop();
    stage.assertNothingLeft();
  });

  test('its ACK carries its credentials (§22.1)', () => {
    const stage = new Stage();
    const { caller } = stage.connect();
    const headers = [['Proxy-Authorization', 'Digest username="a"']] as const;
    caller.reinvite(sdp('a', 2), (outcome) => typeof outcome === 'object' && caller.ack(outcome), headers);
    stage.run();
    assert.equal(stage.last('ACK').headers.get('Proxy-Authorization'), 'Digest username="a"');
    caller.bye();
    stage.assertNothingLeft();
  });

  test('only one at a time: the second is not sent', () => {
    const stage = new Stage();
    const { caller } = stage.connect();
    assert.equal(reinvite(caller).isSent, true);
    assert.equal(caller.canOffer, false);
    assert.equal(reinvite(caller).isSent, false);
    stage.run();
    assert.equal(caller.canOffer, true);
    caller.bye();
    stage.assertNothingLeft();
  });

  test('crossing ones are both refused 491 (§14.2)', () => {
    const stage = new Stage();
    const { caller, callee } = stage.connect();
    const mine = reinvite(caller);
    const theirs = reinvite(callee, sdp('b', 2));
    stage.run();
    assert.deepEqual([mine.outcomes, theirs.outcomes], [[491], [491]]);
    assert.deepEqual([caller.canOffer, callee.canOffer], [true, true]);
    caller.bye();
    stage.assertNothingLeft();
  });

  test('… also when ours makes no offer', () => {
    const stage = new Stage();
    const { caller, callee } = stage.connect();
    const outcomes: unknown[] = [];
    caller.reinvite(undefined, (outcome) => outcomes.push(typeof outcome === 'object' && outcome.status));
    const theirs = reinvite(callee, sdp('b', 2));
    stage.run();
    assert.deepEqual([outcomes, theirs.outcomes], [[491], [491]]);
    caller.bye();
    stage.assertNothingLeft();
  });

  test('a second one before the first is answered: 500 with Retry-After up to 10 s (§14.2)', () => {
    const stage = new Stage();
    const { caller } = stage.connect();
    stage.b.party.hooks.onReinvite = () => {};
    reinvite(caller);
    stage.run();
    caller.live.send('INVITE', { payload: sdp('a', 3) }, { onResponse() {}, onFailure() {} });
    stage.run();
    const refusal = stage.last('500');
    assert.match(refusal.headers.get('Retry-After') ?? '', /^(?:\d|10)$/);
    caller.bye();
    stage.assertNothingLeft();
  });

  test('a lower CSeq is answered 500 (§12.2.2)', () => {
    const stage = new Stage();
    const { caller } = stage.connect();
    caller.request('INFO', {}, () => {});
    stage.run();
    caller.dialog.localSequence -= 2;
    const outcomes: number[] = [];
    caller.request('INFO', {}, (outcome) => typeof outcome === 'object' && outcomes.push(outcome.status));
    stage.run();
    assert.deepEqual(outcomes, [500]);
    caller.bye();
    stage.run();
    // The BYE is out of order just as well; the session is over all the same.
    assert.equal(caller.phase, 'terminated');
    stage.b.party.session?.bye();
    stage.assertNothingLeft();
  });

  test('one that comes while the ACK of the answer is lost shows that the answer arrived (RFC 5407 §3.1.5)', () => {
    const stage = new Stage();
    const { caller, callee } = stage.connect();
    // The ACK of a first re-INVITE is withheld.
    let withheld: SipResponse | undefined;
    caller.reinvite(sdp('a', 2), (outcome) => {
      if (typeof outcome === 'object') withheld = outcome;
    });
    stage.run();
    caller.live.send('INVITE', { payload: sdp('a', 3) }, { onResponse() {}, onFailure() {} });
    stage.run();
    assert.equal(stage.take().at(-1), 'b>a 200 INVITE b3');
    assert.ok(withheld);
    caller.bye();
    stage.run();
    assert.equal(callee.phase, 'terminated');
    stage.assertNothingLeft();
  });

  test('a late offer whose answer is still out: another offer is refused 491 (RFC 5407 §3.1.5)', () => {
    const stage = new Stage();
    const { caller } = stage.connect();
    caller.reinvite(undefined, () => {});
    stage.run();
    caller.live.send('INVITE', { payload: sdp('a', 3) }, { onResponse() {}, onFailure() {} });
    stage.run();
    assert.equal(stage.take().includes('b>a 491 INVITE'), true);
    caller.bye();
    stage.assertNothingLeft();
  });

  test('the ACK of the 2xx is lost: the 2xx is repeated, the ACK too', () => {
    const stage = new Stage();
    const { caller } = stage.connect();
    stage.b.party.hooks.onReinvite = (_session, exchange) => {
      exchange.accept(sdp('b', 2));
      stage.network.cut('10.0.0.1', '10.0.0.2');
    };
    reinvite(caller);
    stage.run(800);
    stage.network.restore('10.0.0.1', '10.0.0.2');
    stage.run(5_000);
    assert.equal(stage.times('200 INVITE').length, 3);
    assert.equal(stage.times('ACK').length, 2);
    caller.bye();
    stage.assertNothingLeft();
  });

  test('no ACK at all: the 2xx is repeated up to T2, then the call is hung up (§13.3.1.4, §14.2)', () => {
    const stage = new Stage();
    const { caller, callee } = stage.connect();
    caller.reinvite(sdp('a', 2), () => {});
    stage.run(40_000);
    const [start = 0] = stage.times('200 INVITE');
    const expected = [0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];
    assert.deepEqual(
      stage.times('200 INVITE').map((atMs) => atMs - start),
      expected,
    );
    assert.equal(stage.b.party.events.at(-1), 'ended no-ack');
    assert.equal(callee.phase, 'terminated');
    assert.match(stage.last('BYE').headers.get('Reason') ?? '', /No ACK/);
    stage.assertNothingLeft();
  });

  test('the session ends under it: it is refused 487 (§15.1.2)', () => {
    const stage = new Stage();
    const { caller, callee } = stage.connect();
    stage.b.party.hooks.onReinvite = () => {};
    const { outcomes } = reinvite(caller);
    stage.run();
    callee.bye();
    stage.run();
    assert.deepEqual(outcomes, [487]);
    assert.deepEqual(stage.take().slice(1, 4), ['b>a 487 INVITE', 'b>a BYE', 'a>b ACK']);
    stage.assertNothingLeft();
  });

  test('answered after its asker hung up: acknowledged all the same', () => {
    const stage = new Stage({ delayMs: 50 });
    const { caller } = stage.connect();
    const { outcomes } = reinvite(caller);
    stage.run(60);
    caller.bye();
    stage.run(500);
    assert.deepEqual(outcomes, ['closed']);
    assert.equal(stage.times('ACK').length, 1);
    assert.equal(stage.b.party.events.at(-1), 'bye');
    stage.assertNothingLeft();
  });

  test('the peer is silent: 64×T1 later the dialog is taken for lost (§12.2.1.2)', () => {
    const stage = new Stage();
    const { caller } = stage.connect();
    stage.b.node.vanish();
    stage.b.ua.close();
    const { outcomes } = reinvite(caller);
    stage.run(33_000);
    assert.deepEqual(outcomes, ['timeout']);
    assert.deepEqual(stage.a.party.events, ['ended dialog-gone']);
    stage.assertNothingLeft();
  });

  test('a timer too short in it is refused 422 (RFC 4028 §8.1)', () => {
    const stage = new Stage();
    const { caller } = stage.connect();
    const headers = [['Session-Expires', '30']] as const;
    const outcomes: (number | string)[] = [];
    caller.live.send(
      'INVITE',
      { payload: sdp('a', 2), headers },
      {
        onResponse: (response) => outcomes.push(response.status, response.headers.get('Min-SE') ?? ''),
        onFailure() {},
      },
    );
    stage.run();
    assert.deepEqual(outcomes, [422, '90']);
    const invite = stage.last('INVITE') as SipRequest;
    assert.equal(invite.headers.hasToken('Supported', 'timer'), true);
    caller.bye();
    stage.assertNothingLeft();
  });
});
