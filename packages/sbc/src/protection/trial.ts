import type { Flow, SipRequest } from '@unisono/sip';
import { GuessedAccounts } from './guessed-accounts.ts';
import { PendingChallenges, type Unsettled } from './pending.ts';
import { askedFor } from './reading.ts';
import type { ProtectionSettings } from './settings.ts';
import { type Offence, SuspectTable } from './suspects.ts';

export interface TrialEvents {
  onGuilty(source: string, because: string, flow: Flow): void;
  onWrongPassword(): void;
  onAccountAttacked(): void;
}

/** How a request of somebody ended who has not proved an account on this way, or who tried another account. */
export interface Evidence {
  readonly request: SipRequest;
  readonly finalStatus: number;
  readonly account: string | undefined;
  readonly source: string;
  readonly flow: Flow;
}

/** Points from which a source is banned that guesses the password of an attacked account: three wrong ones, a little decayed. */
const ATTACKED_POINTS = 5;
/** Where others have proved themselves, a wrong password shuts out the account tried, and speaks less against the source. */
const SHARE_OF_KNOWN = 0.2;

const REASONS: Readonly<Record<Offence, string>> = {
  scanner: 'a program that looks for victims',
  wrongPassword: 'wrong passwords',
  forbidden: 'credentials that count no more',
  unknownTarget: 'asked for numbers that nobody has',
  probe: 'requests of a stranger',
  unanswered: 'never gave the credentials asked for',
  malformed: 'malformed messages',
  manyTargets: 'tried many accounts or numbers',
  flood: 'too many requests',
};

/** Weighs what strangers do, and decides who is banned for it. */
export class Trial {
  readonly #settings: ProtectionSettings;
  readonly #events: TrialEvents;
  readonly #isKnown: (source: string) => boolean;
  readonly #sources: SuspectTable;
  /** By source and account: a wrong password in one device shall not shut out the others of an office. */
  readonly #pairs: SuspectTable;
  readonly #guessed: GuessedAccounts;
  readonly #pending: PendingChallenges;

  /** `isKnown` tells whether somebody has proved an account from a source. */
  constructor(settings: ProtectionSettings, events: TrialEvents, isKnown: (source: string) => boolean) {
    this.#settings = settings;
    this.#events = events;
    this.#isKnown = isKnown;
    this.#sources = new SuspectTable(settings.maxRemembered);
    this.#pairs = new SuspectTable(settings.maxRemembered);
    this.#guessed = new GuessedAccounts(settings.maxRemembered);
    this.#pending = new PendingChallenges(settings.maxRemembered);
  }

  get size(): number {
    return this.#sources.size + this.#pairs.size + this.#guessed.size + this.#pending.size;
  }

  judge({ request, finalStatus, account, source, flow }: Evidence, nowMs: number): void {
    const target = askedFor(request);
    if (finalStatus === 401 || finalStatus === 407) {
      if (account === undefined) this.#pending.add(source, 'challenge', target, flow, nowMs);
      else {
        this.#pending.settle(source, 'challenge', target);
        // The first one may only have had an old nonce; the next one has not.
        const isAnother = this.#pending.add(source, 'password', account, flow, nowMs);
        if (isAnother) this.#wrongPassword(source, account, flow, nowMs);
      }
    } else if (account !== undefined) {
      if (finalStatus === 403) this.offence(source, 'forbidden', flow, nowMs);
    } else if (isUnknownTarget(finalStatus)) {
      this.offence(source, 'unknownTarget', flow, nowMs);
    }
  }

  /** An account has proved itself: what it looked like before was a mistake. */
  acquit(source: string, account: string, request: SipRequest, nowMs: number): void {
    this.#pending.settle(source, 'challenge', askedFor(request));
    this.#pending.settle(source, 'password', account);
    this.#sources.forgive(source, account, nowMs);
    this.#pairs.forget(pairOf(source, account));
  }

  offence(source: string, offence: Offence, flow: Flow, nowMs: number): void {
    const points = this.#sources.note(source, offence, nowMs);
    if (points >= this.#settings.ban.points) this.#condemn(source, REASONS[offence], flow);
  }

  /** True when so many wrong passwords for this account came from this source that it is not asked any more. */
  isShutOut(source: string, account: string, nowMs: number): boolean {
    return this.#pairs.points(pairOf(source, account), nowMs) >= this.#settings.ban.points;
  }

  /** Counts what nobody settled in time. To be called every few seconds. */
  sweep(nowMs: number): void {
    for (const unsettled of this.#pending.overdue(nowMs)) this.#unsettled(unsettled, nowMs);
  }

  #unsettled({ source, flow, kind, name }: Unsettled, nowMs: number): void {
    if (kind === 'password') this.#wrongPassword(source, name, flow, nowMs);
    else this.offence(source, 'unanswered', flow, nowMs);
    if (this.#sources.noteTarget(source, name, nowMs) > this.#settings.ban.targets) {
      this.#condemn(source, REASONS.manyTargets, flow);
    }
  }

  #wrongPassword(source: string, account: string, flow: Flow, nowMs: number): void {
    this.#events.onWrongPassword();
    if (this.#guessed.note(account, source, nowMs)) this.#events.onAccountAttacked();
    const isKnown = this.#isKnown(source);
    if (isKnown) this.#pairs.note(pairOf(source, account), 'wrongPassword', nowMs, account);
    const points = this.#sources.note(source, 'wrongPassword', nowMs, account, isKnown ? SHARE_OF_KNOWN : 1);
    const limit = this.#guessed.isAttacked(account, nowMs) ? ATTACKED_POINTS : this.#settings.ban.points;
    if (points >= limit) this.#condemn(source, REASONS.wrongPassword, flow);
  }

  #condemn(source: string, because: string, flow: Flow): void {
    this.#sources.forget(source);
    this.#pending.forget(source);
    this.#events.onGuilty(source, because, flow);
  }
}

function isUnknownTarget(status: number): boolean {
  return status === 404 || status === 403 || status === 481 || status === 484 || status === 604;
}

function pairOf(source: string, account: string): string {
  return `${source} ${account}`;
}
