import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SipResponse } from '../message/message.ts';
import type { RequestFailure } from '../ua/client-request.ts';
import { Stage, sdp } from '../ua/testing.ts';
import type { Session } from './session.ts';

function update(session: Session, payload = sdp('a', 2)) {
  const outcomes: (number | RequestFailure)[] = [];
  session.update(payload, (outcome: SipResponse | RequestFailure) => {
    outcomes.push(typeof outcome === 'object' ? outcome.status : outcome);
  });
  return outcomes;
}

/** A call that has been answered reliably by both early, so that offers are possible there. */
function earlyCall() {
  const stage = new Stage();
  stage.b.onCall = (invite) => invite.progress(183, { payload: sdp('b', 1), reliably: true });
  const invite = stage.a.call(stage.b);
  stage.run();
  stage.clear();
  return { stage, invite };
}

describe('UPDATE in a call that is up (RFC 3311)', () => {
  test('changes what was agreed', () => {
    const stage = new Stage();
    const { caller, callee } = stage.connect();
    const outcomes = update(caller);
    stage.run();
    assert.deepEqual(stage.take(), ['a>b UPDATE a2', 'b>a 200 UPDATE b2']);
    assert.deepEqual(outcomes, [200]);
    assert.equal(caller.remotePayload?.bytes.toString(), callee.localPayload?.bytes.toString());
    assert.equal(callee.allowsUpdate, true);
    callee.bye();
    stage.assertNothingLeft();
  });

  test('refused: all is as it was', () => {
    const stage = new Stage();
    const { caller } = stage.connect();
    stage.b.party.hooks.onUpdate = (session, transaction) => session.rejectUpdate(transaction, 488);
    const outcomes = update(caller);
    stage.run();
    assert.deepEqual(outcomes, [488]);
    assert.match(caller.localPayload?.bytes.toString() ?? '', /^o=a 1 1 /m);
    assert.equal(caller.canOffer, true);
    caller.bye();
    stage.assertNothingLeft();
  });

  test('crossing ones are both refused 491 (§5.2)', () => {
    const stage = new Stage();
    const { caller, callee } = stage.connect();
    const mine = update(caller);
    const theirs = update(callee, sdp('b', 2));
    stage.run();
    assert.deepEqual([mine, theirs], [[491], [491]]);
    assert.deepEqual([caller.canOffer, callee.canOffer], [true, true]);
    caller.bye();
    stage.assertNothingLeft();
  });

  test('crossing a re-INVITE: whoever comes second is refused 491', () => {
    const stage = new Stage();
    const { caller, callee } = stage.connect();
    const outcomes: unknown[] = [];
    caller.reinvite(sdp('a', 2), (outcome) => {
      outcomes.push(typeof outcome === 'object' ? outcome.status : outcome);
    });
    assert.deepEqual(update(caller, sdp('a', 3)), ['pending']);
    const theirs = update(callee, sdp('b', 2));
    stage.run();
    assert.deepEqual([outcomes, theirs], [[491], [491]]);
    caller.bye();
    stage.assertNothingLeft();
  });

  test('one that waits for its answer when the call ends is answered 487 (RFC 3261 §15.1.2)', () => {
    const stage = new Stage();
    const { caller } = stage.connect();
    stage.b.party.hooks.onUpdate = () => {};
    const outcomes = update(caller);
    stage.run();
    assert.deepEqual(outcomes, []);
    caller.bye();
    stage.run();
    assert.deepEqual(outcomes, [487]);
    stage.assertNothingLeft();
  });

  test('a second one before the first is answered: 500 with Retry-After (§5.2)', () => {
    const stage = new Stage();
    const { caller } = stage.connect();
    stage.b.party.hooks.onUpdate = () => {};
    update(caller);
    assert.deepEqual(update(caller), ['pending']);
    stage.run();
    for (const payload of [sdp('a', 3), undefined]) {
      stage.clear();
      caller.live.send('UPDATE', { payload }, { onResponse() {}, onFailure() {} });
      stage.run();
      assert.ok(stage.last('500 UPDATE').headers.has('Retry-After'));
    }
    caller.bye();
    stage.assertNothingLeft();
  });

  test('an answer that comes too late says that the request is over', () => {
    const stage = new Stage();
    const { caller, callee } = stage.connect();
    let open: Parameters<Session['answerUpdate']>[0] | undefined;
    stage.b.party.hooks.onUpdate = (_session, transaction) => {
      open = transaction;
    };
    update(caller);
    stage.run();
    callee.bye();
    callee.answerUpdate(open as NonNullable<typeof open>, sdp('b', 2));
    stage.run();
    assert.ok(stage.times('487 UPDATE').length === 1);
    stage.assertNothingLeft();
  });

  test('without an offer it is answered without asking the owner', () => {
    const stage = new Stage();
    const { caller } = stage.connect();
    const outcomes: unknown[] = [];
    caller.update(undefined, (outcome) => outcomes.push(typeof outcome === 'object' && outcome.status));
    stage.run();
    assert.deepEqual(stage.take(), ['a>b UPDATE', 'b>a 200 UPDATE']);
    assert.deepEqual(stage.b.party.events, []);
    caller.bye();
    stage.assertNothingLeft();
  });
});

describe('UPDATE before the answer (RFC 3311 §5.1)', () => {
  test('by the caller', () => {
    const { stage, invite } = earlyCall();
    assert.deepEqual(update(stage.a.session), []);
    stage.run();
    assert.deepEqual(stage.take(), ['a>b UPDATE a2', 'b>a 200 UPDATE b1']);
    assert.equal(stage.last('UPDATE').headers.has('Session-Expires'), false);
    stage.b.invite.accept();
    stage.run();
    assert.equal(stage.a.session.phase, 'confirmed');
    assert.equal(invite.isOver, true);
    stage.a.session.bye();
    stage.assertNothingLeft();
  });

  test('by the callee', () => {
    const { stage } = earlyCall();
    update(stage.b.session, sdp('b', 2));
    stage.run();
    assert.deepEqual(stage.take(), ['b>a UPDATE b2', 'a>b 200 UPDATE a2']);
    assert.deepEqual(stage.a.party.events, ['update b2']);
    stage.b.invite.accept({ payload: sdp('b', 2) });
    stage.run();
    // The description that the UPDATE has agreed is not said again.
    assert.deepEqual(stage.take(), ['b>a 200 INVITE', 'a>b ACK']);
    stage.a.session.bye();
    stage.assertNothingLeft();
  });

  test('before the first offer was made another is refused 491', () => {
    const stage = new Stage();
    stage.a.call(stage.b, { payload: undefined });
    stage.run();
    stage.a.session.live.send('UPDATE', { payload: sdp('a', 2) }, { onResponse() {}, onFailure() {} });
    stage.run();
    assert.equal(stage.take().at(-1), 'b>a 491 UPDATE');
    stage.b.invite.reject(480);
    stage.assertNothingLeft();
  });

  test('while the first offer has no answer another is refused: 500 to who made it, 491 to who owes the answer', () => {
    const stage = new Stage();
    stage.a.call(stage.b);
    stage.run();
    stage.a.session.live.send('UPDATE', { payload: sdp('a', 2) }, { onResponse() {}, onFailure() {} });
    stage.run();
    assert.equal(stage.take().at(-1), 'b>a 500 UPDATE');
    stage.b.session.live.send('UPDATE', { payload: sdp('b', 2) }, { onResponse() {}, onFailure() {} });
    stage.run();
    assert.equal(stage.take().at(-1), 'a>b 491 UPDATE');
    stage.b.invite.reject(480);
    stage.assertNothingLeft();
  });
});
