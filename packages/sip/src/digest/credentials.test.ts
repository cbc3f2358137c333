import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseChallenges } from './challenge.ts';
import { type DigestCredentials, parseCredentials, parseNonceCount, printCredentials } from './credentials.ts';

const WHOLE =
  'Digest username="bob", realm="biloxi.com", nonce="dcd98b", uri="sip:bob@biloxi.com", qop=auth, nc=00000001, cnonce="0a4f113b", response="6629FAE4", opaque="5ccc"';

test('RFC 3261 §22.4: credentials decode to their parts', () => {
  assert.deepEqual(parseCredentials(WHOLE), {
    username: 'bob',
    realm: 'biloxi.com',
    nonce: 'dcd98b',
    uri: 'sip:bob@biloxi.com',
    response: '6629fae4',
    algorithm: 'MD5',
    qop: 'auth',
    nc: '00000001',
    cnonce: '0a4f113b',
    opaque: '5ccc',
  });
});

const JUDGED: Record<string, [string, string | Partial<DigestCredentials>]> = {
  'qop, nc and algorithm in quotes, as some phones write': [
    WHOLE.replace('qop=auth, nc=00000001', 'qop="auth", nc="00000001", algorithm="sha-256"'),
    { qop: 'auth', nc: '00000001', algorithm: 'SHA-256' },
  ],
  'no qop: RFC 2069': [WHOLE.replace('qop=auth, nc=00000001, ', ''), { qop: undefined, nc: '' }],
  'another scheme': ['Basic realm="x"', 'other-scheme'],
  'an unknown algorithm': [`${WHOLE}, algorithm=SHA-512-256`, 'wrong-algorithm'],
  'no username': [WHOLE.replace('username="bob", ', ''), 'malformed'],
  'no realm': [WHOLE.replace('realm="biloxi.com", ', ''), 'malformed'],
  'no nonce': [WHOLE.replace('nonce="dcd98b", ', ''), 'malformed'],
  'no uri': [WHOLE.replace('uri="sip:bob@biloxi.com", ', ''), 'malformed'],
  'no response': [WHOLE.replace('response="6629FAE4", ', ''), 'malformed'],
  'qop without nc': [WHOLE.replace('nc=00000001, ', ''), 'malformed'],
  'qop without cnonce': [WHOLE.replace('cnonce="0a4f113b", ', ''), 'malformed'],
  'an unknown qop': [WHOLE.replace('qop=auth', 'qop=auth-conf'), 'malformed'],
  'a nonce-count of 0': [WHOLE.replace('00000001', '00000000'), 'malformed'],
  'a quote that never closes': [WHOLE.slice(0, -1), 'malformed'],
  'nothing at all': ['', 'malformed'],
};

for (const [name, [field, expected]] of Object.entries(JUDGED)) {
  test(`credentials: ${name}`, () => {
    const found = parseCredentials(field);
    if (typeof expected === 'string') assert.equal(found, expected);
    else assert.partialDeepStrictEqual(found, expected);
  });
}

test('nonce-counts are up to eight hexadecimal digits and never 0', () => {
  const cases: [string, number | undefined][] = [
    ['00000001', 1],
    ['ffffffff', 0xffff_ffff],
    ['0000000A', 10],
    ['1', 1],
    ['', undefined],
    ['00000000', undefined],
    ['000000001', undefined],
    ['0000000g', undefined],
    ['-0000001', undefined],
  ];
  for (const [text, count] of cases) assert.equal(parseNonceCount(text), count, text);
});

test('printed credentials are read back the same', () => {
  const text = fc
    .string({ unit: fc.integer({ min: 0x20, max: 0xff }).map((c) => String.fromCharCode(c)) })
    .map((t) => t.replace(/\x7f/g, ''));
  fc.assert(
    fc.property(
      text,
      text,
      text,
      fc.constantFrom('MD5', 'SHA-256', 'MD5-sess'),
      (username, realm, opaque, algorithm) => {
        const base = { username, realm, nonce: 'n', uri: 'sip:x', response: 'ab', algorithm, opaque } as const;
        const credentials: DigestCredentials = { ...base, qop: 'auth', nc: '00000002', cnonce: 'c' };
        assert.deepEqual(parseCredentials(printCredentials(credentials)), credentials);
      },
    ),
  );
});

test('RFC 8760 §2.4: challenges of unknown algorithms and schemes are skipped', () => {
  const found = parseChallenges(
    'Digest realm="r", nonce="1", algorithm=SHA-512-256, qop="auth", ' +
      'Digest realm="r", nonce="2", algorithm=SHA-256, qop="auth, auth-int", stale=TRUE, opaque="o", ' +
      'Negotiate, Digest realm="r", nonce="3", Digest realm="no nonce"',
  );
  assert.deepEqual(found, [
    { realm: 'r', nonce: '2', algorithm: 'SHA-256', qop: ['auth', 'auth-int'], opaque: 'o', stale: true },
    { realm: 'r', nonce: '3', algorithm: 'MD5', qop: [], opaque: undefined, stale: false },
  ]);
});
