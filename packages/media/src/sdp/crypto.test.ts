import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SNOM_OFFER, SRTP_OR_RTP_OFFER } from '../testing/offers.ts';
import { cryptoAttributes, cryptoText, parseCrypto } from './crypto.ts';
import { parseSdp } from './parse.ts';

describe('a=crypto (RFC 4568)', () => {
  const vectors: readonly [string, string][] = [
    ['§6.1', '1 AES_CM_128_HMAC_SHA1_80 inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR|2^20|1:32'],
    [
      '§6.3, two keys and session parameters',
      '2 F8_128_HMAC_SHA1_80 inline:MTIzNDU2Nzg5QUJDREUwMTIzNDU2Nzg5QUJjZGVm|2^20|1:4;inline:QUJjZGVmMTIzNDU2Nzg5QUJDREUwMTIzNDU2Nzg5|2^20|2:4 FEC_ORDER=FEC_SRTP',
    ],
    ['key alone', '1 AES_CM_128_HMAC_SHA1_32 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz'],
    ['decimal lifetime', '3 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|1048576'],
    ['MKI without lifetime', '3 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|1:4'],
  ];
  for (const [name, value] of vectors) {
    it(`prints what it read: ${name}`, () => {
      const crypto = parseCrypto(value);
      assert.ok(crypto);
      assert.equal(cryptoText(crypto), value);
    });
  }

  it('gives tag, suite, key, lifetime and MKI', () => {
    const crypto = parseCrypto(vectors[0]![1]);
    assert.deepEqual(crypto, {
      tag: 1,
      suite: 'AES_CM_128_HMAC_SHA1_80',
      keys: [
        {
          keyAndSalt: 'PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR',
          lifetime: '2^20',
          mki: { value: 1, octets: 32 },
        },
      ],
      sessionParameters: [],
    });
  });

  for (const bad of [
    '',
    '1',
    '1 SUITE',
    'x SUITE inline:AAAA',
    '1 SUITE clear:AAAA',
    '1 SUITE inline:',
    '1 S inline:A|B|C|D',
  ]) {
    it(`refuses ${JSON.stringify(bad)}`, () => assert.equal(parseCrypto(bad), null));
  }

  it('finds all lines of a stream, in order', () => {
    const result = parseSdp(SRTP_OR_RTP_OFFER);
    assert.ok(result.ok);
    assert.deepEqual(
      result.sdp.media.map((media) => cryptoAttributes(media).map((c) => c.suite)),
      [['AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32'], []],
    );
    const snom = parseSdp(SNOM_OFFER);
    assert.ok(snom.ok && cryptoAttributes(snom.sdp.media[0]!).length === 1);
  });
});
