import type { AccountOwner, System } from '@unisono/pbx';
import type { ServerTransaction } from '@unisono/sip';

/** Something about a user that devices can follow (RFC 6665). */
export interface EventPackage {
  readonly name: string;
  /** Answers a SUBSCRIBE of a device of that user. */
  accept(transaction: ServerTransaction, user: string): void;
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

/** Whose devices the account is for; undefined for a desk phone without a person and for trunks. */
export function userOfAccount(system: System, owner: AccountOwner): string | undefined {
  if (owner.kind === 'desk') return system.userOfStation.get(owner.station);
  return owner.kind === 'client' ? system.ufipDevices.get(owner.ufipDevice)?.user : undefined;
}
