import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DigestClient } from '../digest/client.ts';
import type { SipRequest } from '../message/message.ts';
import { SeededRandom } from '../time/random.ts';
import { ScriptedPeer, Stage, sdp } from './testing.ts';

const CHALLENGE = 'Proxy-Authenticate: Digest realm="pbx", nonce="n1", qop="auth", algorithm=SHA-256';

function withAccount() {
  const account = { username: 'anna', password: 'secret' };
  return new DigestClient(() => account, new SeededRandom(3));
}

/** Answers the last request of a method that the peer heard. */
function reply(peer: ScriptedPeer, method: string, status: number, headers: readonly string[] = []): void {
  peer.reply(peer.requests(method).at(-1) as SipRequest, status, { headers });
}

describe('a challenge (RFC 3261 §22)', () => {
  test('is answered with the next number and a new branch; the ACK carries the same credentials', () => {
    const stage = new Stage();
    const peer = new ScriptedPeer(stage);
    stage.a.call(peer, { authenticator: withAccount() });
    stage.run();
    reply(peer, 'INVITE', 407, [CHALLENGE]);
    const [first, second] = peer.requests('INVITE') as [SipRequest, SipRequest];
    assert.equal(first.headers.has('Proxy-Authorization'), false);
    assert.match(second.headers.get('Proxy-Authorization') ?? '', /username="anna".*nc=00000001/);
    assert.equal(second.cseq.sequence, 2);
    assert.notEqual(second.via.branch, first.via.branch);
    assert.equal(second.callId, first.callId);
    assert.equal(second.from.tag, first.from.tag);
    peer.reply(second, 200, { body: sdp('c') });
    const ack = peer.requests('ACK').at(-1);
    assert.equal(ack?.headers.get('Proxy-Authorization'), second.headers.get('Proxy-Authorization'));
    assert.equal(ack?.cseq.sequence, 2);
    stage.a.session.drop();
    stage.assertNothingLeft();
  });

  test('a password that is refused is not tried for ever', () => {
    const stage = new Stage();
    const peer = new ScriptedPeer(stage);
    stage.a.call(peer, { authenticator: withAccount() });
    stage.run();
    for (let i = 0; i < 4; i++) reply(peer, 'INVITE', 407, [CHALLENGE]);
    assert.equal(peer.requests('INVITE').length, 2);
    assert.deepEqual(stage.a.party.events, ['failure 407']);
    stage.assertNothingLeft();
  });

  test('nonces that are stale time and again: given up after the second', () => {
    const stage = new Stage();
    const peer = new ScriptedPeer(stage);
    stage.a.call(peer, { authenticator: withAccount() });
    stage.run();
    for (let i = 0; i < 4; i++) reply(peer, 'INVITE', 407, [`${CHALLENGE.replace('n1', `n${i}`)}, stale=true`]);
    assert.equal(peer.requests('INVITE').length, 3);
    assert.deepEqual(stage.a.party.events, ['failure 407']);
    stage.assertNothingLeft();
  });

  test('after a 422 a challenge counts anew', () => {
    const stage = new Stage();
    const peer = new ScriptedPeer(stage);
    stage.a.call(peer, { authenticator: withAccount() });
    stage.run();
    const stale = (nonce: string) => [`${CHALLENGE.replace('n1', nonce)}, stale=true`];
    reply(peer, 'INVITE', 407, stale('x1'));
    reply(peer, 'INVITE', 407, stale('x2'));
    reply(peer, 'INVITE', 422, ['Min-SE: 3600']);
    reply(peer, 'INVITE', 407, stale('x3'));
    assert.equal(peer.requests('INVITE').length, 5);
    assert.deepEqual(stage.a.party.events, []);
    reply(peer, 'INVITE', 486);
    stage.assertNothingLeft();
  });

  test('without an account it is the answer', () => {
    const stage = new Stage();
    const peer = new ScriptedPeer(stage);
    stage.a.call(peer);
    stage.run();
    reply(peer, 'INVITE', 407, [CHALLENGE]);
    assert.deepEqual(stage.a.party.events, ['failure 407']);
    stage.assertNothingLeft();
  });

  test('of a BYE is answered too, though its session is over', () => {
    const stage = new Stage();
    const peer = new ScriptedPeer(stage);
    stage.a.call(peer, { authenticator: withAccount() });
    stage.run();
    peer.reply(peer.requests('INVITE')[0] as SipRequest, 200, { body: sdp('c') });
    stage.a.session.bye();
    stage.run();
    reply(peer, 'BYE', 407, [CHALLENGE]);
    assert.match(peer.requests('BYE').at(-1)?.headers.get('Proxy-Authorization') ?? '', /anna/);
    reply(peer, 'BYE', 200);
    stage.assertNothingLeft();
  });
});

test('a call that was taken back is not tried at the next target', () => {
  const stage = new Stage({ transport: 'tcp' });
  const nowhere = { transport: 'tcp', address: '10.0.0.8', port: 5060 } as const;
  const call = stage.a.call(stage.b, { hops: [nowhere, stage.b.target] });
  call.cancel();
  stage.run(1_000);
  assert.deepEqual(stage.take(), []);
  assert.deepEqual(stage.a.party.events, ['failure unreachable']);
  stage.assertNothingLeft();
});
