import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Recorder } from '../transport/testing.ts';
import { ScriptedPeer, Stage, sdp } from '../ua/testing.ts';

const COMMON = ['From: <sip:c@10.0.0.3>;tag=c', 'Call-ID: live-1', 'Contact: <sip:c@192.168.1.5>'];

/** A call that b has answered to somebody behind address translation. */
function translated() {
  const stage = new Stage();
  const peer = new ScriptedPeer(stage);
  stage.b.onCall = () => {};
  const invite = [
    'INVITE sip:b@10.0.0.2 SIP/2.0',
    'Via: SIP/2.0/UDP 192.168.1.5:5060;branch=z9hG4bK1;rport',
    ...COMMON,
  ];
  peer.send(stage.b, [...invite, 'To: <sip:b@10.0.0.2>', 'CSeq: 1 INVITE'], sdp('c'));
  stage.b.answer();
  stage.run();
  const to = `To: ${stage.last('200 INVITE').headers.get('To')}`;
  const request = (method: string, sequence: number) => [
    `${method} sip:b@10.0.0.2 SIP/2.0`,
    `Via: SIP/2.0/UDP 192.168.1.5:5060;branch=z9hG4bK${method}${sequence};rport`,
    ...COMMON,
    to,
    `CSeq: ${sequence} ${method}`,
  ];
  peer.send(stage.b, request('ACK', 1));
  stage.clear();
  return { stage, peer, request };
}

describe('the way to a peer', () => {
  test('behind address translation: where it speaks from, whatever its Contact says', () => {
    const { stage, peer } = translated();
    stage.b.session.request('INFO', {}, () => {});
    stage.run();
    assert.deepEqual(stage.take(), ['b>c INFO']);
    assert.equal(peer.requests('INFO')[0]?.uriText, 'sip:c@192.168.1.5');
    stage.b.session.drop();
    stage.assertNothingLeft();
  });

  test('… and where it speaks from next, when the translation has changed', () => {
    const { stage, request } = translated();
    const elsewhere = new Recorder();
    const node = stage.network.attach('10.0.0.4', 7_777, elsewhere, ['udp']);
    const head = `${request('INFO', 2).join('\r\n')}\r\nContent-Length: 0\r\n\r\n`;
    stage.network.tap = undefined;
    node.send(Buffer.from(head), stage.b.target, () => {});
    stage.run();
    stage.b.session.request('INFO', {}, () => {});
    stage.run();
    assert.deepEqual(
      elsewhere.messages.map((message) => (message.kind === 'request' ? message.method : message.status)),
      [200, 'INFO'],
    );
    stage.b.session.drop();
    stage.assertNothingLeft();
  });
});

describe('several usages in one dialog (RFC 5057)', () => {
  test('a BYE finds no session any more, only the subscription of a REFER: 200', () => {
    const { stage, peer, request } = translated();
    stage.b.party.hooks.onRequest = (session, refer) => session.acceptRefer(refer).notify(100, 'Trying');
    peer.send(stage.b, [...request('REFER', 2), 'Refer-To: <sip:a@10.0.0.1>']);
    stage.b.session.bye();
    stage.run();
    stage.take();
    peer.send(stage.b, request('BYE', 3));
    peer.send(stage.b, request('INFO', 4));
    assert.deepEqual(stage.take(), ['c>b BYE', 'b>c 200 BYE', 'c>b INFO', 'b>c 481 INFO']);
    stage.assertNothingLeft();
  });
});
