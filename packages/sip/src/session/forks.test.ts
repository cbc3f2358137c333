import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SipRequest } from '../message/message.ts';
import { ScriptedPeer, Stage, sdp } from '../ua/testing.ts';

function calling(options: Parameters<Stage['a']['call']>[1] = {}) {
  const stage = new Stage();
  const peer = new ScriptedPeer(stage);
  const invite = stage.a.call(peer, options);
  stage.run();
  return { stage, peer, invite, request: peer.requests('INVITE')[0] as SipRequest };
}

/** Answers every BYE that the peer hears. */
function answerByes({ stage, peer }: { stage: Stage; peer: ScriptedPeer }): void {
  peer.heard.answer = (message) => {
    if (message.kind !== 'request' || message.method !== 'BYE') return;
    stage.clock.startTimer(0, { onTimer: () => peer.reply(message, 200) }, '');
  };
}

describe('responses of several forks (RFC 3261 §13.2.2.4)', () => {
  test('each provisional response with another tag makes an early dialog, the first 2xx ends the others', () => {
    const scene = calling();
    const { stage, peer, request } = scene;
    answerByes(scene);
    peer.reply(request, 180, { tag: 'one' });
    peer.reply(request, 183, { tag: 'two', body: sdp('two') });
    assert.equal(stage.a.ua.sessionCount, 2);
    peer.reply(request, 200, { tag: 'one', body: sdp('one') });
    assert.equal(stage.a.ua.sessionCount, 1);
    assert.deepEqual(stage.a.party.events, ['progress 180', 'progress 183 two1', 'answer one1']);
    assert.equal(stage.a.session.dialog.remoteTag, 'one');
    stage.a.session.bye();
    stage.assertNothingLeft();
  });

  test('a second 2xx is acknowledged and hung up, whether its dialog was known or not', () => {
    for (const isKnown of [true, false]) {
      const scene = calling();
      const { stage, peer, request } = scene;
      answerByes(scene);
      if (isKnown) peer.reply(request, 180, { tag: 'two' });
      peer.reply(request, 200, { tag: 'one', body: sdp('one') });
      stage.take();
      peer.reply(request, 200, { tag: 'two', body: sdp('two') });
      stage.run();
      assert.deepEqual(stage.take(), ['c>a 200 INVITE two1', 'a>c ACK', 'a>c BYE', 'c>a 200 BYE'], `known: ${isKnown}`);
      assert.equal(stage.last('BYE').to.tag, 'two');
      assert.equal(stage.last('ACK').to.tag, 'two');
      assert.match(stage.last('BYE').headers.get('Reason') ?? '', /cause=200/);
      // It comes again: the ACK too, and nothing else.
      peer.reply(request, 200, { tag: 'two', body: sdp('two') });
      assert.deepEqual(stage.take(), ['c>a 200 INVITE two1', 'a>c ACK']);
      assert.equal(stage.a.session.dialog.remoteTag, 'one');
      stage.a.session.bye();
      stage.assertNothingLeft();
    }
  });

  test('the 2xx of the call comes again: the same ACK goes out again', () => {
    const scene = calling();
    const { stage, peer, request } = scene;
    answerByes(scene);
    peer.reply(request, 200, { body: sdp('c') });
    peer.reply(request, 200, { body: sdp('c') });
    const [first, second] = peer.requests('ACK');
    assert.deepEqual(first?.headers, second?.headers);
    assert.equal(stage.a.party.events.filter((event) => event.startsWith('answer')).length, 1);
    stage.a.session.bye();
    stage.run();
    // Also after the call is over.
    peer.reply(request, 200, { body: sdp('c') });
    assert.equal(peer.requests('ACK').length, 3);
    stage.assertNothingLeft();
  });

  test('an unwanted 2xx with an offer: every stream is refused in the ACK, then BYE', () => {
    const scene = calling({ payload: undefined });
    const { stage, peer, invite, request } = scene;
    answerByes(scene);
    peer.reply(request, 180);
    invite.cancel();
    stage.run();
    peer.reply(request, 200, { body: sdp('c') });
    const ack = peer.requests('ACK')[0] as SipRequest;
    assert.match(ack.body.toString(), /^m=audio 0 RTP\/AVP 8\r$/m);
    assert.equal(peer.requests('BYE').length, 1);
    assert.deepEqual(stage.a.party.events, ['progress 180', 'failure cancelled']);
    stage.assertNothingLeft();
  });

  test('199 ends an early dialog (RFC 6228); its owner is not told', () => {
    const { stage, peer, request } = calling();
    peer.reply(request, 180, { tag: 'one' });
    peer.reply(request, 180, { tag: 'two' });
    peer.reply(request, 199, { tag: 'one' });
    assert.equal(stage.a.ua.sessionCount, 1);
    assert.deepEqual(stage.a.party.events, ['progress 180', 'progress 180']);
    peer.reply(request, 486, { tag: 'two' });
    stage.assertNothingLeft();
  });
});

describe('the dialog of a 2xx', () => {
  test('its Record-Route takes the place of the early one, and its Contact is the new target', () => {
    const scene = calling();
    const { stage, peer, request } = scene;
    answerByes(scene);
    const early = ['Record-Route: <sip:10.0.0.3:5060;lr>', 'Contact: <sip:early@10.0.0.3>'];
    peer.reply(request, 183, { headers: early });
    const routes = ['Record-Route: <sip:10.0.0.3:5060;lr;hop=2>, <sip:10.0.0.3:5060;lr;hop=1>'];
    peer.reply(request, 200, { headers: [...routes, 'Contact: <sip:late@10.0.0.3:5070>'], body: sdp('c') });
    const ack = peer.requests('ACK')[0] as SipRequest;
    assert.equal(ack.uriText, 'sip:late@10.0.0.3:5070');
    assert.deepEqual(ack.headers.list('Route'), ['<sip:10.0.0.3:5060;lr;hop=1>', '<sip:10.0.0.3:5060;lr;hop=2>']);
    stage.a.session.bye();
    stage.run();
    const bye = peer.requests('BYE')[0] as SipRequest;
    assert.deepEqual(bye.headers.list('Route'), ack.headers.list('Route'));
    assert.equal(bye.cseq.sequence, 2);
    stage.assertNothingLeft();
  });

  test('the ACK carries the credentials of the INVITE (§22.1)', () => {
    const stage = new Stage();
    const peer = new ScriptedPeer(stage);
    answerByes({ stage, peer });
    stage.a.call(peer, { headers: [['Authorization', 'Digest username="a"']] });
    stage.run();
    peer.reply(peer.requests('INVITE')[0] as SipRequest, 200, { body: sdp('c') });
    assert.equal(peer.requests('ACK')[0]?.headers.get('Authorization'), 'Digest username="a"');
    stage.a.session.bye();
    stage.assertNothingLeft();
  });
});

describe('reliable provisional responses, the caller (RFC 3262 §4)', () => {
  test('acknowledged once, in order; repetitions and gaps are not looked at', () => {
    const { stage, peer, request } = calling();
    const reliable = (number: number) => ['Require: 100rel', `RSeq: ${number}`];
    peer.reply(request, 180, { headers: reliable(10) });
    peer.reply(request, 180, { headers: reliable(10) });
    peer.reply(request, 183, { headers: reliable(12), body: sdp('c', 9) });
    peer.reply(request, 183, { headers: reliable(11), body: sdp('c', 1) });
    const racks = peer.requests('PRACK').map((prack) => prack.headers.get('RAck'));
    assert.deepEqual([...new Set(racks)], ['10 1 INVITE', '11 1 INVITE']);
    assert.deepEqual(stage.a.party.events, ['progress 180', 'progress 183 c1']);
    peer.reply(request, 486);
    stage.assertNothingLeft();
  });

  test('each fork counts for itself', () => {
    const { stage, peer, request } = calling();
    peer.reply(request, 180, { tag: 'one', headers: ['Require: 100rel', 'RSeq: 5'] });
    peer.reply(request, 180, { tag: 'two', headers: ['Require: 100rel', 'RSeq: 900'] });
    assert.equal(stage.a.party.events.length, 2);
    assert.deepEqual(
      peer.requests('PRACK').map((prack) => [prack.to.tag, prack.headers.get('RAck')]),
      [
        ['one', '5 1 INVITE'],
        ['two', '900 1 INVITE'],
      ],
    );
    peer.reply(request, 486);
    stage.assertNothingLeft();
  });

  test('after a reliable answer a description in the 2xx says nothing new (RFC 3261 §13.2.1)', () => {
    const scene = calling();
    const { stage, peer, request } = scene;
    peer.reply(request, 183, { headers: ['Require: 100rel', 'RSeq: 1'], body: sdp('c', 1) });
    peer.reply(request, 200, { body: sdp('c', 2) });
    assert.match(stage.a.session.remotePayload?.bytes.toString() ?? '', /^o=c 1 1 /m);
    answerByes(scene);
    stage.a.session.bye();
    stage.assertNothingLeft();
  });
});
