import { attributes } from './attributes.ts';
import type { Section } from './model.ts';

/** SRTP keys in SDP (RFC 4568 §4, §6): one `a=crypto` line. */
export interface CryptoAttribute {
  /** Names the line among its sisters; an answer repeats the one it takes. */
  readonly tag: number;
  readonly suite: string;
  readonly keys: readonly CryptoKey[];
  readonly sessionParameters: readonly string[];
}

/** One `inline:` key; salt and master key together, still in base64. */
export interface CryptoKey {
  readonly keyAndSalt: string;
  /** `2^20` or a decimal number, as written; null when not given. */
  readonly lifetime: string | null;
  readonly mki: { readonly value: number; readonly octets: number } | null;
}

/** The `a=crypto` lines of a stream that can be read, in order of preference. */
export function cryptoAttributes(media: Section): CryptoAttribute[] {
  return attributes(media, 'crypto')
    .map(parseCrypto)
    .filter((crypto) => crypto !== null);
}

/** Reads the value of an `a=crypto` line; null when it is malformed. */
export function parseCrypto(value: string): CryptoAttribute | null {
  const [tagText = '', suite, keyText, ...sessionParameters] = value.trim().split(/ +/);
  if (!/^[0-9]{1,9}$/.test(tagText) || !suite || !keyText) return null;
  const keys: CryptoKey[] = [];
  for (const text of keyText.split(';')) {
    const key = parseKey(text);
    if (!key) return null;
    keys.push(key);
  }
  return { tag: Number(tagText), suite, keys, sessionParameters };
}

/** The value of an `a=crypto` line. */
export function cryptoText(crypto: CryptoAttribute): string {
  return [crypto.tag, crypto.suite, crypto.keys.map(keyText).join(';'), ...crypto.sessionParameters].join(' ');
}

function parseKey(text: string): CryptoKey | null {
  const match = /^inline:([A-Za-z0-9+/=]+)((?:\|[^|]+){0,2})$/.exec(text);
  if (!match?.[1]) return null;
  let lifetime: string | null = null;
  let mki: CryptoKey['mki'] = null;
  for (const part of (match[2] ?? '').split('|').slice(1)) {
    const pair = /^([0-9]{1,9}):([0-9]{1,3})$/.exec(part);
    if (pair) mki = { value: Number(pair[1]), octets: Number(pair[2]) };
    else if (/^(2\^)?[0-9]{1,20}$/.test(part)) lifetime = part;
    else return null;
  }
  return { keyAndSalt: match[1], lifetime, mki };
}

function keyText(key: CryptoKey): string {
  const lifetime = key.lifetime === null ? '' : `|${key.lifetime}`;
  const mki = key.mki === null ? '' : `|${key.mki.value}:${key.mki.octets}`;
  return `inline:${key.keyAndSalt}${lifetime}${mki}`;
}
