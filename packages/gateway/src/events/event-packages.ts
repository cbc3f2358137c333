import type { AccountOwner, System } from '@unisono/pbx';
import type { ServerTransaction } from '@unisono/sip';

/** The device that asks to be told: whose it is. */
export interface Watcher {
  /** Name of the account it proved. */
  readonly username: string;
  /** Undefined for a desk phone without a person. */
  readonly user: string | undefined;
  /** Desk station of its user; undefined for a person without a number. */
  readonly station: string | undefined;
}

/** Something about a user or a station that devices can follow (RFC 6665). */
export interface EventPackage {
  readonly name: string;
  /** Answers a SUBSCRIBE of a device. */
  accept(transaction: ServerTransaction, watcher: Watcher): void;
}

/** The packages that are served, by the name in Event. */
export class EventPackages {
  readonly #packages: ReadonlyMap<string, EventPackage>;

  constructor(packages: readonly EventPackage[]) {
    this.#packages = new Map(packages.map((one) => [one.name, one]));
  }

  /** Value of Allow-Events. */
  get names(): string {
    return [...this.#packages.keys()].join(', ');
  }

  find(transaction: ServerTransaction): EventPackage | undefined {
    const event = transaction.request.headers.get('Event') ?? '';
    return this.#packages.get(event.split(';')[0]?.trim().toLowerCase() ?? '');
  }
}

/** Whose device signs in with the account; undefined for trunks. */
export function watcherOf(system: System, owner: AccountOwner, username: string): Watcher | undefined {
  if (owner.kind === 'trunk') return undefined;
  if (owner.kind === 'desk') {
    return { username, user: system.userOfStation.get(owner.station), station: owner.station };
  }
  const user = system.ufipDevices.get(owner.ufipDevice)?.user;
  return { username, user, station: system.users.get(user ?? '')?.deskStation };
}
