import { digitsOf, hex, isDevice, MAX_DEVICE_OCTETS, seal, TAG_DIGITS, textOf, toBase64Url, unseal } from './cipher.ts';
import { type ClientClaims, type ClientCredentials, isInstallation, type Mac } from './claims.ts';

/** What the user names of clients begin with; the digit is the version of what follows. */
const PREFIX = 'c1-';
/** Installation, issue, expiry, user: what stands before the name of the device. */
const HEAD_DIGITS = 16 + 8 + 8 + 8;
const PASSWORD_OCTETS = 24;
const MAX_LENGTH = PREFIX.length + Math.ceil(((TAG_DIGITS + HEAD_DIGITS) / 2 + MAX_DEVICE_OCTETS) * (4 / 3));
const FORM = new RegExp(`^${PREFIX}[A-Za-z0-9_-]{30,}$`);
const MAX_SECONDS = 0xffff_ffff;

/** True for what looks like a user name of `sealClaims`. */
export function isSealed(text: string): boolean {
  return text.length <= MAX_LENGTH && FORM.test(text);
}

/**
 * The credentials of a client. The user name holds the claims, encrypted and authenticated with the shared key (a synthetic
 * initialisation vector, as in RFC 5297, over HMAC), so that nobody else reads a device, a number or a person in it, or makes one.
 * The password is a code of the user name, so nothing of it needs to be stored. Throws a `RangeError` for claims that cannot be.
 */
export function sealClaims(mac: Mac, claims: ClientClaims): ClientCredentials {
  const username = PREFIX + seal(mac, printClaims(claims));
  return { username, password: sealedPassword(mac, username) };
}

/** What such a user name says, or undefined when it was not made with this key. */
export function openSealed(mac: Mac, username: string): ClientClaims | undefined {
  const plain = isSealed(username) ? unseal(mac, username.slice(PREFIX.length)) : undefined;
  return plain !== undefined && plain.length > HEAD_DIGITS ? readClaims(plain) : undefined;
}

/** The password that belongs to such a user name. */
export function sealedPassword(mac: Mac, username: string): string {
  return toBase64Url(mac(`password ${username}`).slice(0, 2 * PASSWORD_OCTETS));
}

function printClaims({ ufipDevice, userPrint, installation, issuedAtSec, expiresAtSec }: ClientClaims): string {
  const isSound =
    isInstallation(installation) &&
    /^[0-9a-f]{8}$/.test(userPrint) &&
    isTime(issuedAtSec) &&
    isTime(expiresAtSec) &&
    isDevice(ufipDevice);
  if (!isSound) throw new RangeError(`No credentials can be made for installation ${installation} of ${ufipDevice}.`);
  return installation + hex(issuedAtSec, 8) + hex(expiresAtSec, 8) + userPrint + digitsOf(ufipDevice);
}

function readClaims(plain: string): ClientClaims {
  return {
    installation: plain.slice(0, 16),
    issuedAtSec: Number.parseInt(plain.slice(16, 24), 16),
    expiresAtSec: Number.parseInt(plain.slice(24, 32), 16),
    userPrint: plain.slice(32, HEAD_DIGITS),
    ufipDevice: textOf(plain.slice(HEAD_DIGITS)),
  };
}

function isTime(seconds: number): boolean {
  return Number.isInteger(seconds) && seconds >= 0 && seconds <= MAX_SECONDS;
}
