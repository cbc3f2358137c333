import { createHash, timingSafeEqual, X509Certificate } from 'node:crypto';
import { CipherContext, HashAlgorithm, NamedCurveAlgorithm, SignatureAlgorithm } from 'werift';
import type { Fingerprint } from '../engine/stream.ts';

/** A certificate with its key, made by this process for itself; plain data, so that it can be handed to a thread. */
export interface DtlsCertificate {
  readonly certificatePem: string;
  /** Secret. */
  readonly privateKeyPem: string;
  readonly fingerprint: Fingerprint;
}

/** Makes an ECDSA P-256 certificate (RFC 8827 §6.5). Peers trust its fingerprint alone, so it names nobody. */
export async function createDtlsCertificate(): Promise<DtlsCertificate> {
  const made = await CipherContext.createSelfSignedCertificateWithKey(
    { signature: SignatureAlgorithm.ecdsa_3, hash: HashAlgorithm.sha256_4 },
    NamedCurveAlgorithm.secp256r1_23,
  );
  const value = new X509Certificate(made.certPem).fingerprint256;
  return {
    certificatePem: made.certPem,
    privateKeyPem: made.keyPem,
    fingerprint: { hash: 'sha-256', value },
  };
}

/** Hashes that are taken (RFC 8122 §5), the preferred first. MD2, MD5 and SHA-1 prove nothing any more. */
const HASHES = ['sha-256', 'sha-512', 'sha-384'] as const;

/**
 * True when the certificate has one of the signalled fingerprints. Of several hashes only the most preferred one that is
 * known counts (RFC 8122 §5.1).
 */
export function matchesFingerprint(certificateDer: Buffer, signalled: readonly Fingerprint[]): boolean {
  const hash = HASHES.find((name) => signalled.some((fingerprint) => fingerprint.hash.toLowerCase() === name));
  if (!hash) return false;
  const digest = createHash(hash.replace('-', '')).update(certificateDer).digest();
  return signalled.some(
    (fingerprint) => fingerprint.hash.toLowerCase() === hash && isSame(digest, octetsOf(fingerprint.value)),
  );
}

function isSame(digest: Buffer, octets: Buffer): boolean {
  return digest.length === octets.length && timingSafeEqual(digest, octets);
}

function octetsOf(value: string): Buffer {
  return Buffer.from(value.replaceAll(':', ''), 'hex');
}
