import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { attribute, directionOf } from '../../sdp/attributes.ts';
import { payloadFormats } from '../../sdp/formats.ts';
import type { Direction } from '../../sdp/model.ts';
import { parseSdp } from '../../sdp/parse.ts';
import { originOf, sessionVersion } from '../../sdp/scan.ts';
import { BARESIP_OFFER, TRUNK_OFFER } from '../../testing/offers.ts';
import { vector } from '../../testing/vectors.ts';
import { PLAIN, SDES, WEBRTC } from '../engine.ts';
import type { SdesKey, StreamEnd } from '../stream.ts';
import { type DescriptionLeg, newLeg } from './leg.ts';
import { type OfferedDescription, readAnsweredStream, readOfferedStream } from './read.ts';
import { rewriteAnswer, rewriteOffer } from './rewrite.ts';
import { answerSetup } from './security.ts';

const KEY: SdesKey = { tag: 1, suite: 'AES_CM_128_HMAC_SHA1_80', keyAndSalt: Buffer.alloc(30, 9) };
const ENDS = {
  plain: { address: '10.0.0.1', port: 30_000, rtcpPort: 30_001, security: { kind: 'plain' }, ice: undefined },
  sdes: { address: '10.0.0.1', port: 30_000, rtcpPort: 30_001, security: { kind: 'sdes', key: KEY }, ice: undefined },
  dtls: {
    address: '2001:db8::1',
    port: 40_000,
    rtcpPort: 40_000,
    security: {
      kind: 'dtls',
      fingerprints: [{ hash: 'sha-256', value: Array(32).fill('0A').join(':') }],
      setup: 'actpass',
    },
    ice: { ufrag: 'lite', password: 'aSecretOfTwentyTwoOctets' },
  },
} as const satisfies Record<string, StreamEnd>;
const PROFILES = { plain: PLAIN, sdes: SDES, dtls: WEBRTC };
type Kind = keyof typeof ENDS;

function offered(text: string): OfferedDescription {
  const read = readOfferedStream(text);
  assert.ok(read.ok, JSON.stringify(read));
  return read.offer;
}

/** Two legs and what goes over them. */
class Border {
  caller: DescriptionLeg = newLeg('1', '2001:db8::1');
  callee: DescriptionLeg = newLeg('2', '10.0.0.1');

  /** What the callee gets of the caller's offer, and the caller of the callee's answer. */
  exchange(offerText: string, answer: (offer: string) => string, towards: Kind = 'plain') {
    const offer = offered(offerText);
    const local = ENDS[towards];
    const toCallee = rewriteOffer({ offer, local, profile: PROFILES[towards], leg: this.callee });
    this.callee = toCallee.leg;
    const read = readAnsweredStream(answer(toCallee.sdp), this.callee.mediaIndex, local);
    assert.ok(read.ok, JSON.stringify(read));
    const result = rewriteAnswer({
      offer,
      answer: read.answer,
      offered: toCallee.formats,
      local: answering(offer),
      offererLeg: this.caller,
      answererLeg: this.callee,
    });
    if (result.ok) [this.caller, this.callee] = [result.offererLeg, result.answererLeg];
    return { toCallee: toCallee.sdp, result };
  }

  /** The same legs seen from the other side: who was called offers now. */
  turned(): Border {
    const border = new Border();
    [border.caller, border.callee] = [this.callee, this.caller];
    return border;
  }
}

/** Our end towards an offerer, as an engine makes it. */
function answering({ audio }: OfferedDescription): StreamEnd {
  const said = audio.end.security;
  if (said.kind !== 'dtls') return ENDS[said.kind];
  return { ...ENDS.dtls, security: { ...ENDS.dtls.security, setup: answerSetup(said.setup) } };
}

function phone(numbers: string, ...lines: string[]): string {
  const head = ['v=0', 'o=- 5 6 IN IP4 10.0.0.40', 's=-', 'c=IN IP4 10.0.0.40', 't=0 0'];
  return [...head, `m=audio 11794 RTP/AVP ${numbers}`, ...lines, ''].join('\r\n');
}

function audioIn(sdp: string) {
  const parsed = parseSdp(sdp);
  assert.ok(parsed.ok);
  const media = parsed.sdp.media.find((one) => one.media === 'audio') ?? assert.fail('no audio');
  const formats = payloadFormats(media).map(
    (format) => `${format.payloadType} ${format.encoding}/${format.clockRateHz}`,
  );
  return { media, all: parsed.sdp.media, formats, direction: directionOf(parsed.sdp, media) };
}

const PCMA_ONLY = () => phone('8');

describe('payload numbers', () => {
  const answers: readonly [string, string, string[]][] = [
    ['a static number stays', phone('8'), ['8 PCMA/8000']],
    [
      'events under another number',
      phone('8 96', 'a=rtpmap:96 telephone-event/8000'),
      ['8 PCMA/8000', '126 telephone-event/8000'],
    ],
    [
      'events at the rate of Opus',
      phone('111 97', 'a=rtpmap:111 opus/48000/2', 'a=rtpmap:97 telephone-event/48000'),
      ['111 opus/48000', '110 telephone-event/48000'],
    ],
    ['events at a rate that was not offered go', phone('0 97', 'a=rtpmap:97 telephone-event/16000'), ['0 PCMU/8000']],
    ['a codec that was not offered goes', phone('18 9'), ['9 G722/8000']],
    [
      'Opus under another number takes redundancy away',
      phone('96 63', 'a=rtpmap:96 opus/48000/2', 'a=rtpmap:63 red/48000/2', 'a=fmtp:63 96/96'),
      ['111 opus/48000'],
    ],
    [
      'redundancy stays when nothing is renumbered',
      phone('111 63', 'a=rtpmap:111 opus/48000/2', 'a=rtpmap:63 red/48000/2', 'a=fmtp:63 111/111'),
      ['111 opus/48000', '63 red/48000'],
    ],
    ['the answer decides the order', phone('0 9 8'), ['0 PCMU/8000', '9 G722/8000', '8 PCMA/8000']],
  ];
  for (const [name, answer, formats] of answers) {
    it(`answered: ${name}`, () => {
      const { result } = new Border().exchange(vector('chromium-offer'), () => answer);
      assert.ok(result.ok, JSON.stringify(result));
      assert.deepEqual(audioIn(result.sdp).formats, formats);
    });
  }

  for (const [name, answer] of [
    ['nothing of the offer', phone('18')],
    ['events alone', phone('18 101', 'a=rtpmap:101 telephone-event/8000')],
  ] as const) {
    it(`${name} is no common codec, and the message names both sides`, () => {
      const { result } = new Border().exchange(vector('firefox-offer'), () => answer);
      assert.ok(!result.ok);
      assert.equal(result.error.code, 'no-common-codec');
      assert.equal(result.error.message, 'no common codec: offered opus, G722, PCMU, PCMA, answered G729');
    });
  }

  it('RFC 3264 §8.3.2: later offers keep the numbers of the leg they go to', () => {
    const border = new Border();
    border.exchange(vector('chromium-offer'), () => phone('8 101', 'a=rtpmap:101 telephone-event/8000'));
    const back = border.turned();
    const { toCallee, result } = back.exchange(
      phone('8 110 101', 'a=rtpmap:110 speex/16000', 'a=rtpmap:101 telephone-event/8000', 'a=fmtp:101 0-15'),
      () => vector('chromium-answer').replace('9 8 0 101', '8 126').replace('rtpmap:101', 'rtpmap:126'),
      'dtls',
    );
    // 110 is telephone-event/48000 for this browser, and stays so.
    assert.deepEqual(audioIn(toCallee).formats, ['8 PCMA/8000', '96 speex/16000', '126 telephone-event/8000']);
    assert.match(toCallee, /a=fmtp:126 0-15/);
    assert.ok(result.ok);
    assert.deepEqual(audioIn(result.sdp).formats, ['8 PCMA/8000', '101 telephone-event/8000']);
  });
});

describe('streams of a running session (RFC 3264 §8)', () => {
  it('a rejected audio stream is told as such, and can come back', () => {
    const border = new Border();
    const { result } = border.exchange(vector('chromium-offer-video'), () =>
      phone('8').replace('audio 11794', 'audio 0'),
    );
    assert.ok(result.ok);
    assert.deepEqual(
      audioIn(result.sdp).all.map(({ media, port }) => [media, port]),
      [
        ['audio', 0],
        ['video', 0],
      ],
    );
    assert.deepEqual(result.agreed, []);
    assert.doesNotMatch(result.sdp, /BUNDLE/);
    const again = border.exchange(vector('chromium-offer-video'), PCMA_ONLY);
    assert.ok(again.result.ok);
    assert.notEqual(audioIn(again.result.sdp).media.port, 0);
  });

  it('video is in its place towards who offered it, and never seen by the other', () => {
    const border = new Border();
    const first = border.exchange(vector('polycom-offer'), PCMA_ONLY);
    assert.ok(first.result.ok);
    assert.deepEqual(
      audioIn(first.result.sdp).all.map(({ media, port }) => [media, port]),
      [
        ['audio', 30_000],
        ['video', 0],
      ],
    );
    assert.equal(audioIn(first.toCallee).all.length, 1);
    const back = border
      .turned()
      .exchange(PCMA_ONLY(), () => vector('polycom-offer').replace('m=video 2240', 'm=video 0'));
    assert.deepEqual(
      audioIn(back.toCallee).all.map(({ media, port }) => [media, port]),
      [
        ['audio', 30_000],
        ['video', 0],
      ],
    );
  });

  it('a stream keeps its place and its mid when the other side has it elsewhere', () => {
    const border = new Border();
    const videoFirst = vector('chromium-offer-video').replace(/(m=audio[\s\S]*)(m=video[\s\S]*)/, '$2$1');
    const { result } = border.exchange(videoFirst, PCMA_ONLY);
    assert.ok(result.ok);
    assert.deepEqual(
      audioIn(result.sdp).all.map(({ port }) => port),
      [0, 40_000],
    );
    assert.match(result.sdp, /a=group:BUNDLE 0\r\n/);
    const { toCallee } = border.turned().exchange(PCMA_ONLY(), (offer) => offer.replace('actpass', 'active'), 'dtls');
    assert.deepEqual(
      audioIn(toCallee).all.map(({ port }) => port),
      [0, 40_000],
    );
    assert.equal(attribute(audioIn(toCallee).media, 'mid'), '0');
  });

  it('o= is one session per leg, and counts what changed', () => {
    const border = new Border();
    const versions = [vector('chromium-offer'), vector('chromium-offer'), vector('chromium-offer-hold')].map(
      (offer) => {
        const { toCallee, result } = border.exchange(offer, PCMA_ONLY);
        assert.ok(result.ok);
        return [toCallee, result.sdp].map((sdp) => [originOf(sdp)?.sessionId, sessionVersion(sdp)].join('.'));
      },
    );
    // The answer to the hold is sendrecv here, as before: nothing new for the browser.
    assert.deepEqual(versions, [
      ['2.1', '1.1'],
      ['2.1', '1.1'],
      ['2.2', '1.1'],
    ]);
  });

  it('an offer that was refused can be taken back', () => {
    const border = new Border();
    border.exchange(vector('chromium-offer'), PCMA_ONLY);
    const before = border.callee;
    rewriteOffer({ offer: offered(vector('chromium-offer-hold')), local: ENDS.plain, profile: PLAIN, leg: before });
    assert.equal(sessionVersion(border.exchange(vector('chromium-offer'), PCMA_ONLY).toCallee), '1');
  });
});

describe('what is said of the stream', () => {
  const directions: readonly [Direction, Direction][] = [
    ['sendonly', 'recvonly'],
    ['recvonly', 'sendonly'],
    ['inactive', 'inactive'],
    ['sendrecv', 'sendrecv'],
  ];
  for (const [direction, answer] of directions) {
    it(`${direction} and its answer ${answer} pass`, () => {
      const offer = BARESIP_OFFER.replace('a=sendrecv', `a=${direction}`);
      const { toCallee, result } = new Border().exchange(offer, () => phone('8', `a=${answer}`));
      assert.ok(result.ok);
      assert.deepEqual([audioIn(toCallee).direction, audioIn(result.sdp).direction], [direction, answer]);
    });
  }

  it('a hold by the unspecified address becomes one by attribute', () => {
    const { toCallee } = new Border().exchange(vector('cisco-offer-hold'), PCMA_ONLY);
    assert.deepEqual([audioIn(toCallee).direction, /0\.0\.0\.0/.test(toCallee)], ['sendonly', false]);
  });

  it('bandwidth and packet times pass', () => {
    const { toCallee } = new Border().exchange(TRUNK_OFFER, () => vector('chromium-answer'), 'dtls');
    for (const line of ['b=AS:84', 'a=ptime:20', 'a=maxptime:40'])
      assert.ok(toCallee.includes(`\r\n${line}\r\n`), line);
    assert.match(new Border().exchange(vector('cisco-offer-hold'), PCMA_ONLY).toCallee, /m=.*\r\nb=TIAS:64000\r\n/);
  });

  it('SDES: one key, and RTP/SAVP', () => {
    const { toCallee, result } = new Border().exchange(
      vector('chromium-offer'),
      () => vector('baresip-offer-srtp'),
      'sdes',
    );
    assert.ok(result.ok);
    assert.match(toCallee, /m=audio 30000 RTP\/SAVP 111/);
    assert.match(toCallee, /a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:[A-Za-z0-9+/]{40}\r\n/);
  });

  it('IPv6 towards one side and IPv4 towards the other', () => {
    const { toCallee, result } = new Border().exchange(vector('chromium-offer'), PCMA_ONLY);
    assert.ok(result.ok);
    assert.match(toCallee, /c=IN IP4 10\.0\.0\.1/);
    assert.match(result.sdp, /c=IN IP6 2001:db8::1\r\n[\s\S]*a=candidate:2 1 udp \d+ 2001:db8::1 40000 typ host/);
  });

  it('ICE without rtcp-mux has a candidate for each port', () => {
    const local = { ...ENDS.dtls, rtcpPort: 40_001 };
    const { sdp } = rewriteOffer({
      offer: offered(BARESIP_OFFER),
      local,
      profile: { rtcpMux: 'offer' },
      leg: newLeg('3', '2001:db8::1'),
    });
    assert.match(sdp, /a=rtcp-mux\r\n[\s\S]* 1 udp 2130706431 \S+ 40000 [\s\S]* 2 udp 2130706430 \S+ 40001 /);
  });
});
