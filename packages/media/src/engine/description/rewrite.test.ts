import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BARESIP_OFFER, CHROMIUM_OFFER, FIREFOX_OFFER, sdpLines } from '../../testing/offers.ts';
import { PLAIN, WEBRTC } from '../engine.ts';
import type { StreamEnd } from '../stream.ts';
import { payloadNumbers } from './formats.ts';
import { newLeg } from './leg.ts';
import { type AnsweredDescription, type OfferedDescription, readAnsweredStream, readOfferedStream } from './read.ts';
import { rewriteAnswer, rewriteOffer } from './rewrite.ts';

const FINGERPRINT = { hash: 'sha-256', value: Array(32).fill('0A').join(':') };
const ICE = { ufrag: 'lite', password: 'aSecretOfTwentyTwoOctets' };

/** Our end on the public side. */
function web(setup: 'active' | 'passive' | 'actpass', port = 40_000): StreamEnd {
  const security = { kind: 'dtls', fingerprints: [FINGERPRINT], setup } as const;
  return { address: '203.0.113.1', port, rtcpPort: port, security, ice: ICE };
}

/** Our end on the private side. */
function inside(port = 30_000): StreamEnd {
  return { address: '10.0.0.1', port, rtcpPort: port + 1, security: { kind: 'plain' }, ice: undefined };
}

function offerOf(text: string): OfferedDescription {
  const read = readOfferedStream(text);
  assert.ok(read.ok, JSON.stringify(read));
  return read.offer;
}

function answerOf(text: string, local: StreamEnd): AnsweredDescription {
  const read = readAnsweredStream(text, 0, local);
  assert.ok(read.ok, JSON.stringify(read));
  return read.answer;
}

function lines(sdp: string): string[] {
  return sdp.trimEnd().split('\r\n');
}

/** What a phone answers to a browser. */
const PHONE_ANSWER = sdpLines(`
v=0
o=- 5 6 IN IP4 10.0.0.40
s=SDP data
c=IN IP4 10.0.0.40
t=0 0
m=audio 11794 RTP/AVP 8 101
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
a=ptime:20
a=sendrecv
`);

describe('a browser calls a phone', () => {
  const offer = offerOf(CHROMIUM_OFFER);
  const toPhone = rewriteOffer({ offer, local: inside(), profile: PLAIN, leg: newLeg('11', '10.0.0.1') });

  it('the phone gets one plain audio stream, with nothing of the browser but its codecs', () => {
    assert.deepEqual(lines(toPhone.sdp), [
      'v=0',
      'o=- 11 1 IN IP4 10.0.0.1',
      's=-',
      'c=IN IP4 10.0.0.1',
      't=0 0',
      'm=audio 30000 RTP/AVP 111 63 9 0 8 13 110 126',
      'a=rtpmap:111 opus/48000/2',
      'a=fmtp:111 minptime=10;useinbandfec=1',
      'a=rtpmap:63 red/48000/2',
      'a=fmtp:63 111/111',
      'a=rtpmap:9 G722/8000',
      'a=rtpmap:0 PCMU/8000',
      'a=rtpmap:8 PCMA/8000',
      'a=rtpmap:13 CN/8000',
      'a=rtpmap:110 telephone-event/48000',
      'a=rtpmap:126 telephone-event/8000',
      'a=sendrecv',
    ]);
  });

  const answer = answerOf(PHONE_ANSWER, inside());
  const toBrowser = rewriteAnswer({
    offer,
    answer,
    offered: toPhone.formats,
    local: web('active'),
    offererLeg: newLeg('12', '203.0.113.1'),
    answererLeg: toPhone.leg,
  });

  it('the browser gets its own numbers, its BUNDLE group, and video rejected in its place', () => {
    assert.ok(toBrowser.ok);
    assert.deepEqual(lines(toBrowser.sdp), [
      'v=0',
      'o=- 12 1 IN IP4 203.0.113.1',
      's=-',
      'c=IN IP4 203.0.113.1',
      't=0 0',
      'a=group:BUNDLE 0',
      'a=ice-lite',
      'm=audio 40000 UDP/TLS/RTP/SAVPF 8 126',
      'a=rtpmap:8 PCMA/8000',
      'a=rtpmap:126 telephone-event/8000',
      'a=fmtp:126 0-15',
      'a=ptime:20',
      'a=sendrecv',
      'a=mid:0',
      'a=rtcp-mux',
      `a=fingerprint:sha-256 ${FINGERPRINT.value}`,
      'a=setup:active',
      'a=ice-ufrag:lite',
      'a=ice-pwd:aSecretOfTwentyTwoOctets',
      'a=candidate:1 1 udp 2130706431 203.0.113.1 40000 typ host',
      'a=end-of-candidates',
      'm=video 0 UDP/TLS/RTP/SAVPF 96 97',
      'a=mid:1',
    ]);
  });

  it('the relay changes the number of telephone-event in both directions', () => {
    assert.ok(toBrowser.ok);
    assert.deepEqual(payloadNumbers(toBrowser.agreed, toPhone.formats), {
      towardsAnswerer: [
        [8, 8],
        [126, 101],
      ],
      towardsOfferer: [
        [8, 8],
        [126, 126],
        [101, 126],
      ],
    });
  });
});

describe('a phone calls a browser', () => {
  const offer = offerOf(BARESIP_OFFER);
  const leg = newLeg('21', '203.0.113.1');
  const toBrowser = rewriteOffer({ offer, local: web('actpass'), profile: WEBRTC, leg });

  it('the browser gets BUNDLE, mid, rtcp-mux, ICE-lite and DTLS', () => {
    assert.deepEqual(lines(toBrowser.sdp).slice(5, 8), [
      'a=group:BUNDLE 0',
      'a=ice-lite',
      'm=audio 40000 UDP/TLS/RTP/SAVPF 9 0 8 101',
    ]);
    for (const line of ['a=mid:0', 'a=rtcp-mux', 'a=setup:actpass'])
      assert.ok(lines(toBrowser.sdp).includes(line), line);
  });

  it('RFC 3264 §8: the same again is the same version, a hold is the next', () => {
    const again = rewriteOffer({ offer, local: web('actpass'), profile: WEBRTC, leg: toBrowser.leg });
    assert.equal(again.sdp, toBrowser.sdp);
    const held = offerOf(BARESIP_OFFER.replace('a=sendrecv', 'a=sendonly'));
    const hold = rewriteOffer({ offer: held, local: web('actpass'), profile: WEBRTC, leg: again.leg });
    assert.equal(hold.sdp, toBrowser.sdp.replace('o=- 21 1 ', 'o=- 21 2 ').replace('a=sendrecv', 'a=sendonly'));
  });

  it('the answer names codecs of both, under the numbers of the phone', () => {
    const text = FIREFOX_OFFER.replace('109 9 0 8 101', '0 126')
      .replace('a=rtpmap:101 ', 'a=rtpmap:126 ')
      .replace('setup:actpass', 'setup:active');
    const answer = answerOf(text, web('actpass'));
    const result = rewriteAnswer({
      offer,
      answer,
      offered: toBrowser.formats,
      local: inside(),
      offererLeg: newLeg('22', '10.0.0.1'),
      answererLeg: toBrowser.leg,
    });
    assert.ok(result.ok);
    assert.deepEqual(lines(result.sdp), [
      'v=0',
      'o=- 22 1 IN IP4 10.0.0.1',
      's=-',
      'c=IN IP4 10.0.0.1',
      't=0 0',
      'm=audio 30000 RTP/AVP 0 101',
      'a=rtpmap:0 PCMU/8000',
      'a=rtpmap:101 telephone-event/8000',
      'a=sendrecv',
    ]);
  });
});
