import { type Conference, createConference, type MediaEndpoint, type MediaHost } from '@unisono/media';

/** Parties of one conference at most. */
export const MAX_PARTIES = 16;

/** Somebody who is in a conference and can be hung up. */
export interface Party {
  close(detail: string, reason?: string): void;
}

/** One conference (RFC 4353): whoever made it is a party like the others, and the last one is not kept waiting. */
export class Focus {
  /** User part of its address. */
  readonly user: string;
  /** Station that made it and may put others in. */
  readonly station: string;
  /** What displays show of it. */
  readonly party = { name: 'Conference' } as const;
  readonly #conference: Conference;
  readonly #parties = new Set<Party>();
  #isOver = false;
  readonly #onEnd: (focus: Focus) => void;
  /** Places given to somebody who is on the way in. */
  #expected = 0;
  /** Two were in already: from now on one alone is too few. */
  #hasHadCompany = false;

  constructor(host: MediaHost, user: string, station: string, onEnd: (focus: Focus) => void) {
    this.user = user;
    this.station = station;
    this.#conference = createConference(host);
    this.#onEnd = onEnd;
  }

  /** Everybody has left. */
  get isOver(): boolean {
    return this.#isOver;
  }

  get isFull(): boolean {
    return this.#parties.size + this.#expected >= MAX_PARTIES;
  }

  /** The endpoint of somebody who comes in. Closing it gives the place up. */
  endpoint(onClose?: () => void): MediaEndpoint {
    return this.#conference.join(onClose ? { onClose } : {});
  }

  /** From now on somebody is on the way in; undo it when that is decided. */
  expect(): () => void {
    this.#expected++;
    return () => {
      this.#expected--;
      this.#settle();
    };
  }

  add(party: Party): void {
    this.#parties.add(party);
    this.#hasHadCompany ||= this.#parties.size > 1;
  }

  /** Somebody left. With one party left there is nobody to talk to. */
  remove(party: Party): void {
    if (!this.#parties.delete(party)) return;
    if (this.#parties.size > 0) return this.#settle();
    this.#isOver = true;
    this.#onEnd(this);
  }

  #settle(): void {
    if (!this.#hasHadCompany || this.#parties.size !== 1 || this.#expected > 0) return;
    const [last] = this.#parties;
    last?.close('Everybody else left the conference', 'SIP;cause=200;text="Conference ended"');
  }
}

/** Knows the conferences that go on. */
export class Conferences {
  readonly #host: MediaHost;
  readonly #hex: (octets: number) => string;
  readonly #open = new Map<string, Focus>();

  constructor(host: MediaHost, hex: (octets: number) => string) {
    this.#host = host;
    this.#hex = hex;
  }

  get count(): number {
    return this.#open.size;
  }

  create(station: string): Focus {
    const focus = new Focus(this.#host, `${FACTORY}-${this.#hex(8)}`, station, ({ user }) => this.#open.delete(user));
    this.#open.set(focus.user, focus);
    return focus;
  }

  /** The conference at that address, if this station made it. */
  find(user: string | undefined, station: string | undefined): Focus | undefined {
    const found = this.#open.get(user ?? '');
    return found?.station === station ? found : undefined;
  }
}

/** User part of the address that makes a new conference for whoever calls it (RFC 4579 §5.4). */
export const FACTORY = 'conference';
