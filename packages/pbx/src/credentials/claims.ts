/**
 * A message authentication code: 64 hexadecimal digits of HMAC-SHA-256 of the text, with a key that whoever issues credentials and
 * the gateways share. Handed in, because this package computes without the machine.
 */
export type Mac = (text: string) => string;

/** The same function with another key, 64 hexadecimal digits. */
export type MacWith = (keyDigits: string) => Mac;

/** What a client's user name says, once it is opened. */
export interface ClientClaims {
  /** Id of the UFIP device through which the client attaches. */
  readonly ufipDevice: string;
  /** `userPrint` of the device's user at the time of issue: a device that was given to somebody else is not theirs any more. */
  readonly userPrint: string;
  /**
   * One installation of a client: 16 hexadecimal digits, or whatever somebody calls it who makes credentials with a delegated key.
   * It stays the same when credentials are renewed.
   */
  readonly installation: string;
  /** Whole seconds since 1970; 0 when nobody says. */
  readonly issuedAtSec: number;
  /** Whole seconds since 1970; from this second on the credentials are void. */
  readonly expiresAtSec: number;
}

/** What a client registers with: ordinary digest, so that any SIP library will do. */
export interface ClientCredentials {
  readonly username: string;
  readonly password: string;
}

/** Recognises a user in a user name without naming them: 8 hexadecimal digits. */
export function userPrint(mac: Mac, user: string): string {
  return mac(`user ${user}`).slice(0, 8);
}

/** True for what may be the id of an installation. */
export function isInstallation(text: string): boolean {
  return /^[0-9a-f]{16}$/.test(text);
}
