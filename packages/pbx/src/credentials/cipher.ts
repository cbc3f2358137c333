import type { Mac } from './claims.ts';

/** Digits in front of what is sealed, by which it is recognised and from which the key stream follows. */
export const TAG_DIGITS = 16;
/** Longest id of a device, in octets. */
export const MAX_DEVICE_OCTETS = 64;

/**
 * Encrypts and authenticates hexadecimal digits with a code as the only tool: a synthetic initialisation vector, as in RFC 5297. Gives
 * base64url.
 */
export function seal(mac: Mac, plain: string): string {
  const tag = tagOf(mac, plain);
  return toBase64Url(tag + mask(mac, tag, plain));
}

/** What was sealed; undefined for anything that was not, or with another key. */
export function unseal(mac: Mac, text: string): string | undefined {
  const sealed = fromBase64Url(text);
  if (sealed === undefined || sealed.length <= TAG_DIGITS) return undefined;
  const tag = sealed.slice(0, TAG_DIGITS);
  const plain = mask(mac, tag, sealed.slice(TAG_DIGITS));
  return tagOf(mac, plain) === tag ? plain : undefined;
}

/** True for an id of a device that can be sealed. */
export function isDevice(text: string): boolean {
  return /^[!-~]+$/.test(text) && text.length <= MAX_DEVICE_OCTETS;
}

/** The octets of a byte string as hexadecimal digits. */
export function digitsOf(text: string): string {
  return Array.from(text, (sign) => hex(sign.charCodeAt(0), 2)).join('');
}

/** The byte string whose octets these are. */
export function textOf(digits: string): string {
  return digits.replace(/../g, (octet) => String.fromCharCode(Number.parseInt(octet, 16)));
}

function tagOf(mac: Mac, plain: string): string {
  return mac(`claims ${plain}`).slice(0, TAG_DIGITS);
}

/** Covers hexadecimal digits by a key stream that the tag alone decides; doing it twice uncovers them. */
function mask(mac: Mac, tag: string, digits: string): string {
  let stream = '';
  for (let block = 0; stream.length < digits.length; block++) stream += mac(`mask ${tag} ${block}`);
  let covered = '';
  for (let at = 0; at < digits.length; at++) {
    covered += (Number.parseInt(digits[at] ?? '', 16) ^ Number.parseInt(stream[at] ?? '', 16)).toString(16);
  }
  return covered;
}

export function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

/** RFC 4648 §5, without padding. All of it may stand in the user part of a SIP URI as it is. */
export function toBase64Url(digits: string): string {
  return btoa(textOf(digits)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** Hexadecimal digits, or undefined for what is written in another way than `toBase64Url` writes it. */
function fromBase64Url(text: string): string | undefined {
  if (text.length % 4 === 1) return undefined;
  const octets = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const digits = digitsOf(octets);
  return toBase64Url(digits) === text ? digits : undefined;
}
