import type { ClientClaims, Mac, MacWith } from './claims.ts';
import { delegatedPassword, isDelegated, openDelegated } from './delegate.ts';
import { isSealed, openSealed, sealedPassword } from './seal.ts';

/** True when the text looks like the user name of a client; whether it is one, `openUsername` tells. */
export function isClientUsername(text: string): boolean {
  return isSealed(text) || isDelegated(text);
}

/** What a client's user name says, or undefined when it was not made with this key. */
export function openUsername(mac: Mac, username: string): ClientClaims | undefined {
  return isDelegated(username) ? openDelegated(mac, username) : openSealed(mac, username);
}

/** The password that belongs to a client's user name. */
export function passwordOf(mac: Mac, macWith: MacWith, username: string): string {
  return isDelegated(username) ? delegatedPassword(mac, macWith, username) : sealedPassword(mac, username);
}
