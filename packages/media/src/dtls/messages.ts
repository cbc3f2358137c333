import type { DtlsSrtpProfile } from './profiles.ts';
import { dtlsIdOf, profileOfDtlsId } from './profiles.ts';

/** Handshake types (RFC 5246 §7.4, RFC 6347 §4.3.2). */
export const HandshakeType = {
  clientHello: 1,
  serverHello: 2,
  helloVerifyRequest: 3,
  certificate: 11,
  serverKeyExchange: 12,
  certificateRequest: 13,
  serverHelloDone: 14,
  certificateVerify: 15,
  clientKeyExchange: 16,
  finished: 20,
} as const;

export const DTLS_1_2 = 0xfefd;
/** Forward secret, authenticated encryption, and spoken by every browser (RFC 8827 §6.5). */
const ECDHE_ECDSA_AES_128_GCM_SHA256 = 0xc02b;
/** As client also from servers that have an RSA certificate. */
const ECDHE_RSA_AES_128_GCM_SHA256 = 0xc02f;
const RENEGOTIATION_SCSV = 0x00ff;

const Extension = {
  supportedGroups: 10,
  pointFormats: 11,
  signatureAlgorithms: 13,
  useSrtp: 14,
  extendedMasterSecret: 23,
  renegotiationInfo: 0xff01,
} as const;

/** RFC 8422 §5.1.1. */
export type Group = 'x25519' | 'P-256';
const GROUPS: readonly (readonly [number, Group])[] = [
  [29, 'x25519'],
  [23, 'P-256'],
];
export const ECDSA_P256_SHA256 = 0x0403;
export const RSA_PKCS1_SHA256 = 0x0401;

/** What a peer's hello says that matters here. */
export interface Hello {
  readonly random: Buffer;
  readonly suites: readonly number[];
  readonly groups: readonly Group[];
  readonly signatures: readonly number[];
  readonly profiles: readonly DtlsSrtpProfile[];
  readonly hasExtendedMasterSecret: boolean;
  readonly hasRenegotiationInfo: boolean;
}

/** Walks over a message body; reading beyond the end throws a RangeError, which ends the handshake. */
class Reader {
  readonly #octets: Buffer;
  #at = 0;

  constructor(octets: Buffer) {
    this.#octets = octets;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#octets.length;
  }

  number(octets: number): number {
    const value = this.#octets.readUIntBE(this.#at, octets);
    this.#at += octets;
    return value;
  }

  take(octets: number): Buffer {
    if (this.#at + octets > this.#octets.length) throw new RangeError('a field reaches beyond the message');
    this.#at += octets;
    return this.#octets.subarray(this.#at - octets, this.#at);
  }

  /** A field that begins with its length in `lengthOctets`. */
  field(lengthOctets: number): Buffer {
    return this.take(this.number(lengthOctets));
  }
}

export function readClientHello(body: Buffer): Hello {
  const reader = new Reader(body);
  reader.number(2);
  const random = reader.take(32);
  reader.field(1);
  reader.field(1);
  const suites = numbers(reader.field(2));
  reader.field(1);
  return hello(random, suites, reader);
}

export function readServerHello(body: Buffer): Hello {
  const reader = new Reader(body);
  if (reader.number(2) !== DTLS_1_2) throw new RangeError('the server speaks another version than DTLS 1.2');
  const random = reader.take(32);
  reader.field(1);
  const suites = [reader.number(2)];
  reader.number(1);
  return hello(random, suites, reader);
}

function hello(random: Buffer, suites: readonly number[], reader: Reader): Hello {
  const extensions = readExtensions(reader);
  const list = (type: number) => {
    const value = extensions.get(type);
    return value ? numbers(new Reader(value).field(2)) : [];
  };
  const ids = list(Extension.supportedGroups);
  return {
    random: Buffer.from(random),
    suites,
    groups: GROUPS.filter(([id]) => ids.includes(id)).map(([, group]) => group),
    signatures: list(Extension.signatureAlgorithms),
    profiles: list(Extension.useSrtp)
      .map(profileOfDtlsId)
      .filter((profile) => profile !== undefined),
    hasExtendedMasterSecret: extensions.has(Extension.extendedMasterSecret),
    hasRenegotiationInfo: extensions.has(Extension.renegotiationInfo) || suites.includes(RENEGOTIATION_SCSV),
  };
}

function readExtensions(reader: Reader): Map<number, Buffer> {
  const extensions = new Map<number, Buffer>();
  if (reader.isAtEnd) return extensions;
  const list = new Reader(reader.field(2));
  while (!list.isAtEnd) extensions.set(list.number(2), list.field(2));
  return extensions;
}

function numbers(list: Buffer): number[] {
  return Array.from({ length: list.length >>> 1 }, (_, i) => list.readUInt16BE(2 * i));
}

/** True when the hello of a client leaves something that we can speak as server. */
export function isAcceptable({ suites, signatures, groups }: Hello): boolean {
  return suites.includes(ECDHE_ECDSA_AES_128_GCM_SHA256) && signatures.includes(ECDSA_P256_SHA256) && groups.length > 0;
}

/** True when the server chose what was offered. */
export function isOffered({ suites }: Hello): boolean {
  return suites[0] === ECDHE_ECDSA_AES_128_GCM_SHA256 || suites[0] === ECDHE_RSA_AES_128_GCM_SHA256;
}

export function writeClientHello(random: Buffer, cookie: Buffer, profiles: readonly DtlsSrtpProfile[]): Buffer {
  return Buffer.concat([
    uint16(DTLS_1_2),
    random,
    sized(1, Buffer.alloc(0)),
    sized(1, cookie),
    sized(2, uint16(ECDHE_ECDSA_AES_128_GCM_SHA256, ECDHE_RSA_AES_128_GCM_SHA256)),
    sized(1, Buffer.alloc(1)),
    sized(
      2,
      extension(Extension.supportedGroups, sized(2, uint16(...GROUPS.map(([id]) => id)))),
      extension(Extension.pointFormats, sized(1, Buffer.alloc(1))),
      extension(Extension.signatureAlgorithms, sized(2, uint16(ECDSA_P256_SHA256, RSA_PKCS1_SHA256))),
      extension(Extension.useSrtp, srtpProfiles(profiles)),
      extension(Extension.extendedMasterSecret, Buffer.alloc(0)),
      extension(Extension.renegotiationInfo, Buffer.alloc(1)),
    ),
  ]);
}

/** The answer to a client's hello; it names only what that one named (RFC 5246 §7.4.1.4). */
export function writeServerHello(random: Buffer, client: Hello, profile: DtlsSrtpProfile): Buffer {
  const extensions = [extension(Extension.useSrtp, srtpProfiles([profile]))];
  if (client.hasExtendedMasterSecret) extensions.push(extension(Extension.extendedMasterSecret, Buffer.alloc(0)));
  if (client.hasRenegotiationInfo) extensions.push(extension(Extension.renegotiationInfo, Buffer.alloc(1)));
  return Buffer.concat([
    uint16(DTLS_1_2),
    random,
    sized(1, Buffer.alloc(0)),
    uint16(ECDHE_ECDSA_AES_128_GCM_SHA256),
    Buffer.alloc(1),
    sized(2, ...extensions),
  ]);
}

export function readCookie(body: Buffer): Buffer {
  const reader = new Reader(body);
  reader.number(2);
  return Buffer.from(reader.field(1));
}

export function writeCertificate(certificateDer: Buffer): Buffer {
  return sized(3, sized(3, certificateDer));
}

export function writeCertificateRequest(): Buffer {
  const types = Buffer.from([64, 1]);
  return Buffer.concat([sized(1, types), sized(2, uint16(ECDSA_P256_SHA256, RSA_PKCS1_SHA256)), sized(2)]);
}

/** ECDHE parameters (RFC 8422 §5.4): named curve, curve, point. */
export function keyParameters(group: Group, point: Buffer): Buffer {
  const id = GROUPS.find(([, name]) => name === group)?.[0] ?? 0;
  return Buffer.concat([Buffer.from([3]), uint16(id), sized(1, point)]);
}

export function readServerKeyExchange(body: Buffer): { readonly group: Group; readonly point: Buffer } {
  const reader = new Reader(body);
  const kind = reader.number(1);
  const id = reader.number(2);
  const group = GROUPS.find(([known]) => known === id)?.[1];
  if (kind !== 3 || !group) throw new RangeError('the server chose a curve that was not offered');
  return { group, point: Buffer.from(reader.field(1)) };
}

export function writeClientKeyExchange(point: Buffer): Buffer {
  return sized(1, point);
}

export function readClientKeyExchange(body: Buffer): Buffer {
  return Buffer.from(new Reader(body).field(1));
}

/** A digitally-signed element (RFC 5246 §4.7). */
export function signedElement(signature: Buffer): Buffer {
  return Buffer.concat([uint16(ECDSA_P256_SHA256), sized(2, signature)]);
}

function srtpProfiles(profiles: readonly DtlsSrtpProfile[]): Buffer {
  // RFC 5764 §4.1.1: then the MKI, which nobody uses.
  return Buffer.concat([sized(2, uint16(...profiles.map(dtlsIdOf))), Buffer.alloc(1)]);
}

function extension(type: number, value: Buffer): Buffer {
  return Buffer.concat([uint16(type), sized(2, value)]);
}

function uint16(...values: readonly number[]): Buffer {
  const octets = Buffer.alloc(2 * values.length);
  values.forEach((value, index) => {
    octets.writeUInt16BE(value, 2 * index);
  });
  return octets;
}

function sized(lengthOctets: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const length = Buffer.alloc(lengthOctets);
  length.writeUIntBE(content.length, 0, lengthOctets);
  return Buffer.concat([length, content]);
}
