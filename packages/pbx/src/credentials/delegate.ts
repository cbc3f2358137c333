import { digitsOf, isDevice, seal, textOf, toBase64Url, unseal } from './cipher.ts';
import { type ClientClaims, type Mac, type MacWith, userPrint } from './claims.ts';

/** What the user names begin with that are made with a delegated key. */
const PREFIX = 'c2-';
/** Holder, installation, second of the end. */
const FORM = /^(c2-[A-Za-z0-9_-]{20,104})~([^~]{1,64})~(\d{1,10})$/;
const PRINT_DIGITS = 8;

/** What somebody needs to make credentials for the clients of one user, and of nobody else. */
export interface DelegatedKey {
  /** Stands for the UFIP device; tells nothing to whom has no key. */
  readonly username: string;
  /** 32 octets, base64url. */
  readonly key: string;
}

/** True for what looks like a user name made with a delegated key. */
export function isDelegated(text: string): boolean {
  return FORM.test(text);
}

/**
 * Lets somebody else, as the cloud does, make credentials for one user's clients: the user name is `USERNAME~INSTALLATION~EXPIRES` (seconds
 * since 1970), the password HMAC-SHA-256 of it with the key, base64url. Throws a `RangeError` for a device that cannot be.
 */
export function delegateKey(mac: Mac, ufipDevice: string, user: string): DelegatedKey {
  if (!isDevice(ufipDevice)) throw new RangeError(`No key can be delegated for ${ufipDevice}.`);
  const username = PREFIX + seal(mac, userPrint(mac, user) + digitsOf(ufipDevice));
  return { username, key: toBase64Url(keyOf(mac, username)) };
}

/** What such a user name says; undefined when its first part was not made with our key. */
export function openDelegated(mac: Mac, username: string): ClientClaims | undefined {
  const [, holder, installation, expires] = FORM.exec(username) ?? [];
  if (holder === undefined || installation === undefined) return undefined;
  const plain = unseal(mac, holder.slice(PREFIX.length));
  if (plain === undefined || plain.length <= PRINT_DIGITS) return undefined;
  return {
    userPrint: plain.slice(0, PRINT_DIGITS),
    ufipDevice: textOf(plain.slice(PRINT_DIGITS)),
    installation,
    issuedAtSec: 0,
    expiresAtSec: Number(expires),
  };
}

/** The password that belongs to such a user name. */
export function delegatedPassword(mac: Mac, macWith: MacWith, username: string): string {
  const holder = username.slice(0, username.indexOf('~'));
  return toBase64Url(macWith(keyOf(mac, holder))(username));
}

function keyOf(mac: Mac, holder: string): string {
  return mac(`delegate ${holder}`);
}
