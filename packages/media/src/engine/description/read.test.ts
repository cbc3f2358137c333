import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BARESIP_OFFER, CHROMIUM_OFFER, RFC_8866_EXAMPLE, SRTP_OR_RTP_OFFER } from '../../testing/offers.ts';
import { VECTORS, vector } from '../../testing/vectors.ts';
import type { MediaEngineErrorCode } from '../engine.ts';
import type { StreamEnd, StreamSecurity } from '../stream.ts';
import { type AudioStream, readAnsweredStream, readOfferedStream } from './read.ts';
import { answerSetup } from './security.ts';

function audioOf(text: string, signalledFrom: string[] = []): AudioStream {
  const read = readOfferedStream(text, { signalledFrom });
  assert.ok(read.ok, JSON.stringify(read));
  return read.offer.audio;
}

/** One line that says all. */
function shownAs({ mediaIndex, end, direction, rtcpMux, mid, isBundled, formats }: AudioStream): string {
  const where = `${end.address ?? '-'}:${end.port}${rtcpMux ? '' : `+${end.rtcpPort - end.port}`}`;
  const named = mid === undefined ? '' : ` ${isBundled ? 'bundled ' : ''}mid ${mid}`;
  const events = formats.filter((format) => format.encoding === 'telephone-event');
  const shown = events.map((format) => `${format.payloadType}@${format.clockRateHz / 1000}`).join(',');
  return `${mediaIndex} ${where}${end.ice ? ' ice' : ''} ${security(end.security)} ${direction}${named} events ${shown || '-'}`;
}

function security(said: StreamSecurity): string {
  if (said.kind === 'sdes') return `sdes ${said.key.tag} ${said.key.suite}`;
  return said.kind === 'dtls' ? `dtls ${said.fingerprints[0]?.hash} ${said.setup}` : 'plain';
}

describe('offers and answers as phones and browsers write them', () => {
  const EXPECTED: Readonly<Record<string, string>> = {
    'asterisk-offer-dtls': '0 10.5.0.2:14272 ice dtls sha-256 actpass sendrecv bundled mid audio-0 events 101@8',
    'baresip-offer-dtls': '0 192.0.2.2:23904+1 dtls sha-256 actpass sendrecv events 101@8',
    'baresip-offer-dtls-ice': '0 192.0.2.2:24698+1 ice dtls sha-256 actpass sendrecv events 101@8',
    'baresip-offer-srtp': '0 192.0.2.2:22470+1 sdes 1 AES_CM_128_HMAC_SHA1_80 sendrecv events 101@8',
    'baresip-offer-srtp-optional': '0 192.0.2.2:20370+1 plain sendrecv events 101@8',
    'chromium-answer': '0 127.0.0.1:57185 ice dtls sha-256 active sendrecv bundled mid 0 events 101@8',
    'chromium-answer-held': '0 127.0.0.1:57185 ice dtls sha-256 active recvonly bundled mid 0 events 101@8',
    'chromium-offer': '0 127.0.0.1:41131 ice dtls sha-256 actpass sendrecv bundled mid 1 events 110@48,126@8',
    'chromium-offer-hold': '0 127.0.0.1:41131 ice dtls sha-256 actpass sendonly bundled mid 1 events 110@48,126@8',
    'chromium-offer-ice-restart': '0 -:9 ice dtls sha-256 actpass sendrecv bundled mid 1 events 110@48,126@8',
    'chromium-offer-video': '0 127.0.0.1:33595 ice dtls sha-256 actpass sendrecv bundled mid 0 events 110@48,126@8',
    'cisco-offer-hold': '0 -:26418+1 plain sendonly events 101@8',
    'firefox-answer': '0 -:9 ice dtls sha-256 active sendrecv bundled mid 0 events 101@8',
    'firefox-answer-held': '0 -:9 ice dtls sha-256 active recvonly bundled mid 0 events 101@8',
    'firefox-offer': '0 -:9 ice dtls sha-256 actpass sendrecv bundled mid 1 events 101@8',
    'firefox-offer-hold': '0 -:9 ice dtls sha-256 actpass sendonly bundled mid 1 events 101@8',
    'firefox-offer-ice-restart': '0 -:9 ice dtls sha-256 actpass sendrecv bundled mid 1 events 101@8',
    'firefox-offer-video': '0 -:9 ice dtls sha-256 actpass sendrecv bundled mid 0 events 101@8',
    'grandstream-offer': '0 192.168.10.61:5044+1 plain sendrecv events 101@8',
    'linphone-offer-srtp-ice': '0 198.51.100.4:7078+1 ice sdes 1 AES_CM_128_HMAC_SHA1_80 sendrecv events 97@48,98@8',
    'polycom-offer': '0 172.16.4.9:2238+1 plain sendrecv events 127@8',
    'safari-offer': '0 198.51.100.23:62003 ice dtls sha-256 actpass sendrecv bundled mid 0 events 110@48,126@8',
    'sipp-offer': '0 127.0.1.1:6000+1 plain sendrecv events -',
    'snom-offer-srtp': '0 10.20.30.41:52114+1 sdes 1 AES_CM_128_HMAC_SHA1_80 sendrecv events 101@8',
    'yealink-offer-srtp': '0 192.168.1.40:11800+1 sdes 1 AES_CM_128_HMAC_SHA1_80 sendrecv events 101@8',
  };
  for (const [name, text] of VECTORS) it(name, () => assert.equal(shownAs(audioOf(text)), EXPECTED[name]));

  it('of two audio streams the first that can be carried is taken', () => {
    assert.equal(shownAs(audioOf(SRTP_OR_RTP_OFFER)), '1 10.20.30.42:20002+1 plain sendrecv events 101@8');
    const second = RFC_8866_EXAMPLE.replace('m=audio 49170', 'm=audio 0');
    assert.equal(shownAs(audioOf(second)), '1 198.51.100.1:49180+1 plain sendrecv events -');
  });
});

describe('security of a stream', () => {
  const KEY = 'WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz';
  const GCM = Buffer.alloc(28, 7).toString('base64');

  function sdes(...crypto: string[]): string {
    const lines = crypto.map((line) => `a=crypto:${line}\r\n`).join('');
    return `${BARESIP_OFFER.replace('RTP/AVP', 'RTP/SAVP')}${lines}`;
  }

  const keys: readonly [string, string[], string][] = [
    [
      'the first known suite counts',
      [`1 F8_128_HMAC_SHA1_80 inline:${KEY}`, `2 AES_CM_128_HMAC_SHA1_32 inline:${KEY}`],
      'sdes 2 AES_CM_128_HMAC_SHA1_32',
    ],
    ['a lifetime is read over', [`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|2^31`], 'sdes 1 AES_CM_128_HMAC_SHA1_80'],
    ['RFC 7714: GCM keys have 28 octets', [`7 AEAD_AES_128_GCM inline:${GCM}`], 'sdes 7 AEAD_AES_128_GCM'],
    [
      'a key of the wrong length is passed over',
      [`1 AES_CM_128_HMAC_SHA1_80 inline:${GCM}`, `2 AES_CM_128_HMAC_SHA1_80 inline:${KEY}`],
      'sdes 2 AES_CM_128_HMAC_SHA1_80',
    ],
    [
      'no SRTP without encryption',
      [`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY} UNENCRYPTED_SRTP`, `2 AES_CM_128_HMAC_SHA1_80 inline:${KEY} WSH=128`],
      'sdes 2 AES_CM_128_HMAC_SHA1_80',
    ],
    ['suite names in any case', [`1 aes_cm_128_hmac_sha1_80 inline:${KEY}`], 'sdes 1 AES_CM_128_HMAC_SHA1_80'],
  ];
  for (const [name, crypto, expected] of keys) {
    it(`SDES: ${name}`, () => assert.equal(security(audioOf(sdes(...crypto)).end.security), expected));
  }

  it('the key comes out of base64', () => {
    const { security: said } = audioOf(sdes(`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}`)).end;
    assert.ok(said.kind === 'sdes');
    assert.equal(said.key.keyAndSalt.toString('base64'), KEY);
  });

  it('RFC 8122 §5: every fingerprint is kept, in one case, and those with unknown or wrong digests are not', () => {
    const value = `${'0a:'.repeat(19)}0a`;
    const lines = `a=fingerprint:md5 0A\r\na=fingerprint:SHA-1 ${value}\r\na=fingerprint:sha-256 ${value}\r\n`;
    const { security: said } = audioOf(vector('chromium-offer').replace(/a=fingerprint.*\r\n/, lines)).end;
    assert.ok(said.kind === 'dtls');
    assert.deepEqual(said.fingerprints, [{ hash: 'sha-1', value: value.toUpperCase() }]);
  });

  it('RFC 4145 §4.1: without a=setup the offerer is active', () => {
    assert.equal(
      security(audioOf(vector('chromium-offer').replace('a=setup:actpass\r\n', '')).end.security),
      'dtls sha-256 active',
    );
  });

  const roles: readonly ['active' | 'passive' | 'actpass', 'active' | 'passive' | undefined, string][] = [
    ['actpass', undefined, 'active'],
    ['actpass', 'passive', 'passive'],
    ['actpass', 'active', 'active'],
    ['active', undefined, 'passive'],
    ['passive', 'passive', 'active'],
  ];
  for (const [offered, current, answered] of roles) {
    it(`RFC 8842 §5.3: ${offered} is answered ${answered} in ${current ?? 'no'} connection`, () => {
      assert.equal(answerSetup(offered, current), answered);
    });
  }

  it('RFC 8445 §6.1.1: towards a lite agent there are no checks, so there is no ICE', () => {
    const lite = vector('asterisk-offer-dtls').replace('t=0 0\r\n', 't=0 0\r\na=ice-lite\r\n');
    assert.equal(audioOf(lite).end.ice, undefined);
  });

  it('RFC 8843 §7.1: a bundle-only stream has its transport from the first of the group', () => {
    const offer = vector('firefox-offer-video').replace('m=video 0', 'm=audio 0').replace('m=audio 9', 'm=video 9');
    const audio = audioOf(offer.replace(/m=audio 0 (\S+) .*/, 'm=audio 0 $1 0'));
    assert.equal(audio.mediaIndex, 1);
    assert.equal(audio.end.ice?.ufrag.length, 8);
  });
});

describe('addresses of a stream', () => {
  const hold = BARESIP_OFFER.replace('c=IN IP4 192.0.2.17', 'c=IN IP4 0.0.0.0');

  it('RFC 3264 §8.4: the unspecified address is a hold', () => {
    assert.deepEqual([audioOf(hold).direction, audioOf(hold).end.address], ['sendonly', undefined]);
    assert.equal(audioOf(hold.replace('a=sendrecv', 'a=recvonly')).direction, 'inactive');
  });

  it('RFC 8840 §4.1.1: with ICE it only says that there is no candidate yet', () => {
    assert.equal(audioOf(vector('firefox-offer')).direction, 'sendrecv');
  });

  it('a host name gives way to where the signalling came from', () => {
    const named = BARESIP_OFFER.replace('c=IN IP4 192.0.2.17', 'c=IN IP4 phone.example.com');
    assert.equal(audioOf(named, ['192.0.2.99']).end.address, '192.0.2.99');
  });

  it('RFC 3605: a=rtcp says where RTCP goes', () => {
    assert.equal(audioOf(`${BARESIP_OFFER}a=rtcp:53020\r\n`).end.rtcpPort, 53_020);
  });
});

describe('offers that cannot be carried', () => {
  const refused: readonly [string, string, MediaEngineErrorCode, RegExp][] = [
    ['no description', 'hello', 'bad-sdp', /line 1/],
    ['no audio', CHROMIUM_OFFER.replace('m=audio', 'm=text'), 'no-audio', /no audio/],
    ['audio taken away', BARESIP_OFFER.replace('m=audio 41020', 'm=audio 0'), 'no-audio', /no audio/],
    ['an unknown transport', BARESIP_OFFER.replace('RTP/AVP', 'TCP/RTP/AVP'), 'unsupported-transport', /TCP\/RTP\/AVP/],
    ['SRTP without a key', BARESIP_OFFER.replace('RTP/AVP', 'RTP/SAVP'), 'unsupported-transport', /a=crypto/],
    [
      'keys of unknown suites only',
      vector('snom-offer-srtp').replaceAll('AES_CM_128', 'AES_CM_512'),
      'unsupported-transport',
      /AES_CM_512_HMAC_SHA1_80/,
    ],
    [
      'DTLS without a fingerprint',
      CHROMIUM_OFFER.replace('a=fingerprint', 'a=thumbprint'),
      'unsupported-transport',
      /a=fingerprint/,
    ],
    [
      'a broken fingerprint',
      CHROMIUM_OFFER.replace('sha-256 7B', 'sha-256 XX'),
      'unsupported-transport',
      /can be read/,
    ],
    [
      'a group address',
      BARESIP_OFFER.replace('IP4 192.0.2.17\r\nt', 'IP4 224.2.1.1\r\nt'),
      'unsupported-address',
      /224\.2\.1\.1/,
    ],
    [
      'a host name',
      BARESIP_OFFER.replace('c=IN IP4 192.0.2.17', 'c=IN IP4 phone.example.com'),
      'unsupported-address',
      /phone\.example\.com/,
    ],
    ['events only', BARESIP_OFFER.replace('9 0 8 101', '101'), 'no-common-codec', /no codec/],
    ['numbers without a meaning', BARESIP_OFFER.replace('9 0 8 101', '77 78'), 'no-common-codec', /no codec/],
  ];
  for (const [name, text, code, message] of refused) {
    it(name, () => {
      const read = readOfferedStream(text);
      assert.ok(!read.ok);
      assert.equal(read.error.code, code);
      assert.match(read.error.message, message);
    });
  }
});

describe('answers that do not fit', () => {
  const plain: StreamEnd = { address: '10.0.0.1', port: 1, rtcpPort: 2, security: { kind: 'plain' }, ice: undefined };
  const key = { tag: 1, suite: 'AES_CM_128_HMAC_SHA1_80', keyAndSalt: Buffer.alloc(30) } as const;
  const sdes: StreamEnd = { ...plain, security: { kind: 'sdes', key } };

  const refused: readonly [string, string, StreamEnd, number, RegExp][] = [
    ['fewer streams than were offered', BARESIP_OFFER, plain, 1, /streams/],
    ['another kind of stream', CHROMIUM_OFFER, plain, 1, /streams/],
    ['plain where SDES was offered', BARESIP_OFFER, sdes, 0, /plain where sdes/],
    ['SDES where plain was offered', vector('baresip-offer-srtp'), plain, 0, /sdes where plain/],
    [
      'RFC 4568 §5.1.2: a tag that was not offered',
      vector('baresip-offer-srtp').replace('crypto:1', 'crypto:2'),
      sdes,
      0,
      /not offered/,
    ],
    ['an unknown transport', BARESIP_OFFER.replace('RTP/AVP', 'TCP/RTP/AVP'), plain, 0, /TCP/],
  ];
  for (const [name, text, offered, mediaIndex, message] of refused) {
    it(name, () => {
      const read = readAnsweredStream(text, mediaIndex, offered);
      assert.ok(!read.ok);
      assert.equal(read.error.code, 'mismatched-answer');
      assert.match(read.error.message, message);
    });
  }

  it('a rejected stream is an answer', () => {
    const read = readAnsweredStream(BARESIP_OFFER.replace('m=audio 41020', 'm=audio 0'), 0, plain);
    assert.ok(read.ok);
    assert.equal(read.answer.audio, null);
  });

  it('the tag and suite that were offered fit', () => {
    assert.ok(readAnsweredStream(vector('baresip-offer-srtp'), 0, sdes).ok);
  });
});
