/** As much of STUN and ICE as a client needs to be let in (RFC 8489, RFC 8445). */
import { createHmac, type KeyObject } from 'node:crypto';
import { crc32 } from 'node:zlib';

const MAGIC_COOKIE = 0x2112a442;
const HEADER_OCTETS = 20;
const INTEGRITY_OCTETS = 20;
const FINGERPRINT_MASK = 0x5354554e;

const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
const USERNAME = 0x0006;
const MESSAGE_INTEGRITY = 0x0008;
const XOR_MAPPED_ADDRESS = 0x0020;
const PRIORITY = 0x0024;
const USE_CANDIDATE = 0x0025;
const FINGERPRINT = 0x8028;
const ICE_CONTROLLING = 0x802a;

/** A check that nominates its pair. `username` is the other side's fragment, a colon, ours; `key` the other's password. */
export function bindingRequest(username: string, key: KeyObject, transactionId: Buffer): Buffer {
  const priority = Buffer.alloc(4);
  priority.writeUInt32BE(1_862_270_975);
  const tieBreaker = Buffer.alloc(8, 0xff);
  const attributes = [
    attribute(USERNAME, Buffer.from(username)),
    attribute(PRIORITY, priority),
    attribute(ICE_CONTROLLING, tieBreaker),
    attribute(USE_CANDIDATE, Buffer.alloc(0)),
  ];
  return message(BINDING_REQUEST, transactionId, attributes, key);
}

/** The answer to a check that came from this IPv4 address; `key` is our own password. */
export function bindingSuccess(request: Buffer, address: string, port: number, key: KeyObject): Buffer {
  const mapped = Buffer.alloc(8);
  mapped[1] = 1;
  mapped.writeUInt16BE(port ^ (MAGIC_COOKIE >>> 16), 2);
  const octets = address.split('.').reduce((word, octet) => word * 256 + Number(octet), 0);
  mapped.writeUInt32BE((octets ^ MAGIC_COOKIE) >>> 0, 4);
  return message(BINDING_SUCCESS, request.subarray(8, 20), [attribute(XOR_MAPPED_ADDRESS, mapped)], key);
}

export function isBindingRequest(datagram: Buffer): boolean {
  return datagram.length >= HEADER_OCTETS && datagram.readUInt16BE(0) === BINDING_REQUEST;
}

export function isBindingSuccess(datagram: Buffer): boolean {
  return datagram.length >= HEADER_OCTETS && datagram.readUInt16BE(0) === BINDING_SUCCESS;
}

function message(type: number, transactionId: Buffer, attributes: readonly Buffer[], key: KeyObject): Buffer {
  const header = Buffer.alloc(HEADER_OCTETS);
  header.writeUInt16BE(type, 0);
  header.writeUInt32BE(MAGIC_COOKIE, 4);
  transactionId.copy(header, 8);
  const body = Buffer.concat(attributes);
  header.writeUInt16BE(body.length + 4 + INTEGRITY_OCTETS, 2);
  const integrity = createHmac('sha1', key).update(header).update(body).digest();
  header.writeUInt16BE(body.length + 4 + INTEGRITY_OCTETS + 8, 2);
  const whole = Buffer.concat([header, body, attribute(MESSAGE_INTEGRITY, integrity)]);
  const check = Buffer.alloc(4);
  check.writeUInt32BE((crc32(whole) ^ FINGERPRINT_MASK) >>> 0);
  return Buffer.concat([whole, attribute(FINGERPRINT, check)]);
}

function attribute(type: number, value: Buffer): Buffer {
  const padded = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4);
  padded.writeUInt16BE(type, 0);
  padded.writeUInt16BE(value.length, 2);
  value.copy(padded, 4);
  return padded;
}
