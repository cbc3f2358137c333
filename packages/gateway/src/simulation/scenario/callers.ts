import type { CallBook } from '../call-book.ts';
import { AUXILIARY_PREFIX, DIRECT_PREFIX, SPARE_ACCOUNT } from '../company.ts';
import type { DialOptions } from '../endpoint-options.ts';
import type { SimPhone } from '../phone.ts';
import type { PhoneCall } from '../phone-call.ts';
import type { Cast } from './cast.ts';
import type { Chance } from './chance.ts';
import type { Diary } from './diary.ts';

const INSIDE = ['4000', '4020', '4021', '4022', '4023', '4024', '4026', '4027', '4030', '4031'];
const MACHINES = ['4100', '4101', '*43'];
const NOWHERE = ['4777', '4950', '40', '80004020', '80004021', '80009999', 'nobody', '%E2%98%8E', '4020;x=y'];
const OUTSIDE = ['030901820', '0044201234567', '+4930901820', '004930901820', '116117', '0900123456', '123'];
const EMERGENCIES = ['112', '110', '+49112'];
const OWN_FROM_OUTSIDE = [`${DIRECT_PREFIX}4021`, `${DIRECT_PREFIX}4023`, `${AUXILIARY_PREFIX}80004020`];
const FEATURES = [
  '*21*4022#',
  '*21*030901820#',
  '*21*80004022#',
  '#21#',
  '#21#',
  '*22#',
  '*23#',
  '*66#',
  '*67*4000#',
  '#67#',
  '#67#',
  '*61*4024#',
  '#61#',
  '*24#',
  '*91#',
  '#91#',
];

const FROM_TRUNKS = [
  '+498999998000',
  '+498988880',
  SPARE_ACCOUNT.username,
  `${DIRECT_PREFIX}4020`,
  `${DIRECT_PREFIX}4021`,
  `${DIRECT_PREFIX}4022`,
  `${DIRECT_PREFIX}4023`,
  `${DIRECT_PREFIX}4024`,
  `${DIRECT_PREFIX}4031`,
  `${DIRECT_PREFIX}4777`,
  `${AUXILIARY_PREFIX}80004020`,
  '80004020',
  '4020',
  '+4930901820',
  '112',
];

const OUTSIDERS = [
  { number: '+4930901820', name: 'Customer' },
  { number: '+44201234567' },
  { number: '+4930901820', isAnonymous: true },
  { number: '80004020', name: 'Stranger' },
  { number: `${AUXILIARY_PREFIX}80004020` },
];

/** Nobody listens to ringback longer than this. */
const PATIENCE_MS = 200_000;

/** Everybody who calls somebody. */
export class Callers {
  readonly #cast: Cast;
  readonly #chance: Chance;
  readonly #diary: Diary;
  readonly #book: CallBook;
  #withoutOffer: PhoneCall | undefined;

  constructor(cast: Cast, chance: Chance, diary: Diary, book: CallBook) {
    this.#cast = cast;
    this.#chance = chance;
    this.#diary = diary;
    this.#book = book;
  }

  /** Somebody calls somebody. */
  call(): void {
    if (this.#chance.of(20)) this.#fromOutside();
    else this.#fromPhone();
  }

  /** Several people call the same number at the same moment. */
  callTogether(): void {
    const number = this.#chance.pick(INSIDE);
    for (let callers = this.#chance.between(2, 4); callers > 0; callers--) this.#dialFromAny(number);
  }

  /** Two people call each other at the same moment. */
  callEachOther(): void {
    const [a, b] = [this.#chance.pick(INSIDE), this.#chance.pick(INSIDE)];
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      const phone = this.#cast.phones.find((one) => this.#cast.directory.of(one.address).station === from);
      if (phone?.isOn) this.#watch(phone, phone.dial(to), to);
    }
  }

  #fromPhone(): void {
    const numbers = this.#chance.weighted([
      [62, INSIDE],
      [6, MACHINES],
      [6, NOWHERE],
      [12, OUTSIDE],
      [3, EMERGENCIES],
      [3, OWN_FROM_OUTSIDE],
      [8, FEATURES],
    ]);
    this.#dialFromAny(this.#chance.pick(numbers));
  }

  #dialFromAny(number: string): void {
    const phone = this.#someone(number);
    if (phone.isOn) this.#watch(phone, phone.dial(escaped(number), this.#options()), number);
  }

  /** Seldom somebody who may not call at all, or who dials the own number: that is refused and over. */
  #someone(number: string): SimPhone {
    const first = this.#chance.pick(this.#cast.phones);
    const { station } = this.#cast.directory.of(first.address);
    const isPointless = station === number || this.#cast.directory.stateOf(station) !== 'inService';
    return isPointless && this.#chance.of(80) ? this.#chance.pick(this.#cast.phones) : first;
  }

  #fromOutside(): void {
    const provider = this.#chance.pick(this.#cast.providers);
    if (!provider.isOn) return;
    const number = this.#chance.pick(FROM_TRUNKS);
    const outsider = this.#chance.pick(OUTSIDERS);
    this.#watch(provider, provider.call(number, outsider, this.#options()), number);
  }

  #options(): DialOptions {
    const isOneOnItsWay = this.#withoutOffer?.state === 'calling' || this.#book.isOfferAwaited;
    const lateOffer = this.#chance.of(8) && !isOneOnItsWay;
    const headers = this.#chance.of(6) ? ([['Require', '100rel']] as const) : [];
    const privacy = this.#chance.of(5) ? ([['Privacy', 'id']] as const) : [];
    const maxForwards = this.#chance.weighted([
      [94, 70],
      [2, 0],
      [2, 1],
      [2, 5],
    ]);
    return { lateOffer, headers: [...headers, ...privacy], maxForwards };
  }

  #watch(endpoint: Cast['endpoints'][number], call: PhoneCall, number: string): void {
    const isLate = call.isWithoutOffer;
    if (isLate) this.#withoutOffer = call;
    this.#diary.note(
      `${this.#cast.nameOf(endpoint)} dials ${number}${isLate ? ' and leaves the offer to the other' : ''}`,
    );
    if (this.#chance.of(28)) this.#giveUpAfter(this.#chance.moment(), endpoint, call);
    this.#diary.surely(PATIENCE_MS, () => this.#giveUp(endpoint, call));
  }

  #giveUpAfter(delayMs: number, endpoint: Cast['endpoints'][number], call: PhoneCall): void {
    this.#diary.later(delayMs, () => this.#giveUp(endpoint, call));
  }

  #giveUp(endpoint: Cast['endpoints'][number], call: PhoneCall): void {
    if (call.state !== 'calling') return;
    this.#diary.note(`${this.#cast.nameOf(endpoint)} gives up`);
    endpoint.hangUp(call);
  }
}

/** `#` and what a user part may not hold otherwise. */
function escaped(number: string): string {
  return number.replaceAll('#', '%23');
}
