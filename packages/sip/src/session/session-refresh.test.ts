import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SipRequest } from '../message/message.ts';
import { SeededRandom } from '../time/random.ts';
import { ScriptedPeer, Stage, sdp } from '../ua/testing.ts';
import { afterGlareMs } from './session-refresh.ts';

const METHODS_WITHOUT_UPDATE = ['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS', 'PRACK', 'INFO'];
const SHORT = { sessionTimer: { expiresSec: 90, minSec: 90 } };
const HOUR_MS = 3_600_000;

/** Seconds at which messages like this were sent. */
function seconds(stage: Stage, start: string): number[] {
  return stage.times(start).map((atMs) => Math.round(atMs / 1_000));
}

/** A call of a to a scripted peer, answered with these headers. */
function scripted(headers: readonly string[]) {
  const stage = new Stage({ a: SHORT });
  const peer = new ScriptedPeer(stage);
  stage.a.call(peer);
  stage.run();
  const invite = peer.requests('INVITE')[0] as SipRequest;
  peer.reply(invite, 200, { headers, body: sdp('c') });
  const { session } = stage.a;
  stage.clear();
  /** Answers each request of a method from now on. */
  const answer = (method: string, status: number, lines: readonly string[] = []) => {
    peer.heard.answer = (message) => {
      if (message.kind !== 'request' || message.method !== method) return;
      stage.clock.startTimer(0, { onTimer: () => peer.reply(message, status, { headers: lines }) }, '');
    };
  };
  return { stage, peer, session, answer };
}

describe('a session is kept alive (RFC 4028 §10)', () => {
  test('by UPDATE when the peer takes it, by the side that was agreed, for an hour', () => {
    const stage = new Stage({ a: SHORT });
    const { caller } = stage.connect();
    stage.run(HOUR_MS);
    const times = seconds(stage, 'UPDATE');
    assert.equal(times.length, HOUR_MS / 45_000);
    assert.deepEqual(times.slice(0, 3), [45, 90, 135]);
    assert.equal(
      stage.take().every((line) => line === 'a>b UPDATE' || line === 'b>a 200 UPDATE'),
      true,
    );
    const update = stage.last('UPDATE');
    assert.equal(update.headers.get('Session-Expires'), '90;refresher=uac');
    assert.deepEqual([stage.a.party.events, stage.b.party.events], [[], []]);
    caller.bye();
    stage.assertNothingLeft();
  });

  test('by re-INVITE with what was described last when the peer takes no UPDATE', () => {
    const stage = new Stage({ a: SHORT, b: { methods: METHODS_WITHOUT_UPDATE } });
    const { caller } = stage.connect();
    stage.run(200_000);
    assert.deepEqual(stage.take().slice(0, 3), ['a>b INVITE a1', 'b>a 200 INVITE b1', 'a>b ACK']);
    assert.deepEqual(seconds(stage, 'INVITE'), [45, 90, 135, 180]);
    assert.deepEqual([stage.a.party.events, stage.b.party.events], [[], []]);
    caller.bye();
    stage.assertNothingLeft();
  });

  test('by the callee when the caller knows no timers', () => {
    const stage = new Stage({ a: { extensions: [] }, b: SHORT });
    stage.a.call(stage.b, { headers: [] });
    stage.run(300);
    stage.b.answer();
    stage.run(300);
    stage.clear();
    stage.run(200_000);
    // The caller names an interval but not the extension; the callee refreshes.
    assert.equal(
      stage.take().every((line) => line === 'b>a UPDATE' || line === 'a>b 200 UPDATE'),
      true,
    );
    assert.ok(stage.times('UPDATE').length >= 3);
    stage.b.session.bye();
    stage.assertNothingLeft();
  });

  test('nobody refreshes: whoever waits hangs up before the interval is over, and its owner is told', () => {
    const stage = new Stage({ a: SHORT });
    const { callee } = stage.connect();
    stage.a.node.vanish();
    stage.a.ua.close();
    stage.run(58_000);
    assert.equal(callee.phase, 'confirmed');
    stage.run(3_000);
    assert.deepEqual(stage.b.party.events, ['ended expired']);
    assert.match(stage.last('BYE').headers.get('Reason') ?? '', /Session Timer Expired/);
    stage.assertNothingLeft();
  });

  test('every change of the session begins the interval anew', () => {
    const stage = new Stage({ a: SHORT });
    const { caller, callee } = stage.connect();
    for (let i = 0; i < 10; i++) {
      stage.run(40_000);
      callee.update(stage.b.party.describe(), () => {});
    }
    stage.run(20);
    // The callee asks for what was agreed: that the caller refreshes. It never had to.
    assert.deepEqual(
      [...new Set(stage.take())],
      ['b>a UPDATE b2', 'a>b 200 UPDATE a2'].concat(
        Array.from({ length: 9 }, (_, i) => [`b>a UPDATE b${i + 3}`, `a>b 200 UPDATE a${i + 3}`]).flat(),
      ),
    );
    assert.equal(stage.last('UPDATE').headers.get('Session-Expires'), '90;refresher=uas');
    caller.bye();
    stage.assertNothingLeft();
  });
});

describe('a refresh that is refused', () => {
  test('481: the call is over', () => {
    const { stage, answer } = scripted(['Session-Expires: 90;refresher=uac', 'Allow: UPDATE']);
    answer('UPDATE', 481);
    stage.run(46_000);
    assert.deepEqual(stage.a.party.events, ['ended dialog-gone']);
    assert.ok(stage.times('BYE').length > 0);
    stage.assertNothingLeft();
  });

  test('405 to UPDATE: by re-INVITE from then on', () => {
    const { stage, session, answer } = scripted(['Session-Expires: 90;refresher=uac', 'Allow: UPDATE']);
    answer('UPDATE', 405);
    stage.run(45_100);
    assert.deepEqual(stage.take(), ['a>c UPDATE', 'c>a 405 UPDATE', 'a>c INVITE a1']);
    session.drop();
    stage.assertNothingLeft();
  });

  test('422: with the interval that is asked for', () => {
    const { stage, session, answer } = scripted(['Session-Expires: 90;refresher=uac', 'Allow: UPDATE']);
    answer('UPDATE', 422, ['Min-SE: 300']);
    stage.run(45_100);
    const update = stage.last('UPDATE');
    assert.equal(update.headers.get('Session-Expires'), '300;refresher=uac');
    assert.equal(update.headers.get('Min-SE'), '300');
    session.drop();
    stage.assertNothingLeft();
  });

  test('503 with Retry-After: again after that; when nothing helps the call ends before its interval does', () => {
    const { stage, answer } = scripted(['Session-Expires: 90;refresher=uac', 'Allow: UPDATE']);
    answer('UPDATE', 503, ['Retry-After: 6']);
    stage.run(70_000);
    assert.deepEqual(seconds(stage, 'UPDATE'), [45, 51, 57]);
    assert.deepEqual(stage.a.party.events, ['ended expired']);
    assert.deepEqual(seconds(stage, 'BYE')[0], 60);
    stage.assertNothingLeft();
  });

  test('491: again after the time that its sender owes (RFC 3261 §14.1)', () => {
    const { stage, session, answer } = scripted(['Session-Expires: 90;refresher=uac', 'Allow: UPDATE']);
    answer('UPDATE', 491);
    stage.run(50_000);
    const [first = 0, second = 0] = stage.times('UPDATE');
    assert.ok(second - first >= 2_100 && second - first <= 4_010, `${second - first} ms`);
    session.drop();
    stage.assertNothingLeft();
  });

  test('to a peer without timers, refusals mean nothing: it is there', () => {
    const { stage, session, answer } = scripted([]);
    answer('INVITE', 488);
    stage.run(400_000);
    assert.deepEqual(seconds(stage, 'INVITE').slice(0, 3), [45, 90, 135]);
    assert.equal(session.phase, 'confirmed');
    session.drop();
    stage.assertNothingLeft();
  });

  test('while another exchange is open it waits for its end', () => {
    const { stage, peer, session } = scripted(['Session-Expires: 90;refresher=uac']);
    stage.run(44_000);
    session.reinvite(sdp('a', 2), (outcome) => typeof outcome === 'object' && session.ack(outcome));
    stage.run();
    const reinvite = peer.requests('INVITE').at(-1) as SipRequest;
    peer.reply(reinvite, 100);
    stage.run(5_000);
    assert.equal(peer.requests('INVITE').at(-1)?.cseq.sequence, reinvite.cseq.sequence);
    peer.reply(reinvite, 488);
    stage.run(5_000);
    assert.equal(stage.take().at(-1), 'a>c INVITE a1');
    session.drop();
    stage.assertNothingLeft();
  });
});

describe('the first INVITE', () => {
  test('422: tried again with the interval asked for, and can be cancelled then as before (§7.3)', () => {
    const stage = new Stage({ a: SHORT, b: { sessionTimer: { expiresSec: 600, minSec: 300 } } });
    stage.b.onCall = (invite) => {
      if (!invite.refusesTimer()) invite.progress(180);
    };
    const invite = stage.a.call(stage.b);
    stage.run();
    assert.deepEqual(stage.take(), ['a>b INVITE a1', 'b>a 422 INVITE', 'a>b ACK', 'a>b INVITE a1', 'b>a 180 INVITE']);
    assert.equal(stage.last('INVITE').headers.get('Session-Expires'), '300');
    assert.equal(stage.last('INVITE').cseq.sequence, 2);
    invite.cancel();
    stage.run();
    assert.deepEqual(stage.a.party.events, ['progress 180', 'failure 487']);
    stage.assertNothingLeft();
  });

  test('422 to a call that was taken back is the end', () => {
    const stage = new Stage();
    const peer = new ScriptedPeer(stage);
    const call = stage.a.call(peer);
    stage.run();
    const invite = peer.requests('INVITE')[0] as SipRequest;
    peer.reply(invite, 100);
    call.cancel();
    stage.run();
    peer.reply(invite, 422, { headers: ['Min-SE: 3600'] });
    assert.deepEqual(stage.a.party.events, ['failure 422']);
    assert.equal(peer.requests('INVITE').length, 1);
    stage.assertNothingLeft();
  });

  test('422, then silence: the caller hears of the timeout', () => {
    const stage = new Stage();
    const peer = new ScriptedPeer(stage);
    stage.a.call(peer);
    stage.run();
    peer.reply(peer.requests('INVITE')[0] as SipRequest, 422, { headers: ['Min-SE: 3600'] });
    stage.run(32_100);
    assert.deepEqual(stage.a.party.events, ['failure timeout']);
    stage.assertNothingLeft();
  });

  test('422 without anything new is a refusal', () => {
    const stage = new Stage();
    const peer = new ScriptedPeer(stage);
    stage.a.call(peer);
    stage.run();
    peer.reply(peer.requests('INVITE')[0] as SipRequest, 422, { headers: ['Min-SE: 90'] });
    assert.deepEqual(stage.a.party.events, ['failure 422']);
    stage.assertNothingLeft();
  });
});

test('after a 491 whoever made the Call-ID waits 2.1 to 4 s, the other up to 2 s, in steps of 10 ms', () => {
  const random = new SeededRandom(5);
  const owner = Array.from({ length: 2_000 }, () => afterGlareMs(true, random));
  const other = Array.from({ length: 2_000 }, () => afterGlareMs(false, random));
  assert.deepEqual([Math.min(...owner), Math.max(...owner)], [2_100, 4_000]);
  assert.deepEqual([Math.min(...other), Math.max(...other)], [0, 2_000]);
  assert.equal(
    [...owner, ...other].every((ms) => ms % 10 === 0),
    true,
  );
});
