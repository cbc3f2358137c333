import { type ClientClaims, type ClientCredentials, isInstallation, type Mac } from './claims.ts';

/** What the user names of clients begin with; the digit is the version of what follows. */
const PREFIX = 'c1-';
const TAG_DIGITS = 16;
/** Installation, issue, expiry, user: what stands before the name of the device. */
const HEAD_DIGITS = 16 + 8 + 8 + 8;
const PASSWORD_OCTETS = 24;
/** Longest id of a device, in octets. */
const MAX_DEVICE_OCTETS = 64;
const MAX_LENGTH = PREFIX.length + Math.ceil(((TAG_DIGITS + HEAD_DIGITS) / 2 + MAX_DEVICE_OCTETS) * (4 / 3));
const FORM = new RegExp(`^${PREFIX}[A-Za-z0-9_-]{30,}$`);
const MAX_SECONDS = 0xffff_ffff;

/** True when the text looks like the user name of a client; whether it is one, `openUsername` tells. */
export function isClientUsername(text: string): boolean {
  return text.length <= MAX_LENGTH && FORM.test(text);
}

/**
 * The credentials of a client. The user name holds the claims, encrypted and authenticated with the shared key (a synthetic
 * initialisation vector, as in RFC 5297, over HMAC), so that nobody else reads a device, a number or a person in it, or makes one.
 * The password is a code of the user name, so nothing of it needs to be stored. Throws a `RangeError` for claims that cannot be.
 */
export function sealClaims(mac: Mac, claims: ClientClaims): ClientCredentials {
  const plain = printClaims(claims);
  const tag = tagOf(mac, plain);
  const username = PREFIX + toBase64Url(tag + mask(mac, tag, plain));
  return { username, password: passwordOf(mac, username) };
}

/** What a client's user name says, or undefined when it was not made with this key. */
export function openUsername(mac: Mac, username: string): ClientClaims | undefined {
  if (!isClientUsername(username)) return undefined;
  const sealed = fromBase64Url(username.slice(PREFIX.length));
  if (sealed === undefined || sealed.length <= TAG_DIGITS + HEAD_DIGITS) return undefined;
  const tag = sealed.slice(0, TAG_DIGITS);
  const plain = mask(mac, tag, sealed.slice(TAG_DIGITS));
  return tagOf(mac, plain) === tag ? readClaims(plain) : undefined;
}

/** The password that belongs to a client's user name. */
export function passwordOf(mac: Mac, username: string): string {
  return toBase64Url(mac(`password ${username}`).slice(0, 2 * PASSWORD_OCTETS));
}

function printClaims({ ufipDevice, userPrint, installation, issuedAtSec, expiresAtSec }: ClientClaims): string {
  const isSound =
    isInstallation(installation) &&
    /^[0-9a-f]{8}$/.test(userPrint) &&
    isTime(issuedAtSec) &&
    isTime(expiresAtSec) &&
    /^[!-~]+$/.test(ufipDevice) &&
    ufipDevice.length <= MAX_DEVICE_OCTETS;
  if (!isSound) throw new RangeError(`No credentials can be made for installation ${installation} of ${ufipDevice}.`);
  const device = Array.from(ufipDevice, (sign) => hex(sign.charCodeAt(0), 2)).join('');
  return installation + hex(issuedAtSec, 8) + hex(expiresAtSec, 8) + userPrint + device;
}

function readClaims(plain: string): ClientClaims {
  const device = plain.slice(HEAD_DIGITS).replace(/../g, (octet) => String.fromCharCode(Number.parseInt(octet, 16)));
  return {
    installation: plain.slice(0, 16),
    issuedAtSec: Number.parseInt(plain.slice(16, 24), 16),
    expiresAtSec: Number.parseInt(plain.slice(24, 32), 16),
    userPrint: plain.slice(32, HEAD_DIGITS),
    ufipDevice: device,
  };
}

function isTime(seconds: number): boolean {
  return Number.isInteger(seconds) && seconds >= 0 && seconds <= MAX_SECONDS;
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

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

/** RFC 4648 §5, without padding. All of it may stand in the user part of a SIP URI as it is. */
function toBase64Url(digits: string): string {
  const octets = digits.replace(/../g, (octet) => String.fromCharCode(Number.parseInt(octet, 16)));
  return btoa(octets).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** Hexadecimal digits, or undefined for what is written in another way than `toBase64Url` writes it. */
function fromBase64Url(text: string): string | undefined {
  if (text.length % 4 === 1) return undefined;
  const octets = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const digits = Array.from(octets, (octet) => hex(octet.charCodeAt(0), 2)).join('');
  return toBase64Url(digits) === text ? digits : undefined;
}
