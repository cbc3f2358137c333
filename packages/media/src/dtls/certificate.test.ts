import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { describe, test } from 'node:test';
import type { Fingerprint } from '../engine/stream.ts';
import { createDtlsCertificate, identityOf, matchesFingerprint } from './certificate.ts';

test('a certificate signs itself, names nobody, and is valid before and after now', () => {
  const nowMs = Date.UTC(2026, 10, 27, 12);
  const made = createDtlsCertificate(nowMs);
  const certificate = new X509Certificate(made.certificatePem);
  assert.ok(certificate.verify(certificate.publicKey));
  assert.ok(certificate.checkPrivateKey(identityOf(made).privateKey));
  assert.equal(certificate.subject, 'CN=media');
  assert.deepEqual(
    [certificate.validFromDate.toISOString(), certificate.validToDate.toISOString()],
    ['2026-10-28T12:00:00.000Z', '2036-11-24T12:00:00.000Z'],
  );
  assert.notEqual(made.fingerprint.value, createDtlsCertificate(nowMs).fingerprint.value);
});

describe('fingerprints (RFC 8122 §5)', () => {
  const der = identityOf(createDtlsCertificate()).certificateDer;
  const of = (hash: string, octets = der): Fingerprint => {
    const digest = createHash(hash.replace('-', '')).update(octets).digest('hex').toUpperCase();
    return { hash, value: digest.match(/../g)?.join(':') ?? '' };
  };
  const wrong = (hash: string): Fingerprint => of(hash, Buffer.from('another'));
  const cases: readonly [string, readonly Fingerprint[], boolean][] = [
    ['the right one', [of('sha-256')], true],
    ['the right one in small letters', [{ hash: 'SHA-256', value: of('sha-256').value.toLowerCase() }], true],
    ['SHA-384', [of('sha-384')], true],
    ['one of two of a hash', [wrong('sha-256'), of('sha-256')], true],
    ['another one', [wrong('sha-256')], false],
    ['of two hashes the better one counts', [wrong('sha-256'), of('sha-512')], false],
    ['SHA-1 proves nothing', [of('sha-1')], false],
    ['none', [], false],
    ['cut short', [{ hash: 'sha-256', value: of('sha-256').value.slice(0, 50) }], false],
    ['nothing of it', [{ hash: 'sha-256', value: '' }], false],
  ];
  for (const [name, signalled, expected] of cases) {
    test(name, () => assert.equal(matchesFingerprint(der, signalled), expected));
  }
});
