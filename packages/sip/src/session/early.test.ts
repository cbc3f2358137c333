import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ScriptedPeer, Stage, type StageOptions, sdp } from '../ua/testing.ts';

const NO_100REL = { extensions: ['timer'] };

/** A call that rings nowhere yet: what b does with it is for the test. */
function called(options: StageOptions = {}, offer: 'offer' | 'no offer' = 'offer', headers: [string, string][] = []) {
  const stage = new Stage(options);
  stage.b.onCall = () => {};
  const { party } = stage.a;
  stage.a.call(stage.b, offer === 'offer' ? { headers } : { headers, payload: undefined });
  stage.run();
  stage.take();
  return { stage, invite: stage.b.invite, a: party, b: stage.b.party };
}

describe('early media without PRACK (RFC 3261 §13.2.1)', () => {
  test('a description in an unreliable 183 is a preview: the 200 says it again', () => {
    const { stage, invite, a } = called({ a: NO_100REL });
    invite.progress(183, { payload: sdp('b') });
    stage.run();
    invite.accept();
    stage.run();
    assert.deepEqual(stage.take(), ['b>a 183 INVITE b1', 'b>a 200 INVITE b1', 'a>b ACK']);
    assert.deepEqual(a.events, ['progress 183 b1', 'answer b1']);
    a.session?.bye();
    stage.assertNothingLeft();
  });

  test('until it is reliable no other offer is possible in the early dialog', () => {
    const { stage, invite } = called({ a: NO_100REL });
    invite.progress(183, { payload: sdp('b') });
    stage.run();
    const outcomes: unknown[] = [];
    stage.a.session.update(sdp('a', 7), (outcome) => outcomes.push(outcome));
    assert.deepEqual(outcomes, ['pending']);
    invite.reject(480);
    stage.assertNothingLeft();
  });

  test('an answer that differs from the preview comes in a dialog of its own, the old one is told off (RFC 6228)', () => {
    const { stage, invite, a } = called({ a: { extensions: ['199'] } });
    invite.progress(183, { payload: sdp('b', 1) });
    stage.run();
    invite.accept({ payload: sdp('b', 2) });
    stage.run();
    assert.deepEqual(stage.take(), ['b>a 183 INVITE b1', 'b>a 199 INVITE', 'b>a 200 INVITE b2', 'a>b ACK']);
    assert.notEqual(stage.last('183').to.tag, stage.last('200').to.tag);
    assert.equal(stage.last('183').to.tag, stage.last('199').to.tag);
    assert.deepEqual(a.events, ['progress 183 b1', 'answer b2']);
    assert.equal(stage.a.ua.sessionCount, 1);
    assert.equal(stage.b.ua.sessionCount, 1);
    a.session?.bye();
    stage.run();
    assert.deepEqual(stage.b.party.events, ['ack', 'bye']);
    stage.assertNothingLeft();
  });

  test('a caller that does not know 199 is sent none', () => {
    const { stage, invite } = called({ a: NO_100REL });
    invite.progress(183, { payload: sdp('b', 1) });
    invite.accept({ payload: sdp('b', 2) });
    stage.run();
    assert.deepEqual(stage.take(), ['b>a 183 INVITE b1', 'b>a 200 INVITE b2', 'a>b ACK']);
    stage.a.party.session?.bye();
    stage.assertNothingLeft();
  });

  test('serial forking: each target that speaks has its early dialog, as its owner says', () => {
    const { stage, invite, a } = called();
    invite.progress(183, { payload: sdp('b', 1) });
    invite.anotherDialog();
    invite.progress(180);
    invite.progress(183, { payload: sdp('b', 2) });
    stage.run();
    const tags = stage.messages.flatMap(({ message }) =>
      message.kind === 'response' && message.status > 100 && message.status !== 199 ? [message.to.tag] : [],
    );
    assert.equal(new Set(tags).size, 2);
    assert.equal(tags[1], tags[2]);
    invite.accept({ payload: sdp('b', 2) });
    stage.run();
    assert.equal(stage.last('200').to.tag, tags[2]);
    assert.equal(stage.a.ua.sessionCount, 1);
    a.session?.bye();
    stage.assertNothingLeft();
  });

  test('an unreliable response never makes an offer', () => {
    const { stage, invite } = called({ a: NO_100REL }, 'no offer');
    invite.progress(183, { payload: sdp('b') });
    invite.accept({ payload: sdp('b') });
    stage.run();
    assert.deepEqual(stage.take(), ['b>a 183 INVITE', 'b>a 200 INVITE b1', 'a>b ACK a2']);
    stage.a.party.session?.bye();
    stage.assertNothingLeft();
  });
});

describe('reliable provisional responses (RFC 3262)', () => {
  test('a 183 with the answer is acknowledged by PRACK; the 200 does not say it again', () => {
    const { stage, invite, a } = called();
    invite.progress(183, { payload: sdp('b'), reliably: true });
    stage.run();
    invite.accept({ payload: sdp('b') });
    stage.run();
    assert.deepEqual(stage.take(), ['b>a 183 INVITE b1', 'a>b PRACK', 'b>a 200 PRACK', 'b>a 200 INVITE', 'a>b ACK']);
    assert.deepEqual(a.events, ['progress 183 b1', 'answer b1']);
    const response = stage.last('183');
    const rack = `${response.headers.get('RSeq')} 1 INVITE`;
    assert.equal(stage.last('PRACK').headers.get('RAck'), rack);
    assert.equal(response.headers.get('Require'), '100rel');
    a.session?.bye();
    stage.assertNothingLeft();
  });

  test('it is repeated, doubling from T1 without bound, until the PRACK comes', () => {
    const { stage, invite } = called();
    stage.network.cut('10.0.0.1', '10.0.0.2');
    invite.progress(180, { reliably: true });
    stage.run(10_000);
    const start = stage.times('180')[0] ?? 0;
    assert.deepEqual(
      stage.times('180').map((atMs) => atMs - start),
      [0, 500, 1_500, 3_500, 7_500],
    );
    stage.network.restore('10.0.0.1', '10.0.0.2');
    stage.run(20_000);
    assert.equal(stage.times('180').length, 6);
    assert.equal(stage.times('PRACK').length, 1);
    invite.reject(480);
    stage.assertNothingLeft();
  });

  test('without a PRACK for 64×T1 the INVITE is refused 504', () => {
    const { stage, invite, b } = called();
    invite.trying();
    stage.run();
    stage.network.cut('10.0.0.1', '10.0.0.2');
    invite.progress(180, { reliably: true });
    stage.run(32_000);
    assert.deepEqual(b.events, ['cancel SIP;cause=504;text="No PRACK Received"']);
    assert.equal(invite.isOver, true);
    stage.network.restore('10.0.0.1', '10.0.0.2');
    stage.run(10_000);
    assert.deepEqual(stage.a.party.events, ['failure 504']);
    stage.assertNothingLeft();
  });

  test('… but not for want of a PRACK in a dialog that was left for another', () => {
    const stage = new Stage();
    stage.b.onCall = () => {};
    const peer = new ScriptedPeer(stage);
    const common = ['From: <sip:c@10.0.0.3>;tag=c', 'Call-ID: prack-2', 'Contact: <sip:c@10.0.0.3>'];
    peer.send(
      stage.b,
      [
        'INVITE sip:b@10.0.0.2 SIP/2.0',
        'Via: SIP/2.0/UDP 10.0.0.3;branch=z9hG4bK1',
        ...common,
        'To: <sip:b@10.0.0.2>',
        'CSeq: 1 INVITE',
        'Supported: 100rel',
      ],
      sdp('c', 1),
    );
    stage.b.invite.progress(183, { payload: sdp('b', 1), reliably: true });
    stage.b.invite.anotherDialog();
    stage.b.invite.progress(180);
    stage.run(40_000);
    assert.deepEqual(stage.b.party.events, []);
    assert.equal(stage.b.invite.isOver, false);
    stage.b.invite.reject(480);
    stage.assertNothingLeft();
  });

  test('one at a time: the second waits for the PRACK of the first', () => {
    const { stage, invite } = called();
    invite.progress(180, { reliably: true });
    invite.progress(183, { payload: sdp('b'), reliably: true });
    stage.run();
    const lines = stage.take();
    assert.deepEqual(lines.slice(0, 2), ['b>a 180 INVITE', 'a>b PRACK']);
    assert.deepEqual([...lines.slice(2)].sort(), ['a>b PRACK', 'b>a 183 INVITE b1', 'b>a 200 PRACK', 'b>a 200 PRACK']);
    const [first, second] = ['180', '183'].map((line) => Number(stage.last(line).headers.get('RSeq')));
    assert.equal(second, (first ?? 0) + 1);
    invite.reject(480);
    stage.assertNothingLeft();
  });

  test('the 2xx waits for the PRACK of a description, but not for that of a bare 180', () => {
    const { stage, invite } = called();
    stage.network.cut('10.0.0.1', '10.0.0.2');
    invite.progress(183, { payload: sdp('b'), reliably: true });
    invite.accept({ payload: sdp('b') });
    stage.run(1_000);
    assert.deepEqual(stage.times('200'), []);
    stage.network.restore('10.0.0.1', '10.0.0.2');
    stage.run(1_000);
    assert.equal(stage.a.party.session?.phase, 'confirmed');
    stage.a.party.session?.bye();
    stage.assertNothingLeft();

    const bare = called();
    bare.stage.network.cut('10.0.0.1', '10.0.0.2');
    bare.invite.progress(180, { reliably: true });
    bare.invite.accept({ payload: sdp('b') });
    bare.stage.network.restore('10.0.0.1', '10.0.0.2');
    bare.stage.run(600);
    assert.equal(bare.stage.a.party.session?.phase, 'confirmed');
    assert.equal(bare.stage.times('180').length, 1);
    bare.stage.a.party.session?.bye();
    bare.stage.assertNothingLeft();
  });

  test('a caller that gives up while the 2xx waits has not been answered', () => {
    const { stage, invite, b } = called();
    stage.network.cut('10.0.0.2', '10.0.0.1');
    invite.progress(183, { payload: sdp('b'), reliably: true });
    const session = invite.accept({ payload: sdp('b') });
    invite.onCancel(invite.request);
    assert.deepEqual(b.events, ['cancel']);
    assert.equal(session.isTerminated, true);
    stage.network.restore('10.0.0.2', '10.0.0.1');
    stage.run(10_000);
    assert.deepEqual(stage.a.party.events, ['failure 487']);
    stage.assertNothingLeft();
  });

  test('the owner hangs up while the 2xx waits: the INVITE is refused', () => {
    const { stage, invite } = called();
    stage.network.cut('10.0.0.1', '10.0.0.2');
    invite.progress(183, { payload: sdp('b'), reliably: true });
    invite.accept({ payload: sdp('b') }).bye();
    stage.network.restore('10.0.0.1', '10.0.0.2');
    stage.run(10_000);
    assert.equal(stage.a.party.events.at(-1), 'failure 480');
    stage.assertNothingLeft();
  });

  test('a caller that requires 100rel gets a bare 180 reliably too, and its reminders', () => {
    const { stage, invite } = called({}, 'offer', [['Require', '100rel']]);
    invite.progress(180);
    stage.run();
    assert.deepEqual(stage.take(), ['b>a 180 INVITE', 'a>b PRACK', 'b>a 200 PRACK']);
    stage.run(60_000);
    assert.deepEqual(stage.take(), ['b>a 180 INVITE', 'a>b PRACK', 'b>a 200 PRACK']);
    invite.reject(480);
    stage.assertNothingLeft();
  });

  test('the offer of a late-offer call comes in the first reliable response, its answer in the PRACK (§5)', () => {
    const stage = new Stage();
    stage.b.onCall = () => {};
    stage.a.party.onEarlyOffer = (uac, _session, response) => uac.acknowledgeProgress(response, sdp('a', 9));
    stage.a.call(stage.b, { payload: undefined });
    stage.run();
    assert.match(stage.last('INVITE').headers.get('Supported') ?? '', /100rel/);
    // Before there is an offer to make nothing can be said reliably.
    stage.b.invite.progress(180, { reliably: true });
    stage.b.invite.progress(183, { payload: sdp('b', 5), reliably: true });
    stage.run();
    const callee = stage.b.invite.accept();
    stage.run();
    const expected = ['a>b INVITE', 'b>a 183 INVITE b5', 'a>b PRACK a9', 'b>a 200 PRACK', 'b>a 200 INVITE', 'a>b ACK'];
    assert.deepEqual(stage.take(), expected);
    assert.deepEqual(stage.b.party.events, ['early answer a9', 'ack']);
    assert.deepEqual(stage.a.party.events, ['progress 183 b5', 'answer b5']);
    callee.bye();
    stage.assertNothingLeft();
  });

  test('a caller that could not answer an early offer does not say that it takes reliable responses', () => {
    const { stage, invite } = called({}, 'no offer');
    assert.doesNotMatch(stage.last('INVITE').headers.get('Supported') ?? '', /100rel/);
    invite.reject(480);
    stage.assertNothingLeft();
  });

  test('a late-offer call that requires 100rel: a bare 180 cannot be sent, and is not', () => {
    const { stage, invite } = called({}, 'no offer', [['Require', '100rel']]);
    invite.progress(180);
    stage.run();
    assert.deepEqual(stage.take(), []);
    invite.accept({ payload: sdp('b') });
    stage.run();
    assert.deepEqual(stage.take(), ['b>a 200 INVITE b1', 'a>b ACK a2']);
    stage.a.party.session?.bye();
    stage.assertNothingLeft();
  });

  test('a PRACK with an offer is answered in its 200 (§5)', () => {
    const stage = new Stage();
    stage.b.onCall = () => {};
    const peer = new ScriptedPeer(stage);
    const branch = 'Via: SIP/2.0/UDP 10.0.0.3;branch=z9hG4bK';
    const common = ['From: <sip:c@10.0.0.3>;tag=c', 'Call-ID: prack-1', 'Contact: <sip:c@10.0.0.3>'];
    peer.send(
      stage.b,
      [
        'INVITE sip:b@10.0.0.2 SIP/2.0',
        `${branch}1`,
        ...common,
        'To: <sip:b@10.0.0.2>',
        'CSeq: 1 INVITE',
        'Supported: 100rel',
      ],
      sdp('c', 1),
    );
    stage.b.invite.progress(183, { payload: sdp('b', 1), reliably: true });
    stage.run();
    const { to, headers } = stage.last('183');
    peer.send(
      stage.b,
      [
        'PRACK sip:b@10.0.0.2 SIP/2.0',
        `${branch}2`,
        ...common,
        `To: ${to}`,
        'CSeq: 2 PRACK',
        `RAck: ${headers.get('RSeq')} 1 INVITE`,
      ],
      sdp('c', 2),
    );
    assert.deepEqual(stage.b.party.events, ['prack c2']);
    assert.deepEqual(stage.take().slice(-2), ['c>b PRACK c2', 'b>c 200 PRACK b1']);
    assert.equal(stage.b.session.descriptions.state, 'stable');
    stage.b.invite.reject(480);
    stage.assertNothingLeft();
  });

  test('a PRACK that acknowledges nothing is answered 481', () => {
    const { stage, invite } = called();
    invite.progress(180);
    stage.run();
    stage.a.session.request('PRACK', { headers: [['RAck', '1 1 INVITE']] }, () => {});
    stage.run();
    assert.equal(stage.take().at(-1), 'b>a 481 PRACK');
    invite.reject(480);
    stage.assertNothingLeft();
  });
});
