import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SipRequest } from '../message/message.ts';
import { ScriptedPeer, Stage, sdp } from '../ua/testing.ts';

describe('BYE (RFC 3261 §15)', () => {
  test('crossing ones are both answered 200, and each side hears of one end only (RFC 5407 §3.2.1)', () => {
    const stage = new Stage({ delayMs: 50 });
    const { caller, callee } = stage.connect();
    caller.bye();
    callee.bye();
    stage.run(300);
    assert.deepEqual(stage.take(), ['a>b BYE', 'b>a BYE', 'b>a 200 BYE', 'a>b 200 BYE']);
    assert.deepEqual([stage.a.party.events, stage.b.party.events], [[], []]);
    stage.assertNothingLeft();
  });

  test('the callee hangs up before the ACK of its 2xx: the BYE follows the ACK', () => {
    const stage = new Stage({ delayMs: 50 });
    stage.a.call(stage.b);
    stage.run(200);
    const callee = stage.b.answer();
    callee.bye([['Reason', 'SIP;cause=486']]);
    assert.equal(callee.phase, 'terminated');
    stage.run(300);
    assert.deepEqual(stage.take().slice(2), ['b>a 200 INVITE b1', 'a>b ACK', 'b>a BYE', 'a>b 200 BYE']);
    assert.equal(stage.last('BYE').headers.get('Reason'), 'SIP;cause=486');
    assert.deepEqual(stage.b.party.events, []);
    assert.equal(stage.a.party.events.at(-1), 'bye');
    stage.assertNothingLeft();
  });

  test('… and when the ACK never comes it is sent after 64×T1', () => {
    const stage = new Stage();
    stage.a.party.hooks.onAnswer = () => {};
    stage.a.call(stage.b);
    stage.run();
    stage.b.answer().bye();
    stage.run(31_900);
    assert.equal(stage.times('BYE').length, 0);
    stage.run(200);
    assert.equal(stage.times('BYE').length, 1);
    stage.assertNothingLeft();
  });

  test('… and when the caller hangs up meanwhile it is not sent at all', () => {
    const stage = new Stage();
    const peer = new ScriptedPeer(stage);
    const common = ['From: <sip:c@10.0.0.3>;tag=c', 'Call-ID: bye-1', 'Contact: <sip:c@10.0.0.3>'];
    const via = 'Via: SIP/2.0/UDP 10.0.0.3;branch=z9hG4bK';
    stage.b.onCall = () => {};
    peer.send(
      stage.b,
      ['INVITE sip:b@10.0.0.2 SIP/2.0', `${via}1`, ...common, 'To: <sip:b@10.0.0.2>', 'CSeq: 1 INVITE'],
      sdp('c'),
    );
    stage.b.answer().bye();
    stage.run();
    const to = `To: ${stage.last('200 INVITE').headers.get('To')}`;
    peer.send(stage.b, ['BYE sip:b@10.0.0.2 SIP/2.0', `${via}2`, ...common, to, 'CSeq: 2 BYE']);
    stage.run(40_000);
    assert.equal(stage.take().includes('b>c 200 BYE'), true);
    assert.equal(stage.times('BYE').length, 1);
    stage.assertNothingLeft();
  });

  test('nobody acknowledges the 2xx: the call is hung up and its owner told (§13.3.1.4)', () => {
    const stage = new Stage();
    stage.a.party.hooks.onAnswer = () => {};
    stage.a.call(stage.b);
    stage.run();
    stage.b.answer();
    stage.run(32_100);
    assert.deepEqual(stage.b.party.events, ['ended no-ack']);
    assert.equal(stage.times('200 INVITE').length, 11);
    stage.assertNothingLeft();
  });

  test('the caller hangs up before it acknowledged: ACK first, then BYE', () => {
    const stage = new Stage();
    stage.a.party.hooks.onAnswer = (_invite, session) => session.bye();
    stage.a.call(stage.b);
    stage.run();
    stage.b.answer();
    stage.run();
    assert.deepEqual(stage.take().slice(2), ['b>a 200 INVITE b1', 'a>b ACK', 'a>b BYE', 'b>a 200 BYE']);
    stage.assertNothingLeft();
  });

  test('whatever becomes of it, the session is over: refused, unanswered, unreachable', () => {
    const refused = new Stage();
    const { caller } = refused.connect();
    refused.b.party.session?.drop();
    caller.bye();
    refused.run();
    assert.deepEqual(refused.take(), ['a>b BYE', 'b>a 200 BYE']);
    refused.assertNothingLeft();

    const silent = new Stage();
    const call = silent.connect();
    silent.b.node.vanish();
    silent.b.ua.close();
    call.caller.bye();
    assert.equal(call.caller.phase, 'terminated');
    silent.run(33_000);
    assert.deepEqual(silent.a.party.events, []);
    silent.assertNothingLeft();
  });

  test('by the caller before the answer: the INVITE ends 487 as if it had been cancelled (§15.1.2)', () => {
    const stage = new Stage();
    stage.a.call(stage.b);
    stage.run();
    stage.a.session.live.send('BYE', {}, { onResponse() {}, onFailure() {} });
    stage.run();
    assert.deepEqual(stage.take().slice(2), ['a>b BYE', 'b>a 200 BYE', 'b>a 487 INVITE', 'a>b ACK']);
    assert.deepEqual(stage.b.party.events, ['cancel']);
    stage.assertNothingLeft();
  });

  test('an early session that its own side hangs up ends with its INVITE', () => {
    const caller = new Stage();
    caller.a.call(caller.b);
    caller.run();
    caller.a.session.bye([['Reason', 'SIP;cause=487']]);
    caller.run();
    assert.equal(caller.take().includes('a>b CANCEL'), true);
    assert.deepEqual(caller.b.party.events, ['cancel SIP;cause=487']);
    caller.assertNothingLeft();

    const callee = new Stage();
    callee.a.call(callee.b);
    callee.run();
    callee.b.session.bye();
    callee.run();
    assert.equal(callee.take().includes('b>a 480 INVITE'), true);
    callee.assertNothingLeft();
  });
});

describe('requests of a dialog that is gone (RFC 3261 §12.2.2, RFC 5057)', () => {
  test('481, but for a BYE shortly after ours', () => {
    const stage = new Stage();
    const { caller, callee } = stage.connect();
    callee.drop();
    stage.run();
    for (const [method, status] of [
      ['INFO', 481],
      ['UPDATE', 481],
    ] as const) {
      const heard: number[] = [];
      caller.live.send(method, {}, { onResponse: (response) => heard.push(response.status), onFailure() {} });
      stage.run();
      assert.deepEqual(heard, [status], method);
    }
    caller.bye();
    stage.assertNothingLeft();
  });

  for (const [method, status, isOver] of [
    ['INFO', 481, true],
    ['INFO', 408, true],
    ['INFO', 501, false],
    ['INFO', 405, false],
    ['INFO', 404, false],
    ['UPDATE', 404, true],
    ['UPDATE', 500, false],
    ['INVITE', 481, true],
    ['INVITE', 488, false],
    ['INVITE', 491, false],
    ['MESSAGE', 604, false],
  ] as const) {
    test(`${method} answered ${status} ${isOver ? 'ends the session' : 'concerns only itself'}`, () => {
      const stage = new Stage();
      const peer = new ScriptedPeer(stage);
      stage.a.call(peer);
      stage.run();
      const invite = peer.requests('INVITE')[0] as SipRequest;
      peer.reply(invite, 200, { body: sdp('c'), headers: ['Allow: INVITE, UPDATE'] });
      const { session } = stage.a;
      stage.clear();
      if (method === 'INVITE') session.reinvite(sdp('a', 2), () => {});
      else if (method === 'UPDATE') session.update(undefined, () => {});
      else session.request(method, {}, () => {});
      stage.run();
      peer.reply(peer.requests(method).at(-1) as SipRequest, status);
      assert.deepEqual(stage.a.party.events, isOver ? ['ended dialog-gone'] : []);
      assert.equal(peer.requests('BYE').length, isOver ? 1 : 0);
      if (!isOver) session.bye();
      stage.assertNothingLeft();
    });
  }

  test('no answer at all ends the session too (§12.2.1.2); that it could not be sent does not', () => {
    const silent = new Stage();
    const { caller } = silent.connect();
    silent.b.node.vanish();
    silent.b.ua.close();
    caller.request('INFO', {}, () => {});
    silent.run(33_000);
    assert.deepEqual(silent.a.party.events, ['ended dialog-gone']);
    silent.assertNothingLeft();

    const closed = new Stage({ transport: 'tcp' });
    const call = closed.connect();
    const failures: unknown[] = [];
    closed.b.node.close();
    closed.b.ua.close();
    closed.run();
    call.caller.request('INFO', {}, (outcome) => failures.push(outcome));
    closed.run(40_000);
    assert.deepEqual(failures, ['unreachable']);
    assert.deepEqual(closed.a.party.events, []);
    call.caller.drop();
    closed.assertNothingLeft();
  });
});
