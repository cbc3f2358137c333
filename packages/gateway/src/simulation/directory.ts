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
  /** By which its user's other devices know it (RFC 5627 `gr`); undefined where they may not. */
  readonly device: string | undefined;
}

/** What a client signs in with, and of which device it is. */
export interface ClientAccount {
  readonly username: string;
  readonly ufipDevice: string;
}

/** Who is at which address. */
export class Directory {
  readonly #system: () => System;
  readonly #who = new Map<string, Who>();
  readonly #clients: ClientAccount[] = [];

  constructor(system: () => System) {
    this.#system = system;
  }

  /** A phone or client that signs in with this account. */
  addPhone(address: string, username: string): void {
    const system = this.#system();
    const owner = system.accounts.get(username);
    if (!owner || owner.kind === 'trunk') throw new Error(`There is no phone account ${username}.`);
    if (owner.kind === 'desk') {
      this.#who.set(address, {
        name: username,
        kind: 'desk',
        station: owner.station,
        ufipDevice: undefined,
        device: 'desk',
      });
      return;
    }
    this.addClient(address, username, owner.ufipDevice);
  }

  /** A client of a UFIP device that signs in with this account, its own or the device's. */
  addClient(address: string, username: string, ufipDevice: string, device?: string): void {
    const system = this.#system();
    const user = system.ufipDevices.get(ufipDevice)?.user;
    const station = system.users.get(user ?? '')?.deskStation;
    this.#clients.push({ username, ufipDevice });
    this.#who.set(address, {
      name: `${username.slice(0, 20)}@${address}`,
      kind: 'client',
      station,
      ufipDevice,
      device,
    });
  }

  /** What clients sign in with. */
  get clients(): readonly ClientAccount[] {
    return this.#clients;
  }

  /** Whether a station is in service. */
  stateOf(station: string | undefined): string | undefined {
    return this.#system().stations.get(station ?? '')?.state;
  }

  addTrunk(address: string): void {
    const name = `provider ${address}`;
    this.#who.set(address, { name, kind: 'trunk', station: undefined, ufipDevice: undefined, device: undefined });
  }

  of(address: string): Who {
    return (
      this.#who.get(address) ?? {
        name: address,
        kind: 'trunk',
        station: undefined,
        ufipDevice: undefined,
        device: undefined,
      }
    );
  }
}
