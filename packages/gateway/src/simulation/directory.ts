import type { System } from '@unisono/pbx';

/** Whoever is at the other end of a wire. */
export interface Who {
  /** For people: `4020`, `anna-clients@10.0.0.12`, `provider 10.9.0.1`. */
  readonly name: string;
  readonly kind: 'desk' | 'client' | 'trunk';
  /** Id of the station whose user it is; undefined outside. */
  readonly station: string | undefined;
  /** Id of the UFIP device, for a client. */
  readonly ufipDevice: string | undefined;
}

/** Who is at which address. */
export class Directory {
  readonly #system: () => System;
  readonly #who = new Map<string, Who>();

  constructor(system: () => System) {
    this.#system = system;
  }

  /** A phone or client that signs in with this account. */
  addPhone(address: string, username: string): void {
    const system = this.#system();
    const owner = system.accounts.get(username);
    if (!owner || owner.kind === 'trunk') throw new Error(`There is no phone account ${username}.`);
    if (owner.kind === 'desk') {
      this.#who.set(address, { name: username, kind: 'desk', station: owner.station, ufipDevice: undefined });
      return;
    }
    const device = system.ufipDevices.get(owner.ufipDevice);
    const station = device && system.users.get(device.user)?.deskStation;
    const name = `${username}@${address}`;
    this.#who.set(address, { name, kind: 'client', station, ufipDevice: owner.ufipDevice });
  }

  addTrunk(address: string): void {
    const name = `provider ${address}`;
    this.#who.set(address, { name, kind: 'trunk', station: undefined, ufipDevice: undefined });
  }

  of(address: string): Who {
    return this.#who.get(address) ?? { name: address, kind: 'trunk', station: undefined, ufipDevice: undefined };
  }
}
