import { createHash, timingSafeEqual, verify, X509Certificate } from 'node:crypto';
import { finishedData } from './key-schedule.ts';
import { ECDSA_P256_SHA256, HandshakeType, RSA_PKCS1_SHA256 } from './messages.ts';

const RANDOM_OCTETS = 32;

/** What both sides have seen so far, as one hash (RFC 5246 §7.4.9, RFC 7627 §3). */
export function hashOf(transcript: readonly TranscriptMessage[]): Buffer {
  const hash = createHash('sha256');
  for (const { octets } of transcript) hash.update(octets);
  return hash.digest();
}

/** One message of a handshake; `octets` with its header, as it counts in the transcript (RFC 6347 §4.2.6). */
export interface TranscriptMessage {
  readonly type: number;
  /** True for messages of this side. */
  readonly isLocal: boolean;
  readonly body: Buffer;
  readonly octets: Buffer;
}

export interface FinishedCheck {
  readonly role: 'client' | 'server';
  /** Every message before the peer's Finished, in order. */
  readonly transcript: readonly TranscriptMessage[];
  readonly masterSecret: Buffer;
  /** The body of the peer's Finished. */
  readonly verifyData: Buffer;
}

export type PeerProof =
  /** The peer holds the key of this certificate (DER) and saw the handshake that we saw. */
  { readonly ok: true; readonly certificate: Buffer } | { readonly ok: false; readonly reason: string };

/**
 * Checks what makes a handshake worth something: that the peer signed it with the key of the certificate it sent
 * (CertificateVerify or ServerKeyExchange, RFC 5246 §7.4.8, RFC 8422 §5.4), and that both sides saw the same messages
 * (Finished, §7.4.9). Without the first anybody could show a certificate copied off the wire.
 */
export function provePeer(check: FinishedCheck): PeerProof {
  const remote = check.transcript.filter((message) => !message.isLocal);
  const certificate = firstCertificate(remote.find(({ type }) => type === HandshakeType.certificate)?.body);
  if (!certificate) return { ok: false, reason: 'the peer sent no certificate' };
  try {
    const isSigned = check.role === 'server' ? isClientSigned(check, certificate) : isServerSigned(check, certificate);
    if (!isSigned) return { ok: false, reason: 'the handshake is not signed with the key of the certificate' };
  } catch {
    return { ok: false, reason: 'the certificate cannot be read' };
  }
  const peer = check.role === 'server' ? 'client' : 'server';
  const expected = finishedData(check.masterSecret, peer, hashOf(check.transcript));
  if (!isEqual(expected, check.verifyData)) return { ok: false, reason: 'the handshake was changed on the way' };
  return { ok: true, certificate };
}

function isClientSigned({ transcript }: FinishedCheck, certificate: Buffer): boolean {
  const at = transcript.findIndex(({ type, isLocal }) => type === HandshakeType.certificateVerify && !isLocal);
  const body = transcript[at]?.body;
  if (!body) return false;
  const before = Buffer.concat(transcript.slice(0, at).map(({ octets }) => octets));
  return isSignature(body, 0, before, certificate);
}

function isServerSigned({ transcript }: FinishedCheck, certificate: Buffer): boolean {
  const hello = transcript.findLast(({ type, isLocal }) => type === HandshakeType.clientHello && isLocal);
  const serverHello = transcript.find(({ type, isLocal }) => type === HandshakeType.serverHello && !isLocal);
  const exchange = transcript.find(({ type, isLocal }) => type === HandshakeType.serverKeyExchange && !isLocal);
  if (!hello || !serverHello || !exchange || exchange.body.length < 4) return false;
  // Curve type, curve, and the length of the point before it.
  const parameters = exchange.body.subarray(0, 4 + exchange.body.readUInt8(3));
  const signed = Buffer.concat([randomOf(hello.body), randomOf(serverHello.body), parameters]);
  return isSignature(exchange.body, parameters.length, signed, certificate);
}

function randomOf(hello: Buffer): Buffer {
  return hello.subarray(2, 2 + RANDOM_OCTETS);
}

/** A digitally-signed element: scheme, length, signature (RFC 5246 §4.7). */
function isSignature(body: Buffer, at: number, signed: Buffer, certificate: Buffer): boolean {
  if (at + 4 > body.length) return false;
  const scheme = body.readUInt16BE(at);
  const signature = body.subarray(at + 4);
  if (signature.length !== body.readUInt16BE(at + 2)) return false;
  const { publicKey } = new X509Certificate(certificate);
  const kind = scheme === ECDSA_P256_SHA256 ? 'ec' : scheme === RSA_PKCS1_SHA256 ? 'rsa' : undefined;
  return publicKey.asymmetricKeyType === kind && verify('sha256', signed, publicKey, signature);
}

/** The first of a certificate_list, the peer's own (RFC 5246 §7.4.2). */
function firstCertificate(body: Buffer | undefined): Buffer | undefined {
  if (!body || body.length < 6) return undefined;
  const length = body.readUIntBE(3, 3);
  return length > 0 && 6 + length <= body.length ? Buffer.from(body.subarray(6, 6 + length)) : undefined;
}

function isEqual(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
