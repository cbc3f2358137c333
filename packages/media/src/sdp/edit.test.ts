import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ALL_OFFERS, BARESIP_OFFER, CHROMIUM_OFFER, LINPHONE_OFFER, RFC_8866_EXAMPLE } from '../testing/offers.ts';
import { continueSession, editSdp, type SentDescription } from './continuity.ts';
import { blackHoleOffer, holdOffer, inactiveOffer, rejectMedia, resumeOffer, withNextVersion } from './edit.ts';
import type { Direction, Origin, SessionDescription } from './model.ts';
import { parseSdp } from './parse.ts';
import { isRefresh, mediaDirection, originOf, sessionVersion } from './scan.ts';

function parsed(text: string): SessionDescription {
  const result = parseSdp(text);
  assert.ok(result.ok);
  return result.sdp;
}

function edited(text: string, edit: (sdp: SessionDescription) => SessionDescription): string {
  return editSdp(text, edit) ?? assert.fail('not parsed');
}

describe('hold and resume (RFC 3264 §8.4, RFC 6337 §5.3)', () => {
  const holds: readonly [Direction, Direction][] = [
    ['sendrecv', 'sendonly'],
    ['sendonly', 'sendonly'],
    ['recvonly', 'inactive'],
    ['inactive', 'inactive'],
  ];
  for (const [before, held] of holds) {
    it(`${before} becomes ${held} on hold and sendrecv afterwards`, () => {
      const offer = BARESIP_OFFER.replace('a=sendrecv', `a=${before}`);
      assert.equal(mediaDirection(edited(offer, holdOffer)), held);
      assert.equal(mediaDirection(edited(edited(offer, holdOffer), resumeOffer)), 'sendrecv');
    });
  }

  it('changes the attribute in its place and nothing else', () => {
    assert.equal(edited(BARESIP_OFFER, holdOffer), BARESIP_OFFER.replace('a=sendrecv', 'a=sendonly'));
    assert.equal(edited(edited(BARESIP_OFFER, holdOffer), resumeOffer), BARESIP_OFFER);
  });

  it('overrules a direction of the session', () => {
    const offer = BARESIP_OFFER.replace('a=sendrecv\r\n', '').replace('t=0 0\r\n', 't=0 0\r\na=recvonly\r\n');
    assert.equal(mediaDirection(edited(offer, resumeOffer)), 'sendrecv');
  });

  it('leaves rejected streams rejected and without a direction', () => {
    const offer = LINPHONE_OFFER.replace('m=video 9078', 'm=video 0');
    assert.deepEqual(parsed(edited(offer, holdOffer)).media[1], parsed(offer).media[1]);
  });

  it('RFC 3264 §8: the version is one higher after withNextVersion', () => {
    const hold = edited(CHROMIUM_OFFER, (sdp) => withNextVersion(holdOffer(sdp)));
    assert.equal(sessionVersion(hold), '3');
    assert.equal(isRefresh(CHROMIUM_OFFER, hold), false);
  });
});

describe('silent offers', () => {
  it('inactive keeps the addresses, a black hole has none', () => {
    for (const [name, offer] of ALL_OFFERS) {
      assert.equal(mediaDirection(edited(offer, inactiveOffer)), 'inactive', name);
      const black = edited(offer, blackHoleOffer);
      assert.equal(mediaDirection(black), 'inactive', name);
      for (const line of black.split('\r\n').filter((l) => l.startsWith('c='))) {
        assert.match(line, /^c=IN (IP4 0\.0\.0\.0|IP6 ::)$/, name);
      }
    }
  });
});

describe('rejectMedia', () => {
  it('RFC 3264 §6: port 0, at least one format, every stream still in its place', () => {
    const sdp = rejectMedia(parsed(CHROMIUM_OFFER), (media) => media.media === 'audio');
    assert.deepEqual(
      sdp.media.map(({ media, port }) => [media, port]),
      [
        ['audio', 52342],
        ['video', 0],
      ],
    );
    assert.deepEqual(sdp.media[1]?.formats, ['96', '97']);
    assert.deepEqual(sdp.media[1]?.lines, [{ kind: 'attribute', name: 'mid', value: '1' }]);
  });
});

describe('continueSession', () => {
  const origin: Origin = {
    username: 'leg',
    sessionId: '100',
    sessionVersion: '1',
    netType: 'IN',
    addressType: 'IP4',
    host: '192.0.2.99',
  };
  const start = continueSession(null, BARESIP_OFFER, origin);

  function next(previous: SentDescription, body: string): SentDescription {
    return continueSession(previous, body, { ...origin, sessionId: 'ignored later on' });
  }

  it('begins with the o= line of the leg', () => {
    assert.deepEqual(originOf(start.body), origin);
    assert.equal(start.body.split('\r\n').length, BARESIP_OFFER.split('\r\n').length);
  });

  it('keeps the version while the streams stay, whatever the source counts', () => {
    const again = next(start, BARESIP_OFFER.replace(' 1735816302 ', ' 1735816399 '));
    assert.equal(again.body, start.body);
  });

  it('RFC 3264 §8: a body from someone else is a new version of the same session', () => {
    const second = next(start, RFC_8866_EXAMPLE);
    assert.deepEqual(originOf(second.body), { ...origin, sessionVersion: '2' });
    assert.deepEqual(originOf(next(second, BARESIP_OFFER).body), { ...origin, sessionVersion: '3' });
  });

  it('RFC 3264 §8: streams never get fewer: the missing ones are rejected', () => {
    const three = continueSession(null, RFC_8866_EXAMPLE, origin);
    const one = next(three, BARESIP_OFFER);
    assert.deepEqual(
      parsed(one.body).media.map(({ media, port }) => [media, port]),
      [
        ['audio', 41020],
        ['audio', 0],
        ['video', 0],
      ],
    );
    assert.deepEqual(next(one, BARESIP_OFFER), one, 'the same source again changes nothing');
  });

  it('leaves bodies alone that are no description', () => {
    assert.equal(next(start, 'hello').body, 'hello');
  });
});
