import type { ClientKeys } from '@unisono/gateway';
import type { Mac, MacWith } from '@unisono/pbx';
import { readRevoked } from '../stores/client-store.ts';
import type { Store } from '../stores/open-store.ts';
import { macWith } from './client-key.ts';

/** The key of clients' credentials, and which installations were revoked: what the database says, held in memory. */
export class RevokedClients implements ClientKeys {
  readonly mac: Mac;
  readonly macWith: MacWith = macWith;
  readonly #store: Store;
  readonly #epochMs: () => number;
  readonly #listeners: ((installation: string) => void)[] = [];
  #revoked = new Set<string>();
  #mark: number;

  constructor(store: Store, mac: Mac, epochMs: () => number) {
    this.#store = store;
    this.mac = mac;
    this.#epochMs = epochMs;
    this.#mark = store.changeMark();
    this.refresh();
  }

  isRevoked(installation: string): boolean {
    return this.#revoked.has(installation);
  }

  onRevoked(listener: (installation: string) => void): void {
    this.#listeners.push(listener);
  }

  /** Asks the database again when another process has written to it. */
  look(): void {
    const mark = this.#store.changeMark();
    if (mark === this.#mark) return;
    this.#mark = mark;
    this.refresh();
  }

  /** Asks the database again, and tells what was revoked since. */
  refresh(): void {
    const before = this.#revoked;
    this.#revoked = new Set(readRevoked(this.#store, this.#epochMs()));
    for (const installation of this.#revoked) {
      if (before.has(installation)) continue;
      for (const listener of this.#listeners) listener(installation);
    }
  }
}
