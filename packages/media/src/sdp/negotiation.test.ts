import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mutate } from '../testing/mutate.ts';
import * as offers from '../testing/offers.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { answer, readOffer } from './answer.ts';
import { attribute, attributes, directionOf } from './attributes.ts';
import { buildOffer, type LocalSide } from './build.ts';
import { payloadFormats } from './formats.ts';
import type { Direction, SessionDescription } from './model.ts';
import {
  type AudioCapability,
  acceptAnswer,
  answerDirection,
  type NegotiatedAudio,
  type NegotiationErrorCode,
} from './negotiation.ts';
import { parseSdp } from './parse.ts';
import { printSdp } from './print.ts';

const CAPABILITY: AudioCapability = {
  codecs: ['G722', 'PCMA', 'PCMU'],
  telephoneEvents: true,
  direction: 'sendrecv',
  families: ['IP4'],
};
const LOCAL: LocalSide = {
  username: 'unisono',
  sessionId: '42',
  sessionVersion: '1',
  address: '192.0.2.200',
  port: 40_000,
  ptimeMs: 20,
};

function answered(offer: string, capability: Partial<AudioCapability> = {}) {
  const result = answer(offer, { ...CAPABILITY, ...capability }, LOCAL);
  assert.ok(result.ok, JSON.stringify(result));
  return result;
}

function describeAudio(audio: NegotiatedAudio) {
  const [{ codec, sendPayloadType }] = audio.formats;
  return [audio.mediaIndex, codec, sendPayloadType, audio.events?.send ?? null, audio.wantedPtimeMs];
}

describe('answers to offers of phones', () => {
  const phones: readonly [string, string, ReturnType<typeof describeAudio>, string][] = [
    ['baresip', offers.BARESIP_OFFER, [0, 'G722', 9, 101, 20], '192.0.2.17:41020'],
    ['linphone', offers.LINPHONE_OFFER, [0, 'PCMU', 0, 100, undefined], '198.51.100.4:7078'],
    ['Yealink', offers.YEALINK_OFFER, [0, 'G722', 9, 101, 20], '192.168.1.40:11794'],
    ['Snom', offers.SNOM_OFFER, [0, 'G722', 9, 101, 20], '10.20.30.41:58024'],
    ['SRTP or RTP', offers.SRTP_OR_RTP_OFFER, [1, 'PCMA', 8, 101, 30], '10.20.30.42:20002'],
    ['a trunk', offers.TRUNK_OFFER, [0, 'PCMA', 8, 96, 20], '203.0.113.80:27942'],
    ['RFC 8866 §5', offers.RFC_8866_EXAMPLE, [0, 'PCMU', 0, null, undefined], '198.51.100.1:49170'],
  ];
  for (const [name, offer, audio, target] of phones) {
    it(name, () => {
      const result = answered(offer);
      assert.deepEqual(describeAudio(result.audio), audio);
      assert.equal(`${result.audio.remote?.address}:${result.audio.remote?.port}`, target);
    });
  }

  it('IPv6, where the endpoint is reached by it', () => {
    const result = answered(offers.IPV6_OFFER, { families: ['IP6'] });
    assert.deepEqual(result.audio.remote, { address: '2001:db8::20', port: 16886, rtcpPort: 16887 });
  });
});

describe('RFC 3264 §6: the answer', () => {
  it('is this, word for word, for a phone that offers video too', () => {
    assert.equal(
      printSdp(answered(offers.LINPHONE_OFFER).answer),
      offers.sdpLines(`
v=0
o=unisono 42 1 IN IP4 192.0.2.200
s=-
c=IN IP4 192.0.2.200
t=0 0
m=audio 40000 RTP/AVP 0 100
a=rtpmap:0 PCMU/8000
a=rtpmap:100 telephone-event/8000
a=fmtp:100 0-15
a=ptime:20
a=sendrecv
m=video 0 RTP/AVP 96`),
    );
  });

  it('has the streams of the offer in the same order, those it does not take with port 0', () => {
    for (const [name, offer] of offers.ALL_OFFERS) {
      const result = answer(offer, { ...CAPABILITY, families: ['IP4', 'IP6'] }, LOCAL);
      if (!result.ok) continue;
      const kinds = (sdp: SessionDescription) => sdp.media.map((media) => `${media.media} ${media.protocol}`);
      const parsed = parseSdp(offer);
      assert.ok(parsed.ok);
      assert.deepEqual(kinds(result.answer), kinds(parsed.sdp), name);
      assert.deepEqual(result.answer.media.filter((media) => media.port !== 0).length, 1, name);
      assert.ok(
        result.answer.media.every((media) => media.formats.length > 0),
        name,
      );
    }
  });

  it('repeats the t= line of the offer', () => {
    const offer = offers.BARESIP_OFFER.replace('t=0 0', 't=2873397496 2873404696');
    assert.match(printSdp(answered(offer).answer), /\r\nt=2873397496 2873404696\r\n/);
  });

  it('§6.1: uses the numbers of the offer for dynamic payload types', () => {
    const offer = offers.BARESIP_OFFER.replaceAll('101', '127').replaceAll(/\b9\b/g, '99');
    const media = answered(offer).answer.media[0]!;
    assert.deepEqual(
      payloadFormats(media).map((f) => [f.payloadType, f.encoding]),
      [
        [99, 'G722'],
        [127, 'telephone-event'],
      ],
    );
  });

  it('§6.1: follows the order of preference of the offer', () => {
    const offer = offers.BARESIP_OFFER.replace('9 0 8 101', '8 9 0 101');
    assert.equal(answered(offer).audio.formats[0].codec, 'PCMA');
  });

  it('keeps rtcp-mux and mid when they are offered', () => {
    const offer = `${offers.BARESIP_OFFER}a=rtcp-mux\r\na=mid:a1\r\n`;
    const { answer: sdp, audio } = answered(offer);
    assert.equal(attribute(sdp.media[0]!, 'mid'), 'a1');
    assert.equal(attribute(sdp.media[0]!, 'rtcp-mux'), null);
    assert.deepEqual([audio.rtcpMux, audio.remote?.rtcpPort], [true, 41020]);
  });

  it('RFC 3605: RTCP goes where a=rtcp says', () => {
    const offer = `${offers.BARESIP_OFFER}a=rtcp:53020\r\n`;
    assert.equal(answered(offer).audio.remote?.rtcpPort, 53020);
    assert.equal(answered(offers.BARESIP_OFFER).audio.remote?.rtcpPort, 41021);
  });

  it('takes the smaller of ptime and maxptime', () => {
    const offer = offers.TRUNK_OFFER.replace('a=ptime:20', 'a=ptime:60');
    assert.equal(answered(offer).audio.wantedPtimeMs, 40);
  });

  const directions: readonly [Direction, Direction, Direction][] = [
    ['sendrecv', 'sendrecv', 'sendrecv'],
    ['sendonly', 'sendrecv', 'recvonly'],
    ['recvonly', 'sendrecv', 'sendonly'],
    ['inactive', 'sendrecv', 'inactive'],
    ['sendrecv', 'sendonly', 'sendonly'],
    ['sendrecv', 'recvonly', 'recvonly'],
    ['sendonly', 'sendonly', 'inactive'],
    ['recvonly', 'recvonly', 'inactive'],
    ['recvonly', 'sendonly', 'sendonly'],
  ];
  for (const [offered, wanted, expected] of directions) {
    it(`§6.1: offered ${offered}, wanted ${wanted}: ${expected}`, () => {
      assert.equal(answerDirection(offered, wanted), expected);
      const result = answered(offers.BARESIP_OFFER.replace('a=sendrecv', `a=${offered}`), { direction: wanted });
      assert.equal(directionOf(result.answer, result.answer.media[0]!), expected);
    });
  }

  it('§8.4: an offer with address 0.0.0.0 is answered recvonly, and has nowhere to send to', () => {
    const result = answered(offers.BARESIP_OFFER.replaceAll('IP4 192.0.2.17', 'IP4 0.0.0.0'));
    assert.equal(result.audio.direction, 'recvonly');
    assert.equal(result.audio.remote, null);
  });
});

describe('addresses that cannot be used as they stand', () => {
  const other: readonly [string, string, string | null][] = [
    ['IPv6 in an offer that came over IPv4', offers.IPV6_OFFER, '198.51.100.7'],
    ['a host name', offers.BARESIP_OFFER.replaceAll('192.0.2.17', 'phone.example'), '198.51.100.7'],
    ['IPv4 is taken as it is', offers.BARESIP_OFFER, '192.0.2.17'],
    ['a hold in the other family is a hold', offers.IPV6_OFFER.replaceAll('2001:db8::20', '::'), null],
  ];
  for (const [name, offer, expected] of other) {
    it(`the address of the signalling stands in: ${name}`, () => {
      const result = readOffer(offer, CAPABILITY, ['2001:db8::7', '198.51.100.7']);
      assert.ok(result.ok, JSON.stringify(result));
      assert.equal(result.audio.remote?.address ?? null, expected);
    });
  }

  it('not for a multicast group, and not without a usable one', () => {
    const group = offers.BARESIP_OFFER.replaceAll('192.0.2.17', '239.1.2.3');
    assert.equal(readOffer(group, CAPABILITY, ['198.51.100.7']).ok, false);
    assert.equal(readOffer(offers.IPV6_OFFER, CAPABILITY, ['2001:db8::7']).ok, false);
  });
});

describe('offers that cannot be answered', () => {
  const refused: readonly [string, string, NegotiationErrorCode | 'bad-sdp', RegExp][] = [
    [
      'a browser that did not come by the border',
      offers.CHROMIUM_OFFER,
      'unsupported-transport',
      /UDP\/TLS\/RTP\/SAVPF/,
    ],
    ['Firefox likewise', offers.FIREFOX_OFFER, 'unsupported-transport', /only RTP\/AVP/],
    ['IPv6 where only IPv4 is', offers.IPV6_OFFER, 'unsupported-address', /2001:db8::20/],
    [
      'foreign codecs',
      offers.YEALINK_OFFER.replace('9 8 0 18 101', '18 101'),
      'no-common-codec',
      /G729.*G722, PCMA, PCMU/,
    ],
    ['events alone', offers.YEALINK_OFFER.replace('9 8 0 18 101', '101'), 'no-common-codec', /telephone-event/],
    ['G.722 at a clock it does not have', withFormat('96', 'G722/16000'), 'no-common-codec', /G722/],
    ['two channels', withFormat('96', 'PCMU/8000/2'), 'no-common-codec', /PCMU/],
    ['audio that is rejected', offers.BARESIP_OFFER.replace('41020', '0'), 'no-audio', /no audio/],
    ['video alone', offers.BARESIP_OFFER.replace('m=audio', 'm=video'), 'no-audio', /no audio/],
    ['a multicast group', offers.BARESIP_OFFER.replaceAll('192.0.2.17', '239.1.2.3'), 'unsupported-address', /239/],
    ['broadcast', offers.BARESIP_OFFER.replaceAll('192.0.2.17', '255.255.255.255'), 'unsupported-address', /255/],
    ['a host name', offers.BARESIP_OFFER.replaceAll('192.0.2.17', 'phone.example'), 'unsupported-address', /phone/],
    ['no address', offers.BARESIP_OFFER.replace(/c=.*\r\n/, ''), 'unsupported-address', /none/],
    ['no description', 'hello', 'bad-sdp', /line 1/],
    ['nothing', '', 'bad-sdp', /line 1/],
  ];
  for (const [name, offer, code, message] of refused) {
    it(name, () => {
      const result = readOffer(offer, CAPABILITY);
      assert.ok(!result.ok);
      assert.equal(result.error.code, code);
      assert.match(result.error.message, message);
    });
  }

  it('reasons stay short and printable, whatever the peer wrote', () => {
    const hostile = withFormat('96', `"\\\x01é${'x'.repeat(5_000)}/8000`);
    const result = readOffer(hostile, CAPABILITY);
    assert.ok(!result.ok);
    assert.match(result.error.message, /^[ !#-[\]-~]{1,200}$/);
  });

  function withFormat(payloadType: string, map: string): string {
    return offers.TRUNK_OFFER.replace('AVP 8 0 13 96', `AVP ${payloadType}`).replace(
      /96 telephone.*\r\n/,
      `${payloadType} ${map}\r\n`,
    );
  }
});

describe('own offers and their answers', () => {
  const offer = buildOffer(LOCAL, CAPABILITY);

  function accepted(answerText: string) {
    const parsed = parseSdp(answerText);
    assert.ok(parsed.ok);
    return acceptAnswer(offer, parsed.sdp, 0, CAPABILITY);
  }

  it('a late offer lists all codecs with their numbers', () => {
    assert.deepEqual(offer.media[0]?.formats, ['9', '8', '0', '101']);
    assert.deepEqual(attributes(offer.media[0]!, 'rtpmap'), [
      '9 G722/8000',
      '8 PCMA/8000',
      '0 PCMU/8000',
      '101 telephone-event/8000',
    ]);
  });

  it('RFC 3264 §7: each side may have its own numbers', () => {
    const result = accepted(
      offers.sdpLines(`v=0
o=- 1 1 IN IP4 192.0.2.9
s=-
c=IN IP4 192.0.2.9
t=0 0
m=audio 30000 RTP/AVP 96 97 100
a=rtpmap:96 PCMA/8000
a=rtpmap:97 PCMU/8000
a=rtpmap:100 telephone-event/8000`),
    );
    assert.ok(result.ok);
    assert.deepEqual(result.audio.formats, [
      { codec: 'PCMA', sendPayloadType: 96, receivePayloadType: 8 },
      { codec: 'PCMU', sendPayloadType: 97, receivePayloadType: 0 },
    ]);
    assert.deepEqual(result.audio.events, { send: 100, receive: 101 });
  });

  it('takes the answers of real phones', () => {
    for (const phone of [offers.BARESIP_OFFER, offers.YEALINK_OFFER, offers.TRUNK_OFFER]) {
      const result = accepted(phone);
      assert.ok(result.ok && result.audio.formats.length > 0);
    }
  });

  it('a held answer means that nothing is sent', () => {
    const result = accepted(offers.BARESIP_OFFER.replace('a=sendrecv', 'a=sendonly'));
    assert.ok(result.ok && result.audio.direction === 'recvonly');
  });

  const refused: readonly [string, string, NegotiationErrorCode][] = [
    ['port 0', offers.BARESIP_OFFER.replace('41020', '0'), 'rejected'],
    ['another kind of stream', offers.BARESIP_OFFER.replace('m=audio', 'm=video'), 'mismatched-answer'],
    ['no stream', 'v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nt=0 0\r\n', 'mismatched-answer'],
    ['codecs that were not offered', offers.YEALINK_OFFER.replace('9 8 0 18 101', '18'), 'no-common-codec'],
  ];
  for (const [name, text, code] of refused) {
    it(`refuses ${name}`, () => {
      const result = accepted(text);
      assert.ok(!result.ok && result.error.code === code);
    });
  }

  it('RFC 3264 §8: in a running session the streams stay in their places', () => {
    const first = answered(offers.SRTP_OR_RTP_OFFER);
    const again = buildOffer({ ...LOCAL, sessionVersion: '2' }, CAPABILITY, {
      sdp: first.answer,
      mediaIndex: first.audio.mediaIndex,
    });
    assert.deepEqual(
      again.media.map(({ protocol, port }) => [protocol, port]),
      [
        ['RTP/SAVP', 0],
        ['RTP/AVP', 40_000],
      ],
    );
  });
});

describe('negotiation never throws', () => {
  it('on damaged offers', () => {
    const random = new SeededRandom(11);
    const all = [...offers.ALL_OFFERS.values()].map((offer) => Buffer.from(offer));
    let taken = 0;
    for (let i = 0; i < 4_000; i++) {
      const result = answer(mutate(all[i % all.length]!, random), CAPABILITY, LOCAL);
      if (result.ok && parseSdp(printSdp(result.answer)).ok) taken++;
    }
    assert.ok(taken > 500, `only ${taken} were still answerable`);
  });
});
