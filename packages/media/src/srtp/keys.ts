import type { SdesKey } from '../engine/stream.ts';
import type { CryptoAttribute } from '../sdp/crypto.ts';
import { SRTP_KEY_OCTETS, SRTP_PROFILES, type SrtpMasterKey, type SrtpProfile } from './profile.ts';

/** Master keys of both directions, as one end sees them. */
export interface SrtpKeyPair {
  readonly send: SrtpMasterKey;
  readonly receive: SrtpMasterKey;
}

/** Octets of keying material that a DTLS association exports for a profile (RFC 5764 §4.2). */
export function dtlsExportOctets(profile: SrtpProfile): number {
  return 2 * (SRTP_KEY_OCTETS + SRTP_PROFILES[profile].saltOctets);
}

/** The label that DTLS exports keying material for SRTP under (RFC 5764 §4.2). */
export const DTLS_EXPORTER_LABEL = 'EXTRACTOR-dtls_srtp';

/**
 * Master keys out of a DTLS association's exported keying material, `dtlsExportOctets` of it: client key, server key,
 * client salt, server salt (RFC 5764 §4.2). `role` is our own in the handshake. Throws a RangeError for another length.
 */
export function keysFromDtls(exported: Buffer, profile: SrtpProfile, role: 'client' | 'server'): SrtpKeyPair {
  const octets = dtlsExportOctets(profile);
  if (exported.length !== octets)
    throw new RangeError(`${profile} takes ${octets} octets of exported keying material, not ${exported.length}`);
  const { saltOctets } = SRTP_PROFILES[profile];
  const salts = 2 * SRTP_KEY_OCTETS;
  const client = {
    profile,
    key: exported.subarray(0, SRTP_KEY_OCTETS),
    salt: exported.subarray(salts, salts + saltOctets),
  };
  const server = {
    profile,
    key: exported.subarray(SRTP_KEY_OCTETS, salts),
    salt: exported.subarray(salts + saltOctets, octets),
  };
  return role === 'client' ? { send: client, receive: server } : { send: server, receive: client };
}

/** The master key that an `a=crypto` line stands for; its sender protects with it. Throws a RangeError for a wrong length. */
export function keysFromSdes(key: SdesKey): SrtpMasterKey {
  const octets = sdesKeyOctets(key.suite);
  if (key.keyAndSalt.length !== octets)
    throw new RangeError(`${key.suite} takes a key and salt of ${octets} octets, not ${key.keyAndSalt.length}`);
  return {
    profile: key.suite,
    key: key.keyAndSalt.subarray(0, SRTP_KEY_OCTETS),
    salt: key.keyAndSalt.subarray(SRTP_KEY_OCTETS),
  };
}

/** Octets of `SdesKey.keyAndSalt`. */
export function sdesKeyOctets(suite: SrtpProfile): number {
  return SRTP_KEY_OCTETS + SRTP_PROFILES[suite].saltOctets;
}

/** A key of our own for what we send. `randomOctets` must be fit for keys. */
export function newSdesKey(suite: SrtpProfile, tag: number, randomOctets: (octets: number) => Buffer): SdesKey {
  return { tag, suite, keyAndSalt: randomOctets(sdesKeyOctets(suite)) };
}

/** Why an `a=crypto` line cannot be taken; another line may. */
export type SdesRefusal =
  | 'unknown-suite'
  /** More than one key, told apart by master key identifiers. */
  | 'several-keys'
  /** Packets would carry a master key identifier (RFC 4568 §6.1), which is not read here. */
  | 'master-key-identifier'
  /** The key is not of the length that its suite asks for. */
  | 'bad-key'
  /** A session parameter that changes what packets look like, or that is not known (RFC 4568 §6.3). */
  | 'session-parameter';

/** The key of an `a=crypto` line as it was read from a description, or why it cannot be used. */
export function readSdesKey(crypto: CryptoAttribute): SdesKey | SdesRefusal {
  const suite = crypto.suite.toUpperCase();
  if (!isSrtpProfile(suite)) return 'unknown-suite';
  const [first, ...others] = crypto.keys;
  if (first === undefined || others.length > 0) return 'several-keys';
  if (first.mki !== null) return 'master-key-identifier';
  if (!crypto.sessionParameters.every(isHarmless)) return 'session-parameter';
  const keyAndSalt = Buffer.from(first.keyAndSalt, 'base64');
  if (keyAndSalt.length !== sdesKeyOctets(suite)) return 'bad-key';
  return { tag: crypto.tag, suite, keyAndSalt };
}

/** The line that offers or answers with this key (RFC 4568 §9.2). */
export function sdesAttribute(key: SdesKey): CryptoAttribute {
  return {
    tag: key.tag,
    suite: key.suite,
    keys: [{ keyAndSalt: key.keyAndSalt.toString('base64'), lifetime: null, mki: null }],
    sessionParameters: [],
  };
}

/** A hint for the replay window (RFC 4568 §6.3.6), or marked as one that may be left aside (§6.3.7). */
function isHarmless(parameter: string): boolean {
  return parameter.startsWith('WSH=') || parameter.startsWith('-');
}

function isSrtpProfile(name: string): name is SrtpProfile {
  return Object.hasOwn(SRTP_PROFILES, name);
}
