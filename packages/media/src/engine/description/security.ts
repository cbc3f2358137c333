import { attribute, attributeLine, attributes } from '../../sdp/attributes.ts';
import { type CryptoAttribute, cryptoAttributes, cryptoText } from '../../sdp/crypto.ts';
import type { SdpLine, Section } from '../../sdp/model.ts';
import { shown } from '../../sdp/shown.ts';
import type { Fingerprint, SdesKey, SdesSuite, StreamSecurity } from '../stream.ts';

/** Octets of master key and salt together, by suite (RFC 4568 §6.2, RFC 7714 §14.2). */
export const SDES_KEY_OCTETS: Readonly<Record<SdesSuite, number>> = {
  AES_CM_128_HMAC_SHA1_80: 30,
  AES_CM_128_HMAC_SHA1_32: 30,
  AEAD_AES_128_GCM: 28,
};

/** Octets of a digest, by hash name (RFC 8122 §5); MD2 and MD5 must not be used and are left out. */
const DIGEST_OCTETS: ReadonlyMap<string, number> = new Map([
  ['sha-1', 20],
  ['sha-224', 28],
  ['sha-256', 32],
  ['sha-384', 48],
  ['sha-512', 64],
]);

type Setup = Extract<StreamSecurity, { kind: 'dtls' }>['setup'];

/** Security of a stream, or a sentence that says why it cannot be taken. */
export type SecurityReading = { readonly ok: true; readonly security: StreamSecurity } | Refused;

interface Refused {
  readonly ok: false;
  readonly reason: string;
}

/** Where attributes of a stream may stand, nearest first: its own section, the one it is bundled with, the session. */
export type Sections = readonly Section[];

/** Value of the first attribute of that name in the nearest section that has it. */
export function nearest(sections: Sections, name: string): string | undefined {
  for (const section of sections) {
    const value = attribute(section, name);
    if (typeof value === 'string') return value.trim();
  }
  return undefined;
}

/**
 * How a stream is secured, by its protocol and attributes. `a=crypto` under RTP/AVP is an offer on the side and stays
 * unused. `setupDefault` stands in when `a=setup` is missing: `active` (RFC 4145 §4.1).
 */
export function readSecurity(protocol: string, sections: Sections): SecurityReading {
  switch (protocol.toUpperCase()) {
    case 'RTP/AVP':
    case 'RTP/AVPF':
      return { ok: true, security: { kind: 'plain' } };
    case 'UDP/TLS/RTP/SAVP':
    case 'UDP/TLS/RTP/SAVPF':
      return readDtls(sections);
    case 'RTP/SAVP':
    case 'RTP/SAVPF':
      return readSdes(sections) ?? readDtls(sections, 'neither a key (a=crypto) nor a certificate (a=fingerprint)');
    default:
      return refused(`audio over ${shown(protocol)} is not supported: RTP/AVP, RTP/SAVP or UDP/TLS/RTP/SAVPF is`);
  }
}

function readDtls(sections: Sections, missing = 'no certificate fingerprint (a=fingerprint)'): SecurityReading {
  const stated = sections.find((section) => attribute(section, 'fingerprint') !== undefined);
  if (!stated) return refused(`the secured audio stream has ${missing}`);
  const fingerprints = attributes(stated, 'fingerprint')
    .map(parseFingerprint)
    .filter((fingerprint) => fingerprint !== null);
  if (fingerprints.length === 0) return refused('no certificate fingerprint of the audio stream can be read');
  return { ok: true, security: { kind: 'dtls', fingerprints, setup: readSetup(nearest(sections, 'setup')) } };
}

function parseFingerprint(text: string): Fingerprint | null {
  const [name = '', digits = '', ...more] = text.trim().split(/ +/);
  const hash = name.toLowerCase();
  const value = digits.toUpperCase();
  const octets = DIGEST_OCTETS.get(hash);
  if (octets === undefined || more.length > 0) return null;
  return /^[0-9A-F]{2}(:[0-9A-F]{2})*$/.test(value) && value.length === octets * 3 - 1 ? { hash, value } : null;
}

function readSetup(value: string | undefined): Setup {
  return value === 'passive' || value === 'actpass' ? value : 'active';
}

/** Null when there is no `a=crypto` at all. */
function readSdes(sections: Sections): SecurityReading | null {
  const own = sections[0];
  if (!own || attribute(own, 'crypto') === undefined) return null;
  const lines = cryptoAttributes(own);
  for (const line of lines) {
    const key = usableKey(line);
    if (key) return { ok: true, security: { kind: 'sdes', key } };
  }
  const suites = lines.map((line) => line.suite).join(', ') || 'none that can be read';
  return refused(`no usable key for SRTP: suites offered are ${shown(suites)}, known ${suiteNames().join(', ')}`);
}

function suiteNames(): SdesSuite[] {
  return Object.keys(SDES_KEY_OCTETS) as SdesSuite[];
}

/** One key without MKI and without parameters that change how packets look (RFC 4568 §6.3). */
function usableKey({ tag, suite: name, keys, sessionParameters }: CryptoAttribute): SdesKey | null {
  const suite = suiteNames().find((known) => known === name.toUpperCase());
  const key = keys[0];
  if (!suite || !key || keys.length > 1 || key.mki) return null;
  if (sessionParameters.some((parameter) => !/^(WSH=|KDR=0$)/.test(parameter))) return null;
  const keyAndSalt = Buffer.from(key.keyAndSalt, 'base64');
  return keyAndSalt.length === SDES_KEY_OCTETS[suite] ? { tag, suite, keyAndSalt } : null;
}

/** The lines that say `security` of an own stream; none for plain RTP. */
export function securityLines(security: StreamSecurity): SdpLine[] {
  switch (security.kind) {
    case 'plain':
      return [];
    case 'sdes':
      return [attributeLine('crypto', sdesText(security.key))];
    case 'dtls':
      return [
        ...security.fingerprints.map(({ hash, value }) => attributeLine('fingerprint', `${hash} ${value}`)),
        attributeLine('setup', security.setup),
      ];
  }
}

function sdesText({ tag, suite, keyAndSalt }: SdesKey): string {
  const key = { keyAndSalt: keyAndSalt.toString('base64'), lifetime: null, mki: null };
  return cryptoText({ tag, suite, keys: [key], sessionParameters: [] });
}

/** `m=` protocol of an own offer; an answer repeats what was offered. */
export function offeredProtocol(security: StreamSecurity): string {
  return { plain: 'RTP/AVP', sdes: 'RTP/SAVP', dtls: 'UDP/TLS/RTP/SAVPF' }[security.kind];
}

/**
 * The role to answer with (RFC 8842 §5.3): `active` when the offerer leaves the choice, unless `current`, the role this
 * side has in a connection that goes on.
 */
export function answerSetup(offered: Setup, current?: 'active' | 'passive'): 'active' | 'passive' {
  if (offered === 'actpass') return current ?? 'active';
  return offered === 'active' ? 'passive' : 'active';
}

function refused(reason: string): Refused {
  return { ok: false, reason };
}
