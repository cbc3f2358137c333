import type { UasInvite } from '@unisono/sip';
import { replacesOf } from '../dialog-watch.ts';
import type { SimEndpoint } from '../endpoint.ts';
import type { PhoneCall } from '../phone-call.ts';
import { SimProvider } from '../provider.ts';
import type { Cast } from './cast.ts';
import type { Chance } from './chance.ts';
import type { Diary } from './diary.ts';
import type { Watchers } from './watchers.ts';

/** Nobody lets a phone ring longer than this. */
const LONGEST_RINGING_MS = 240_000;

/** What somebody whose phone rings makes of it; a number is a status. */
type Reaction = 'answer' | 'ignore' | 'loseThePhone' | number;

const AT_A_PHONE: readonly (readonly [number, Reaction])[] = [
  [56, 'answer'],
  [14, 'ignore'],
  [7, 603],
  [7, 486],
  [4, 480],
  [5, 302],
  [1, 600],
  [1, 500],
  [1, 404],
];

const OUTSIDE: readonly (readonly [number, Reaction])[] = [
  [56, 'answer'],
  [10, 'ignore'],
  [8, 486],
  [6, 480],
  [5, 503],
  [5, 404],
  [4, 603],
  [3, 302],
  [3, 500],
];

/** Numbers that a phone may send its calls to by 302. */
const ELSEWHERE = ['4000', '4021', '4022', '4023', '4024', '4777', '80004020', '030901820', '4100', 'voicemail'];

/** What people in an office have to do with. */
export interface OfficeParts {
  readonly cast: Cast;
  readonly chance: Chance;
  readonly diary: Diary;
  readonly watchers: Watchers;
}

/** Everybody who is called: rings or not, answers or not, at moments that meet those of others. */
export class Callees {
  readonly #cast: Cast;
  readonly #chance: Chance;
  readonly #diary: Diary;
  readonly #isUnsteady: boolean;
  readonly #watchers: Watchers;
  readonly #meddle: (station: string) => void;

  /** `meddle` changes something about a station that is called. */
  constructor({ cast, chance, diary, watchers }: OfficeParts, isUnsteady: boolean, meddle: (station: string) => void) {
    this.#cast = cast;
    this.#chance = chance;
    this.#diary = diary;
    this.#watchers = watchers;
    this.#isUnsteady = isUnsteady;
    this.#meddle = meddle;
    for (const endpoint of cast.endpoints) {
      endpoint.ringsAtOnce = false;
      endpoint.onIncoming = (call) => this.#onIncoming(endpoint, call);
    }
  }

  #onIncoming(endpoint: SimEndpoint, call: PhoneCall): void {
    const reaction = this.#draw(endpoint);
    const afterMs = this.#chance.moment();
    if (this.#chance.of(92)) this.#ring(endpoint, call);
    this.#diary.later(afterMs, () => this.#react(endpoint, call, reaction));
    if (this.#chance.of(8)) this.#diary.later(this.#chance.moment(), () => this.#pickUp(endpoint, call));
    if (this.#chance.of(5)) this.#diary.later(this.#chance.moment(), () => this.#meddleWith(endpoint, call));
    this.#diary.surely(LONGEST_RINGING_MS, () => endpoint.reject(call, 480));
  }

  #draw(endpoint: SimEndpoint): Reaction {
    if (this.#isUnsteady && this.#chance.of(4)) return 'loseThePhone';
    return this.#chance.weighted(endpoint instanceof SimProvider ? OUTSIDE : AT_A_PHONE);
  }

  #ring(endpoint: SimEndpoint, call: PhoneCall): void {
    const status = this.#chance.of(85) ? 180 : 183;
    const isEarly = this.#chance.of(endpoint instanceof SimProvider ? 40 : 8);
    const again = this.#chance.of(15);
    this.#diary.later(this.#chance.of(70) ? 0 : this.#chance.moment(), () => {
      endpoint.ring(call, status, isEarly);
      if (again) endpoint.ring(call, 180, false);
    });
  }

  #react(endpoint: SimEndpoint, call: PhoneCall, reaction: Reaction): void {
    if (call.state !== 'ringing' || reaction === 'ignore') return;
    const name = this.#cast.nameOf(endpoint);
    if (reaction === 'answer') {
      this.#diary.note(`${name} answers`);
      endpoint.answer(call);
    } else if (reaction === 'loseThePhone') this.#loseThePhone(endpoint, name);
    else {
      const target = this.#chance.pick(ELSEWHERE);
      const headers = reaction === 302 ? ([['Contact', `<sip:${target}@10.0.0.1>`]] as const) : [];
      this.#diary.note(`${name} refuses with ${reaction}${reaction === 302 ? ` to ${target}` : ''}`);
      endpoint.reject(call, reaction, headers);
    }
  }

  /** Another device of the same user answers what rings here (RFC 3891). */
  #pickUp(endpoint: SimEndpoint, call: PhoneCall): void {
    const { station } = this.#cast.directory.of(endpoint.address);
    const others = this.#cast.othersOf(endpoint);
    if (station === undefined || call.state !== 'ringing' || others.length === 0) return;
    const picker = this.#chance.pick(others);
    const { request, localTag } = call.invite as UasInvite;
    const seen = this.#watchers.ofOwn(picker)?.ofCall(request.callId);
    this.#diary.note(`${this.#cast.nameOf(picker)} picks up what rings at ${this.#cast.nameOf(endpoint)}`);
    const known = `${request.callId};to-tag=${request.from.tag};from-tag=${localTag}`;
    picker.dial(station, { headers: [['Replaces', seen ? replacesOf(seen) : known]] });
  }

  /** What concerns the called changes while it rings. */
  #meddleWith(endpoint: SimEndpoint, call: PhoneCall): void {
    const { station } = this.#cast.directory.of(endpoint.address);
    if (station !== undefined && call.state === 'ringing') this.#meddle(station);
  }

  #loseThePhone(endpoint: SimEndpoint, name: string): void {
    if (!endpoint.isOn) return;
    this.#diary.note(`${name} loses power while it rings`);
    endpoint.vanish();
    this.#diary.surely(this.#chance.moment() + 1_000, () => {
      this.#diary.note(`${name} is back`);
      endpoint.restart();
    });
  }
}
