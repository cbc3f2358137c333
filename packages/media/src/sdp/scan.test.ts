import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { mutate } from '../testing/mutate.ts';
import { ALL_OFFERS, BARESIP_OFFER, CHROMIUM_OFFER, LINPHONE_OFFER, sdpLines } from '../testing/offers.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { connectionOf, directionOf } from './attributes.ts';
import type { Direction } from './model.ts';
import { parseSdp } from './parse.ts';
import {
  bumpVersion,
  isBlackHoleAddress,
  isHold,
  isRefresh,
  mediaDirection,
  nextVersion,
  originOf,
  rewriteOrigin,
  sameMedia,
  sessionVersion,
  withoutReceiving,
} from './scan.ts';

/** A description of some streams; `session` and the streams' lines are separated by commas. */
function sdp(session: string, ...streams: string[]): string {
  const head = 'v=0\no=- 7 41 IN IP4 192.0.2.1\ns=-';
  return sdpLines([head, session, ...streams].join(',').split(',').filter(Boolean).join('\n'));
}

const AUDIO = 'm=audio 5004 RTP/AVP 0';

describe('mediaDirection', () => {
  const cases: readonly [string, string, Direction][] = [
    ['no attribute at all means both ways', sdp('c=IN IP4 192.0.2.1', AUDIO), 'sendrecv'],
    ['the attribute of the stream', sdp('', `${AUDIO},a=sendonly`), 'sendonly'],
    ['the attribute of the session', sdp('a=recvonly', AUDIO), 'recvonly'],
    ['the stream overrules the session', sdp('a=inactive', `${AUDIO},a=sendrecv`), 'sendrecv'],
    ['RFC 3264 §8.4: hold by address, in the session', sdp('c=IN IP4 0.0.0.0', AUDIO), 'sendonly'],
    [
      'RFC 3264 §8.4: hold by address, in the stream',
      sdp('c=IN IP4 192.0.2.1', `${AUDIO},c=IN IP4 0.0.0.0`),
      'sendonly',
    ],
    ['a real address of the stream overrules', sdp('c=IN IP4 0.0.0.0', `${AUDIO},c=IN IP4 192.0.2.1`), 'sendrecv'],
    ['hold by address and attribute', sdp('c=IN IP4 0.0.0.0', `${AUDIO},a=inactive`), 'inactive'],
    ['hold by address of who only receives', sdp('c=IN IP4 0.0.0.0', `${AUDIO},a=recvonly`), 'inactive'],
    ['hold by IPv6 address', sdp('c=IN IP6 ::', AUDIO), 'sendonly'],
    ['the first audio stream counts, not the video before it', sdp('', 'm=video 9 X 1,a=inactive', AUDIO), 'sendrecv'],
    ['a later stream says nothing of the first', sdp('', AUDIO, 'm=video 9 X 1,a=inactive'), 'sendrecv'],
    ['a rejected stream is passed over', sdp('', 'm=audio 0 RTP/AVP 0,a=sendonly', `${AUDIO},a=recvonly`), 'recvonly'],
    ['all rejected', sdp('', 'm=audio 0 RTP/AVP 0'), 'inactive'],
    ['without audio the first stream counts', sdp('', 'm=video 9 X 1,a=recvonly'), 'recvonly'],
    ['no stream', sdp(''), 'inactive'],
    ['an attribute that only begins like one', sdp('', `${AUDIO},a=sendonlyish`), 'sendrecv'],
    ['no session description', 'Hello', 'inactive'],
    ['nothing', '', 'inactive'],
    ['LF alone ends lines too', sdp('', `${AUDIO},a=sendonly`).replaceAll('\r', ''), 'sendonly'],
  ];
  for (const [name, body, expected] of cases) {
    it(name, () => assert.equal(mediaDirection(body), expected));
  }

  it('says the same as the parsed description, for all offers in all directions', () => {
    for (const [name, offer] of ALL_OFFERS) {
      for (const direction of ['sendrecv', 'sendonly', 'recvonly', 'inactive']) {
        const body = offer.replaceAll(/a=(sendrecv|recvonly)\r\n/g, `a=${direction}\r\n`);
        assert.equal(mediaDirection(body), parsedDirection(body), `${name}, ${direction}`);
      }
    }
  });

  it('isHold is true for who does not want to hear', () => {
    assert.equal(isHold(sdp('', `${AUDIO},a=sendonly`)), true);
    assert.equal(isHold(sdp('', `${AUDIO},a=inactive`)), true);
    assert.equal(isHold(sdp('', `${AUDIO},a=recvonly`)), false);
    assert.equal(isHold(sdp('', AUDIO)), false);
  });
});

function parsedDirection(body: string): Direction {
  const result = parseSdp(body);
  assert.ok(result.ok);
  const audio = result.sdp.media.find((media) => media.media === 'audio' && media.port !== 0);
  assert.ok(audio);
  const direction = directionOf(result.sdp, audio);
  const host = connectionOf(result.sdp, audio)?.host ?? '';
  return isBlackHoleAddress(host) ? withoutReceiving(direction) : direction;
}

describe('the o= line', () => {
  it('gives its parts', () => {
    assert.equal(sessionVersion(CHROMIUM_OFFER), '2');
    assert.equal(originOf(LINPHONE_OFFER)?.username, '4031');
    assert.equal(sessionVersion('v=0\r\ns=-\r\n'), undefined);
    assert.equal(sessionVersion('v=0\r\no=- 1 2\r\ns=-\r\n'), undefined);
  });

  it('is rewritten in part, and nothing else is touched', () => {
    const rewritten = rewriteOrigin(LINPHONE_OFFER, { username: '-', host: '203.0.113.5' });
    assert.equal(
      rewritten,
      LINPHONE_OFFER.replace('o=4031 2713 3418 IN IP4 198.51.100.4', 'o=- 2713 3418 IN IP4 203.0.113.5'),
    );
    assert.equal(rewriteOrigin('no sdp', { username: 'x' }), 'no sdp');
  });

  it('cannot be given a line break', () => {
    const rewritten = rewriteOrigin(BARESIP_OFFER, { username: 'a\r\na=evil' });
    assert.ok(!rewritten.includes('\r\na=evil'));
  });

  it('RFC 3264 §8: the version grows by one, also beyond 2^64', () => {
    assert.equal(bumpVersion(CHROMIUM_OFFER), CHROMIUM_OFFER.replace('140211 2 IN', '140211 3 IN'));
    assert.equal(nextVersion('18446744073709551615'), '18446744073709551616');
    assert.equal(nextVersion('1700000000123'), '1700000000124');
  });
});

describe('comparing', () => {
  const bumped = bumpVersion(BARESIP_OFFER);

  it('isRefresh: a new version alone changes nothing', () => {
    assert.equal(isRefresh(BARESIP_OFFER, BARESIP_OFFER), true);
    assert.equal(isRefresh(BARESIP_OFFER, bumped), true);
    assert.equal(isRefresh(BARESIP_OFFER, rewriteOrigin(BARESIP_OFFER, { sessionVersion: '9' })), true);
  });

  const changes: readonly [string, string][] = [
    ['hold', bumped.replace('a=sendrecv', 'a=sendonly')],
    ['another port', bumped.replace('41020', '41022')],
    ['another session', rewriteOrigin(BARESIP_OFFER, { sessionId: '1' })],
    ['one more line', `${bumped}a=x\r\n`],
    ['no description', ''],
  ];
  for (const [name, next] of changes) {
    it(`isRefresh: not with ${name}`, () => assert.equal(isRefresh(BARESIP_OFFER, next), false));
  }

  it('sameMedia leaves the whole o= line aside', () => {
    assert.equal(sameMedia(BARESIP_OFFER, rewriteOrigin(BARESIP_OFFER, { sessionId: '1', host: 'x' })), true);
    assert.equal(sameMedia(BARESIP_OFFER, bumped.replace('41020', '41022')), false);
    assert.equal(sameMedia('', ''), true);
  });
});

describe('scanning never throws', () => {
  const scanAll = (body: string) => {
    mediaDirection(body);
    sessionVersion(body);
    bumpVersion(body);
    assert.equal(isRefresh(body, body), true);
    assert.equal(sameMedia(body, body), true);
  };

  it('on any text', () => fc.assert(fc.property(fc.string(), scanAll)));

  it('on damaged offers', () => {
    const random = new SeededRandom(7);
    const offers = [...ALL_OFFERS.values()].map((offer) => Buffer.from(offer));
    for (let i = 0; i < 4_000; i++) scanAll(mutate(offers[i % offers.length]!, random).toString('latin1'));
  });
});
