import { createHmac } from 'node:crypto';
import { type ClientClaims, type ClientCredentials, type Mac, type MacWith, sealClaims, userPrint } from '@unisono/pbx';
import type { ClientKeys } from '../ports.ts';

/** The key that issuer and gateway share, and the list of what was revoked, in memory. */
export class SimClientKeys implements ClientKeys {
  readonly mac: Mac = (text) => createHmac('sha256', 'simulation client key').update(text).digest('hex');
  readonly macWith: MacWith = (digits) => (text) =>
    createHmac('sha256', Buffer.from(digits, 'hex')).update(text).digest('hex');
  readonly #revoked = new Set<string>();
  readonly #listeners: ((installation: string) => void)[] = [];

  issue(claims: Omit<ClientClaims, 'userPrint'>, user: string): ClientCredentials {
    return sealClaims(this.mac, { ...claims, userPrint: userPrint(this.mac, user) });
  }

  isRevoked(installation: string): boolean {
    return this.#revoked.has(installation);
  }

  onRevoked(listener: (installation: string) => void): void {
    this.#listeners.push(listener);
  }

  revoke(installation: string): void {
    this.#revoked.add(installation);
    for (const listener of this.#listeners) listener(installation);
  }

  /** The process that listened is gone. */
  forgetListeners(): void {
    this.#listeners.length = 0;
  }
}
