import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { makeResponse } from '../message/build.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { ScriptedPeer, Stage, sdp } from './testing.ts';

const VIA = 'Via: SIP/2.0/UDP 10.0.0.3;branch=z9hG4bK';

/** Lines of a request of the scripted peer to b. */
function request(method: string, branch: string, extra: readonly string[] = [], to = '<sip:b@10.0.0.2>'): string[] {
  return [
    `${method} sip:b@10.0.0.2 SIP/2.0`,
    `${VIA}${branch}`,
    'Max-Forwards: 70',
    'From: <sip:c@10.0.0.3>;tag=c',
    `To: ${to}`,
    'Call-ID: ua-1',
    `CSeq: 1 ${method}`,
    'Contact: <sip:c@10.0.0.3>',
    ...extra,
  ];
}

/** The statuses that a request of the peer's is answered with. */
function statuses(lines: readonly string[], prepare: (stage: Stage) => void = () => {}): number[] {
  const stage = new Stage();
  const peer = new ScriptedPeer(stage);
  prepare(stage);
  peer.send(stage.b, lines);
  const heard = peer.heard.messages.map((message) => (message as SipResponse).status);
  for (const invite of stage.b.invites) invite.reject(480);
  stage.run();
  stage.assertNothingLeft();
  return heard;
}

describe('what the core answers by itself (RFC 3261 §8.2, §12.2.2)', () => {
  const cases: readonly [name: string, lines: readonly string[], heard: readonly number[]][] = [
    ['a method that is not known', request('BREW', '1'), [501]],
    ['a method that is not taken', request('PUBLISH', '1'), [405]],
    ['an extension that is required and not known', request('OPTIONS', '1', ['Require: teleport']), [420]],
    ['an INVITE without Contact', request('INVITE', '1').filter((line) => !line.startsWith('Contact')), [400]],
    ['an INVITE of a dialog that is not known', request('INVITE', '1', [], '<sip:b@10.0.0.2>;tag=x'), [481]],
    ['BYE outside a dialog', request('BYE', '1'), [481]],
    ['INFO outside a dialog', request('INFO', '1'), [481]],
    ['PRACK outside a dialog', request('PRACK', '1'), [481]],
    [
      'NOTIFY of a subscription that is not known',
      request('NOTIFY', '1', ['Event: x'], '<sip:b@10.0.0.2>;tag=x'),
      [481],
    ],
    ['OPTIONS: for its owner', request('OPTIONS', '1'), [200]],
    ['REGISTER with a To tag: for its owner', request('REGISTER', '1', [], '<sip:b@10.0.0.2>;tag=x'), [405]],
    ['a header line that is none', [...request('OPTIONS', '1'), 'What is this'], [400]],
  ];
  for (const [name, lines, heard] of cases) test(`${name}: ${heard}`, () => assert.deepEqual(statuses(lines), heard));

  test('405 names what is taken', () => {
    const stage = new Stage();
    stage.b.onOther = (transaction) => stage.b.ua.respond(transaction, 405);
    const peer = new ScriptedPeer(stage);
    peer.send(stage.b, request('OPTIONS', '1'));
    assert.match(peer.heard.messages[0]?.headers.get('Allow') ?? '', /INVITE, ACK, CANCEL, BYE/);
    stage.assertNothingLeft();
  });

  test('an ACK that belongs nowhere is dropped', () => {
    assert.deepEqual(statuses(request('ACK', '1', [], '<sip:b@10.0.0.2>;tag=x')), []);
  });

  test('what is screened out leaves nothing behind', () => {
    const stage = new Stage();
    stage.b.ua.screen = (refused) => makeResponse(refused, 503, { toTag: 'x', headers: [['Retry-After', '5']] });
    const peer = new ScriptedPeer(stage);
    peer.send(stage.b, request('INVITE', '1'));
    assert.deepEqual(stage.b.ua.layer.counts, { clients: 0, servers: 0 });
    assert.equal(stage.clock.pending, 0);
    assert.equal((peer.heard.messages[0] as SipResponse).status, 503);
  });
});

describe('a request that comes twice by two ways (RFC 3261 §8.2.2.2)', () => {
  test('the second is told 482, while the first waits and when it was accepted', () => {
    const stage = new Stage();
    const peer = new ScriptedPeer(stage);
    peer.send(stage.b, request('INVITE', '1'), sdp('c'));
    peer.send(stage.b, request('INVITE', '2'), sdp('c'));
    stage.b.answer();
    stage.run();
    peer.send(stage.b, request('INVITE', '3'), sdp('c'));
    assert.equal(stage.b.invites.length, 1);
    assert.deepEqual(
      peer.heard.messages.map((message) => (message as SipResponse).status),
      [180, 482, 200, 482],
    );
    stage.b.session.drop();
    stage.assertNothingLeft();
  });

  test('after a refusal the same request is a new attempt (RFC 3263 §4.3)', () => {
    const stage = new Stage();
    const peer = new ScriptedPeer(stage);
    stage.b.onCall = (invite) => invite.reject(503);
    peer.send(stage.b, request('INVITE', '1'), sdp('c'));
    peer.send(stage.b, request('INVITE', '2'), sdp('c'));
    assert.equal(stage.b.invites.length, 2);
    stage.assertNothingLeft();
  });

  test('OPTIONS and REGISTER change nothing: each is answered', () => {
    const stage = new Stage();
    const peer = new ScriptedPeer(stage);
    peer.send(stage.b, request('OPTIONS', '1'));
    peer.send(stage.b, request('OPTIONS', '2'));
    assert.equal(stage.b.requests.length, 2);
    stage.assertNothingLeft();
  });
});

describe('addresses', () => {
  test('our Contact names transport and scheme as the way asks', () => {
    const { a } = new Stage();
    const contact = (transport: 'udp' | 'tcp' | 'tls' | 'wss', isSecure?: boolean) =>
      a.ua.contactFor({ transport, address: '10.0.0.2', port: 5060 }, 'anna', isSecure);
    assert.equal(contact('udp'), '<sip:anna@10.0.0.1:5060>');
    assert.equal(contact('tcp'), '<sip:anna@10.0.0.1:5060;transport=tcp>');
    assert.equal(contact('tls'), '<sip:anna@10.0.0.1:5060;transport=tls>');
    assert.equal(contact('tls', true), '<sips:anna@10.0.0.1:5060>');
    assert.equal(contact('wss', true), '<sips:anna@10.0.0.1:5060;transport=wss>');
    assert.equal(a.ua.contactFor({ transport: 'udp', address: '10.0.0.2', port: 5060 }, ''), '<sip:10.0.0.1:5060>');
  });

  test('a call to a SIPS URI: both Contacts are SIPS, and every request goes by TLS (RFC 3261 §12.1)', () => {
    const stage = new Stage({ transport: 'tls' });
    const transports = new Set<string>();
    const { tap } = stage.network;
    stage.network.tap = (sent) => {
      transports.add(sent.transport);
      tap?.(sent);
    };
    stage.a.call(stage.b, { uriText: 'sips:b@10.0.0.2:5060' });
    stage.run();
    stage.b.answer();
    stage.run();
    assert.match(stage.last('INVITE').contact?.uriText ?? '', /^sips:a@/);
    assert.match(stage.last('200 INVITE').contact?.uriText ?? '', /^sips:b@/);
    stage.b.session.bye();
    stage.run();
    assert.deepEqual([...transports], ['tls']);
    assert.equal(stage.a.party.events.at(-1), 'bye');
    stage.assertNothingLeft();
  });

  test('a peer whose connection is gone is answered by the one it opens next', () => {
    const stage = new Stage({ transport: 'tcp' });
    const { caller, callee } = stage.connect();
    (callee.live.hop as unknown as { close(): void }).close();
    stage.run();
    caller.request('INFO', {}, () => {});
    stage.run();
    const before = stage.take().length;
    callee.request('INFO', {}, () => {});
    stage.run();
    assert.deepEqual([before, stage.take()], [2, ['b>a INFO', 'a>b 200 INFO']]);
    caller.bye();
    stage.assertNothingLeft();
  });
});

describe('long requests (RFC 3261 §18.1.1)', () => {
  const long = [['Subject', 'x'.repeat(1_300)]] as const;

  test('go by TCP first; the Via says so', () => {
    const stage = new Stage();
    stage.a.call(stage.b, { headers: long });
    stage.run();
    assert.match(stage.last('INVITE').headers.get('Via') ?? '', /^SIP\/2\.0\/TCP /);
    assert.deepEqual(stage.a.party.events, ['progress 180']);
    stage.b.invite.reject(480);
    stage.assertNothingLeft();
  });

  test('to a peer without TCP they go as a datagram after all', () => {
    const stage = new Stage();
    const peer = new ScriptedPeer(stage);
    stage.a.call(peer, { headers: long });
    stage.run();
    const invite = peer.requests('INVITE')[0] as SipRequest;
    assert.match(invite.headers.get('Via') ?? '', /^SIP\/2\.0\/UDP /);
    peer.reply(invite, 486);
    assert.deepEqual(stage.a.party.events, ['failure 486']);
    stage.assertNothingLeft();
  });
});

describe('several targets (RFC 3263 §4.3)', () => {
  test('the next is tried when one answers 503 or not at all; who failed is reported with its Retry-After', () => {
    const stage = new Stage();
    const peer = new ScriptedPeer(stage);
    const failed: [port: number, retryAfterSec: number | undefined][] = [];
    stage.a.call(stage.b, {
      hops: [peer.target, { ...stage.b.target, port: 5099 }, stage.b.target],
      onHopFailed: (hop, retryAfterSec) => failed.push([(hop as { port: number }).port, retryAfterSec]),
    });
    stage.run();
    peer.reply(peer.requests('INVITE')[0] as SipRequest, 503, { headers: ['Retry-After: 40 (maintenance)'] });
    stage.run(32_100);
    assert.deepEqual(stage.a.party.events, ['progress 180']);
    assert.deepEqual(failed, [
      [5060, 40],
      [5099, undefined],
    ]);
    stage.b.invite.reject(480);
    stage.assertNothingLeft();
  });

  test('the last 503 is the answer', () => {
    const stage = new Stage();
    stage.b.onCall = (invite) => invite.reject(503);
    stage.a.call(stage.b);
    stage.run();
    assert.deepEqual(stage.a.party.events, ['failure 503']);
    stage.assertNothingLeft();
  });

  test('no target at all', () => {
    const stage = new Stage();
    stage.a.call(stage.b, { hops: [] });
    assert.deepEqual(stage.a.party.events, ['failure unresolvable']);
    stage.assertNothingLeft();
  });
});
