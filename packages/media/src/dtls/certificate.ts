import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  timingSafeEqual,
  X509Certificate,
} from 'node:crypto';
import type { Fingerprint } from '../engine/stream.ts';
import {
  derBitString,
  derExplicit,
  derInteger,
  derObjectIdentifier,
  derSequence,
  derSet,
  derUtcTime,
  derUtf8String,
} from './der.ts';

/** A certificate with its key, made by this process for itself; plain data, so that it can be handed to a thread. */
export interface DtlsCertificate {
  readonly certificatePem: string;
  /** Secret. */
  readonly privateKeyPem: string;
  readonly fingerprint: Fingerprint;
}

const DAY_MS = 24 * 60 * 60_000;
const VERSION_3 = derExplicit(0, derInteger(Buffer.from([2])));
const ECDSA_WITH_SHA256 = derSequence(derObjectIdentifier('1.2.840.10045.4.3.2'));
const COMMON_NAME = '2.5.4.3';

/**
 * Makes an ECDSA P-256 certificate (RFC 8827 §6.5) that signs itself (RFC 5280 §4.1). Peers trust its fingerprint alone, so
 * it names nobody; it is valid for the life of a process, with room for clocks that are wrong.
 */
export function createDtlsCertificate(nowMs = Date.now()): DtlsCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = derSequence(derSet(derSequence(derObjectIdentifier(COMMON_NAME), derUtf8String('media'))));
  const content = derSequence(
    VERSION_3,
    derInteger(randomBytes(16)),
    ECDSA_WITH_SHA256,
    name,
    derSequence(derUtcTime(nowMs - 30 * DAY_MS), derUtcTime(nowMs + 3_650 * DAY_MS)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = sign('sha256', content, privateKey);
  const certificate = new X509Certificate(derSequence(content, ECDSA_WITH_SHA256, derBitString(signature)));
  return {
    certificatePem: certificate.toString(),
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    fingerprint: { hash: 'sha-256', value: certificate.fingerprint256 },
  };
}

/** A certificate taken out of its text: what a handshake works with. */
export interface DtlsIdentity {
  readonly certificateDer: Buffer;
  readonly privateKey: KeyObject;
}

const IDENTITIES = new WeakMap<DtlsCertificate, DtlsIdentity>();

/** Parsed once for each certificate: a handshake has better things to do. */
export function identityOf(certificate: DtlsCertificate): DtlsIdentity {
  let identity = IDENTITIES.get(certificate);
  if (!identity) {
    const { raw } = new X509Certificate(certificate.certificatePem);
    identity = { certificateDer: raw, privateKey: createPrivateKey(certificate.privateKeyPem) };
    IDENTITIES.set(certificate, identity);
  }
  return identity;
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
