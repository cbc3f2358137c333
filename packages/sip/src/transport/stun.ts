import { isIP } from 'node:net';

const MAGIC_COOKIE = 0x2112a442;
const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
const XOR_MAPPED_ADDRESS = 0x0020;
const HEADER_OCTETS = 20;

/** True for a STUN message: no SIP message begins with an octet below 4 (RFC 5389 §6, RFC 5626 §4.4.2). */
export function isStun(bytes: Buffer): boolean {
  return bytes.length >= HEADER_OCTETS && (bytes[0] as number) < 4 && bytes.readUInt32BE(4) === MAGIC_COOKIE;
}

/** The answer to a STUN binding request, telling the source as seen here; undefined for any other STUN message. */
export function answerStun(bytes: Buffer, address: string, port: number): Buffer | undefined {
  if (bytes.readUInt16BE(0) !== BINDING_REQUEST || bytes.readUInt16BE(2) !== bytes.length - HEADER_OCTETS) {
    return undefined;
  }
  const octets = addressOctets(address);
  const answer = Buffer.alloc(HEADER_OCTETS + 8 + octets.length);
  answer.writeUInt16BE(BINDING_SUCCESS, 0);
  answer.writeUInt16BE(8 + octets.length, 2);
  bytes.copy(answer, 4, 4, HEADER_OCTETS);
  answer.writeUInt16BE(XOR_MAPPED_ADDRESS, 20);
  answer.writeUInt16BE(4 + octets.length, 22);
  answer.writeUInt8(octets.length === 4 ? 1 : 2, 25);
  answer.writeUInt16BE(port ^ (MAGIC_COOKIE >>> 16), 26);
  // RFC 5389 §15.2: the address is XORed with the cookie and, for IPv6, the transaction id behind it.
  for (let i = 0; i < octets.length; i++) answer[28 + i] = (octets[i] as number) ^ (bytes[4 + i] as number);
  return answer;
}

function addressOctets(address: string): number[] {
  const plain = address.split('%')[0] as string;
  if (isIP(plain) === 4) return plain.split('.').map(Number);
  const [head = '', tail] = plain.split('::');
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const gap = new Array<number>(8 - left.length - right.length).fill(0);
  return [...left, ...gap, ...right].flatMap((group) => [group >> 8, group & 0xff]);
}

/** The 16-bit groups of one side of `::`; a dotted end makes two. */
function groups(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [(a << 8) | b, (c << 8) | d];
  });
}
