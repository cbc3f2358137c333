import { type Conference, createConference, type MediaEndpoint, type MediaHost } from '@unisono/media';
import type { CallerIdentity, Language } from '@unisono/pbx';
import type { Clock } from '@unisono/sip';
import type { ShownParty } from '../call/renegotiation.ts';

/** Parties of one conference at most. */
export const MAX_PARTIES = 16;

/** User part of the address that makes a new conference for whoever calls it (RFC 4579 §5.4). */
export const FACTORY = 'conference';

/** Header parameters of Contact by which a focus is known (RFC 4579 §5.1). */
export const IS_FOCUS = ';isfocus';

const ENDED = 'SIP;cause=200;text="Conference ended"';
const REMOVED = 'SIP;cause=200;text="Removed from the conference"';
const NAMES: Readonly<Record<Language, string>> = { en: 'Conference', de: 'Konferenz' };

/** Before the names of those who were in it, in records and histories. */
const WITH: Readonly<Record<Language, string>> = { en: 'Conference with', de: 'Konferenz mit' };
/** Longest such text; names that do not fit are left out. */
const MAX_NAME_CHARS = 200;

/** True for the user part of a conference's address, of one that is over, too. */
export function isConferenceUser(user: string | undefined): boolean {
  return user?.startsWith(`${FACTORY}-`) === true;
}

/** Somebody who is in a conference. */
export interface Party {
  /** Whom the others see; without a number when it is withheld. */
  readonly identity: CallerIdentity;
  /** Undefined outside. */
  readonly station: string | undefined;
  /** Called the factory by itself, instead of being put in. */
  readonly hasDialledIn: boolean;
  readonly isHolding: boolean;
  readonly isMuted: boolean;
  /** The party's display is to name somebody else from now on. */
  show(shown: ShownParty): void;
  close(detail: string, reason?: string): void;
}

/** A place in a conference, as the others see it. */
export interface Member {
  /** Counts up with who comes: the address of two who show the same number differs by it. */
  readonly id: number;
  readonly party: Party;
  readonly sinceMs: number;
}

interface Place extends Member {
  /** Whom the party's display names now. */
  shown: ShownParty;
}

export interface FocusParts {
  readonly host: MediaHost;
  readonly clock: Clock;
  readonly language: () => Language;
  /** Somebody came, left, holds, mutes, or is the host now. */
  readonly onChange: (focus: Focus) => void;
  readonly onEnd: (focus: Focus) => void;
}

/**
 * One conference (RFC 4353). Whoever made it is its host, who may put others out; everybody inside may take others in.
 * When the host leaves, the inside party that has been in for longest is host. It ends with the last party but one, and with the last inside one.
 */
export class Focus {
  /** User part of its address. */
  readonly user: string;
  /** What displays show of it. */
  readonly party: { readonly name: string; readonly number: string };
  readonly #parts: FocusParts;
  readonly #conference: Conference;
  readonly #places = new Map<Party, Place>();
  /** Everybody who ever came. */
  readonly #visitors: Party[] = [];
  #station: string;
  #lastId = 0;
  #isOver = false;
  /** Places given to somebody who is on the way in. */
  #expected = 0;
  /** Most parties that were in at once: from two on one alone is too few, from three on two are what is left of it. */
  #most = 0;

  constructor(user: string, station: string, parts: FocusParts) {
    this.user = user;
    this.party = { name: NAMES[parts.language()], number: user };
    this.#station = station;
    this.#parts = parts;
    this.#conference = createConference(parts.host);
  }

  /** Station of the host. */
  get station(): string {
    return this.#station;
  }

  /** Everybody has left. */
  get isOver(): boolean {
    return this.#isOver;
  }

  get isFull(): boolean {
    return this.#places.size + this.#expected >= MAX_PARTIES;
  }

  /** Who is in, in the order they came. */
  get members(): readonly Member[] {
    return [...this.#places.values()];
  }

  /** Whether a party is of that station. */
  has(station: string): boolean {
    return this.members.some(({ party }) => party.station === station);
  }

  /** Whom the display of a party names: the conference, or who else is left of it. */
  shownTo(party: Party): ShownParty {
    return this.#places.get(party)?.shown ?? this.party;
  }

  /** What a party's record says of the conference: with whom it was. */
  recordedFor(party: Party): string {
    const others = this.#visitors
      .filter((one) => one !== party)
      .map(({ identity: { name, number } }) => name ?? number);
    let text = WITH[this.#parts.language()];
    let isFirst = true;
    for (const name of new Set(others)) {
      if (name === undefined) continue;
      const longer = `${text}${isFirst ? '' : ','} ${name}`;
      if (longer.length > MAX_NAME_CHARS) break;
      text = longer;
      isFirst = false;
    }
    return isFirst ? this.party.name : text;
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

  /** Somebody is in, whose display names the conference already. */
  add(party: Party): void {
    const sinceMs = this.#parts.clock.epochMs();
    this.#places.set(party, { id: ++this.#lastId, party, sinceMs, shown: this.party });
    this.#visitors.push(party);
    this.#most = Math.max(this.#most, this.#places.size);
    this.#tellDisplays();
    this.changed();
  }

  /** Somebody left. */
  remove(party: Party): void {
    if (!this.#places.delete(party)) return;
    if (this.#places.size === 0) {
      this.#isOver = true;
      return this.#parts.onEnd(this);
    }
    if (!this.has(this.#station)) this.#station = this.members.find((one) => one.party.station)?.party.station ?? '';
    this.#settle();
    if (!this.#isOver) this.changed();
  }

  /** Puts somebody out, as the host wishes. */
  expel({ party }: Member): void {
    party.close('Removed from the conference by its host', REMOVED);
  }

  /** Something that the others see of a party is different. */
  changed(): void {
    this.#parts.onChange(this);
  }

  /** With one party left there is nobody to talk to, and nobody outside talks on at our cost. */
  #settle(): void {
    if (this.#expected > 0 || this.#isOver) return;
    const isAlone = this.#most > 1 && this.#places.size === 1;
    const isInside = this.members.some(({ party }) => party.station !== undefined);
    if (!isAlone && isInside) return this.#tellDisplays();
    for (const { party } of this.members) party.close('Everybody else left the conference', ENDED);
  }

  /** Two who are left see each other's name as in any call; everybody else sees that it is a conference. */
  #tellDisplays(): void {
    const [first, second] = this.#places.values();
    const isPair = this.#most > 2 && this.#places.size === 2 && this.#expected === 0;
    for (const place of this.#places.values()) {
      const other = place === first ? second : first;
      const { number, name } = other?.party.identity ?? {};
      const shown = !isPair || number === undefined ? this.party : { number, ...(name === undefined ? {} : { name }) };
      if (shown.number === place.shown.number) continue;
      place.shown = shown;
      place.party.show(shown);
    }
  }
}

/** Knows the conferences that go on. */
export class Conferences {
  readonly #parts: Omit<FocusParts, 'onChange' | 'onEnd'>;
  readonly #hex: (octets: number) => string;
  readonly #open = new Map<string, Focus>();
  /** Somebody follows what happens in them. */
  onChange: (focus: Focus) => void = () => {};

  constructor(parts: Omit<FocusParts, 'onChange' | 'onEnd'>, hex: (octets: number) => string) {
    this.#parts = parts;
    this.#hex = hex;
  }

  get count(): number {
    return this.#open.size;
  }

  create(station: string): Focus {
    const focus = new Focus(`${FACTORY}-${this.#hex(8)}`, station, {
      ...this.#parts,
      onChange: (changed) => this.onChange(changed),
      onEnd: (ended) => {
        this.#open.delete(ended.user);
        this.onChange(ended);
      },
    });
    this.#open.set(focus.user, focus);
    return focus;
  }

  /** The conference at that address. */
  at(user: string | undefined): Focus | undefined {
    return this.#open.get(user ?? '');
  }

  /** The conference at that address, if somebody of this station is in it. */
  find(user: string | undefined, station: string): Focus | undefined {
    const found = this.at(user);
    return found?.has(station) ? found : undefined;
  }
}
