import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DigestAlgorithm, digestAlgorithm, digestResponse, ha1, ha1Set } from './algorithm.ts';

const RFC_7616 = {
  method: 'GET',
  uri: '/dir/index.html',
  nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
  qop: 'auth',
  nc: '00000001',
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
} as const;

test('RFC 7616 §3.9.1: the MD5 and the SHA-256 response of one request', () => {
  const stored = ha1Set('Mufasa', 'http-auth@example.org', 'Circle of Life');
  assert.equal(stored.md5, '3d78807defe7de2157e2b0b6573a855f');
  assert.equal(digestResponse(stored.md5 ?? '', { ...RFC_7616, algorithm: 'MD5' }), '8ca523f5e9506fed4657c9700eebdbec');
  assert.equal(
    digestResponse(stored.sha256 ?? '', { ...RFC_7616, algorithm: 'SHA-256' }),
    '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
  );
});

test('RFC 2617 §3.5: qop=auth', () => {
  const secret = ha1('Mufasa', 'testrealm@host.com', 'Circle Of Life', 'md5');
  assert.equal(secret, '939e7578ed9e3c518a452acee763bce9');
  const input = { method: 'GET', uri: '/dir/index.html', nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093' } as const;
  assert.equal(
    digestResponse(secret, { ...input, algorithm: 'MD5', qop: 'auth', nc: '00000001', cnonce: '0a4f113b' }),
    '6629fae49393a05397450978507c4ef1',
  );
});

test('RFC 2069 §2.4: without qop (the response as corrected by erratum 749)', () => {
  const secret = ha1('Mufasa', 'testrealm@host.com', 'CircleOfLife', 'md5');
  const input = { method: 'GET', uri: '/dir/index.html', nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093' } as const;
  assert.equal(
    digestResponse(secret, { ...input, algorithm: 'MD5', qop: undefined, nc: '', cnonce: '' }),
    '1949323746fe6a43ef61f9606e7febea',
  );
});

test('RFC 7616 §3.4.2, §3.4.3: -sess and auth-int by their formulas', async () => {
  const { hash } = await import('node:crypto');
  const h = (text: string) => hash('sha256', text);
  const input = { ...RFC_7616, method: 'INVITE', uri: 'sip:b@example.org', body: Buffer.from('v=0\r\n') };
  const secret = ha1('b', 'example.org', 'pw', 'sha256');
  assert.equal(
    digestResponse(secret, { ...input, algorithm: 'SHA-256-sess', qop: 'auth-int' }),
    h(
      `${h(`${secret}:${input.nonce}:${input.cnonce}`)}:${input.nonce}:00000001:${input.cnonce}:auth-int:` +
        h(`INVITE:sip:b@example.org:${h('v=0\r\n')}`),
    ),
  );
});

test('octets beyond ASCII are hashed as they stood on the wire', async () => {
  const { hash } = await import('node:crypto');
  const input = { ...RFC_7616, algorithm: 'MD5', uri: Buffer.from('sip:jürgen@x').toString('latin1') } as const;
  const h = (text: string) => hash('md5', text);
  assert.equal(
    digestResponse('aa', input),
    h(`aa:${input.nonce}:00000001:${input.cnonce}:auth:${h('GET:sip:jürgen@x')}`),
  );
});

test('algorithm names in any case, MD5 when absent, unknown ones refused', () => {
  const cases: [string | undefined, DigestAlgorithm | undefined][] = [
    [undefined, 'MD5'],
    ['md5', 'MD5'],
    ['sha-256', 'SHA-256'],
    ['Sha-256-Sess', 'SHA-256-sess'],
    ['MD5-SESS', 'MD5-sess'],
    ['SHA-512-256', undefined],
    ['', undefined],
    ['AKAv1-MD5', undefined],
  ];
  for (const [name, algorithm] of cases) assert.equal(digestAlgorithm(name), algorithm, String(name));
});
