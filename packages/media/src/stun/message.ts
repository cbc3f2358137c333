import { isIPv4, isIPv6 } from 'node:net';

/*
 * STUN message (RFC 8489 §5)
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |0 0|     STUN Message Type     |         Message Length        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                         Magic Cookie                          |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                     Transaction ID (96 bits)                  |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

export const STUN_HEADER_OCTETS = 20;
export const MAGIC_COOKIE = 0x2112_a442;
/** Larger messages than this are not looked at; checks of browsers have about 120 octets. */
export const MAX_STUN_OCTETS = 1_500;
/** More attributes than any check has. */
export const MAX_STUN_ATTRIBUTES = 32;

export const STUN_BINDING = 0x001;

export type StunClass = 'request' | 'indication' | 'success' | 'error';
const CLASSES: readonly StunClass[] = ['request', 'indication', 'success', 'error'];

/** Attribute types (RFC 8489 §14, RFC 8445 §16.1). */
export const StunAttributeType = {
  mappedAddress: 0x0001,
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  unknownAttributes: 0x000a,
  realm: 0x0014,
  nonce: 0x0015,
  messageIntegritySha256: 0x001c,
  userHash: 0x001e,
  xorMappedAddress: 0x0020,
  priority: 0x0024,
  useCandidate: 0x0025,
  software: 0x8022,
  fingerprint: 0x8028,
  iceControlled: 0x8029,
  iceControlling: 0x802a,
} as const;

/** One attribute where it stands in the datagram. */
export interface StunAttribute {
  readonly type: number;
  /** Offset of the attribute's own header in the message. */
  readonly at: number;
  /** A view into the datagram, without padding. */
  readonly value: Buffer;
}

export interface StunMessage {
  readonly class: StunClass;
  readonly method: number;
  /** Twelve octets; a view into the datagram. */
  readonly transactionId: Buffer;
  readonly attributes: readonly StunAttribute[];
}

/** Why a datagram is no STUN message. */
export type StunReadError = 'too-short' | 'too-long' | 'not-stun' | 'bad-length' | 'bad-attribute';

/** Reads a message and leaves integrity and fingerprint to their own checks; values are views into `datagram`. */
export function readStun(datagram: Buffer): StunMessage | StunReadError {
  if (datagram.length < STUN_HEADER_OCTETS) return 'too-short';
  if (datagram.length > MAX_STUN_OCTETS) return 'too-long';
  const type = datagram.readUInt16BE(0);
  if (type >= 0x4000 || datagram.readUInt32BE(4) !== MAGIC_COOKIE) return 'not-stun';
  const length = datagram.readUInt16BE(2);
  if (length % 4 !== 0 || length + STUN_HEADER_OCTETS !== datagram.length) return 'bad-length';
  const attributes = readAttributes(datagram);
  if (!attributes) return 'bad-attribute';
  return {
    class: CLASSES[((type >>> 7) & 2) | ((type >>> 4) & 1)] as StunClass,
    // RFC 8489 §5: the two bits of the class lie between those of the method.
    method: (type & 0x000f) | ((type & 0x00e0) >>> 1) | ((type & 0x3e00) >>> 2),
    transactionId: datagram.subarray(8, STUN_HEADER_OCTETS),
    attributes,
  };
}

function readAttributes(datagram: Buffer): StunAttribute[] | undefined {
  const attributes: StunAttribute[] = [];
  for (let at = STUN_HEADER_OCTETS; at < datagram.length; ) {
    if (at + 4 > datagram.length || attributes.length === MAX_STUN_ATTRIBUTES) return undefined;
    const length = datagram.readUInt16BE(at + 2);
    const end = at + 4 + length;
    if (end > datagram.length) return undefined;
    attributes.push({ type: datagram.readUInt16BE(at), at, value: datagram.subarray(at + 4, end) });
    at = end + ((4 - (length % 4)) % 4);
  }
  return attributes;
}

/** The first attribute of a type; what follows the integrity is not part of the message (RFC 8489 §14.5). */
export function stunAttribute(message: StunMessage, type: number): Buffer | undefined {
  for (const attribute of message.attributes) {
    if (attribute.type === type) return attribute.value;
    if (isIntegrity(attribute.type) && type !== StunAttributeType.fingerprint && !isIntegrity(type)) return undefined;
  }
  return undefined;
}

function isIntegrity(type: number): boolean {
  return type === StunAttributeType.messageIntegrity || type === StunAttributeType.messageIntegritySha256;
}

/** The value of XOR-MAPPED-ADDRESS for an address (RFC 8489 §14.2); `address` is a literal without zone. */
export function xorMappedAddress(address: string, port: number, transactionId: Buffer): Buffer {
  const octets = addressOctets(address);
  const value = Buffer.alloc(4 + octets.length);
  value[1] = octets.length === 4 ? 0x01 : 0x02;
  value.writeUInt16BE(port ^ (MAGIC_COOKIE >>> 16), 2);
  xorInto(value, octets, transactionId);
  return value;
}

/** Reads XOR-MAPPED-ADDRESS; undefined when it is malformed. */
export function readXorMappedAddress(
  value: Buffer,
  transactionId: Buffer,
): { readonly address: string; readonly port: number } | undefined {
  const family = value[1];
  const size = family === 0x01 ? 4 : family === 0x02 ? 16 : 0;
  if (size === 0 || value.length !== 4 + size) return undefined;
  const octets = Buffer.from(value);
  xorInto(octets, value.subarray(4), transactionId);
  const groups = Array.from({ length: size / 2 }, (_, i) => octets.readUInt16BE(4 + 2 * i).toString(16));
  const address =
    size === 4 ? octets.subarray(4).join('.') : new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
  return { address, port: value.readUInt16BE(2) ^ (MAGIC_COOKIE >>> 16) };
}

function xorInto(value: Buffer, octets: Uint8Array, transactionId: Buffer): void {
  const mask = Buffer.alloc(16);
  mask.writeUInt32BE(MAGIC_COOKIE, 0);
  transactionId.copy(mask, 4);
  for (let i = 0; i < octets.length; i++) value[4 + i] = (octets[i] ?? 0) ^ (mask[i] ?? 0);
}

function addressOctets(address: string): Uint8Array {
  if (isIPv4(address)) return Uint8Array.from(address.split('.'), Number);
  const plain = address.split('%')[0] ?? '';
  if (!isIPv6(plain)) throw new TypeError(`${address} is no literal address`);
  // The parser of URLs writes embedded IPv4 in hexadecimal groups.
  const [head = '', tail] = new URL(`http://[${plain}]`).hostname.slice(1, -1).split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right];
  return Uint8Array.from(
    groups.flatMap((group) => [Number.parseInt(group, 16) >>> 8, Number.parseInt(group, 16) & 0xff]),
  );
}
