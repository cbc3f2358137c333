import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { STUN_HEADER_OCTETS, type StunAttribute, StunAttributeType, type StunMessage } from './message.ts';

const SHA1_OCTETS = 20;
const SHA256_OCTETS = 32;
/** RFC 8489 §14.7: the letters "STUN". */
const FINGERPRINT_MASK = 0x5354_554e;

/** Key of the short-term mechanism (RFC 8489 §9.1.1): the password, which ICE makes of plain letters. */
export type StunKey = KeyObject | Buffer;

/** True when FINGERPRINT is there, last, and right (RFC 8489 §14.7). */
export function hasValidFingerprint(datagram: Buffer, message: StunMessage): boolean {
  const last = message.attributes.at(-1);
  if (last?.type !== StunAttributeType.fingerprint || last.value.length !== 4) return false;
  return last.value.readUInt32BE(0) === fingerprintOf(datagram.subarray(0, last.at));
}

/**
 * True when MESSAGE-INTEGRITY-SHA256 or MESSAGE-INTEGRITY is right for `key` (RFC 8489 §14.5, §14.6). The stronger one
 * counts when both are there. SHA256 may be cut short to no less than 16 octets.
 */
export function hasValidIntegrity(datagram: Buffer, message: StunMessage, key: StunKey): boolean {
  const strong = message.attributes.find(({ type }) => type === StunAttributeType.messageIntegritySha256);
  if (strong) return isRight(datagram, strong, 'sha256', key, 16, SHA256_OCTETS);
  const classic = message.attributes.find(({ type }) => type === StunAttributeType.messageIntegrity);
  return classic !== undefined && isRight(datagram, classic, 'sha1', key, SHA1_OCTETS, SHA1_OCTETS);
}

function isRight(
  datagram: Buffer,
  attribute: StunAttribute,
  hash: 'sha1' | 'sha256',
  key: StunKey,
  least: number,
  most: number,
): boolean {
  const { length } = attribute.value;
  if (length < least || length > most || length % 4 !== 0) return false;
  const digest = integrityOf(datagram.subarray(0, attribute.at), length, hash, key);
  return timingSafeEqual(digest.subarray(0, length), attribute.value);
}

/**
 * HMAC over the message up to the attribute. The header's length counts as if the attribute, of `octets`, were the last
 * one (RFC 8489 §14.5), so whatever follows may be added later.
 */
export function integrityOf(before: Buffer, octets: number, hash: 'sha1' | 'sha256', key: StunKey): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(before.length + 4 + octets - STUN_HEADER_OCTETS);
  const hmac = createHmac(hash, key);
  return hmac.update(before.subarray(0, 2)).update(length).update(before.subarray(4)).digest();
}

/** Value of FINGERPRINT behind `before`, whose header counts the fingerprint already. */
export function fingerprintOf(before: Buffer): number {
  return (crc32(before) ^ FINGERPRINT_MASK) >>> 0;
}
