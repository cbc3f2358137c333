import { fingerprintOf, integrityOf, type StunKey } from './integrity.ts';
import { MAGIC_COOKIE, STUN_HEADER_OCTETS, StunAttributeType, type StunClass } from './message.ts';

/** A message to be written; attributes keep their order. */
export interface StunDraft {
  readonly class: StunClass;
  readonly method: number;
  readonly transactionId: Buffer;
  readonly attributes: readonly (readonly [type: number, value: Buffer])[];
}

const SHA1_OCTETS = 20;
const CLASS_BITS: Readonly<Record<StunClass, number>> = { request: 0, indication: 0x010, success: 0x100, error: 0x110 };

/** Writes a message with MESSAGE-INTEGRITY when there is a key, and always FINGERPRINT (RFC 8445 §7.1). */
export function writeStun(draft: StunDraft, key: StunKey | undefined): Buffer {
  const body = draft.attributes.reduce((sum, [, value]) => sum + 4 + padded(value.length), 0);
  const integrity = key === undefined ? 0 : 4 + SHA1_OCTETS;
  const message = Buffer.alloc(STUN_HEADER_OCTETS + body + integrity + 8);
  writeHeader(message, draft);
  let at = STUN_HEADER_OCTETS;
  for (const [type, value] of draft.attributes) at = writeAttribute(message, at, type, value);
  if (key !== undefined) {
    const digest = integrityOf(message.subarray(0, at), SHA1_OCTETS, 'sha1', key);
    at = writeAttribute(message, at, StunAttributeType.messageIntegrity, digest);
  }
  const crc = Buffer.alloc(4);
  crc.writeUInt32BE(fingerprintOf(message.subarray(0, at)));
  writeAttribute(message, at, StunAttributeType.fingerprint, crc);
  return message;
}

/** The value of ERROR-CODE (RFC 8489 §14.8). */
export function errorCode(code: number, reason: string): Buffer {
  return Buffer.concat([Buffer.from([0, 0, Math.floor(code / 100), code % 100]), Buffer.from(reason, 'utf8')]);
}

/** The value of UNKNOWN-ATTRIBUTES (RFC 8489 §14.13). */
export function unknownAttributes(types: readonly number[]): Buffer {
  const value = Buffer.alloc(2 * types.length);
  types.forEach((type, index) => {
    value.writeUInt16BE(type, 2 * index);
  });
  return value;
}

function writeHeader(message: Buffer, draft: StunDraft): void {
  const { method } = draft;
  const type = (method & 0x000f) | ((method & 0x0070) << 1) | ((method & 0x0f80) << 2) | CLASS_BITS[draft.class];
  message.writeUInt16BE(type, 0);
  message.writeUInt16BE(message.length - STUN_HEADER_OCTETS, 2);
  message.writeUInt32BE(MAGIC_COOKIE, 4);
  draft.transactionId.copy(message, 8);
}

function writeAttribute(message: Buffer, at: number, type: number, value: Buffer): number {
  message.writeUInt16BE(type, at);
  message.writeUInt16BE(value.length, at + 2);
  value.copy(message, at + 4);
  return at + 4 + padded(value.length);
}

function padded(octets: number): number {
  return (octets + 3) & ~3;
}
