import type { ExtraHeaders } from '../dialog/payload.ts';
import { parseRetryAfter } from '../message/header/retry-after.ts';
import { printSessionExpires } from '../message/header/session-expires.ts';
import type { SipResponse } from '../message/message.ts';
import type { Clock, Timer } from '../time/clock.ts';
import type { Random } from '../time/random.ts';
import type { RequestFailure } from '../ua/client-request.ts';
import {
  expireAfterMs,
  raisedMinSec,
  refreshAfterMs,
  type SessionTimerAgreement,
  type SessionTimerPolicy,
} from './session-timer.ts';

/** The session, as its refresh sees it. */
export interface RefreshUser {
  readonly ownsCallId: boolean;
  readonly allowsUpdate: boolean;
  /** Sends a refresh, by UPDATE or re-INVITE; `pending` when another exchange is under way. */
  sendRefresh(byUpdate: boolean, done: (outcome: SipResponse | RequestFailure) => void): void;
  /** The interval is over without a refresh. */
  onExpired(): void;
}

export interface RefreshOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly policy: SessionTimerPolicy;
  readonly user: RefreshUser;
}

type Tag = 'refresh' | 'expire';

/** How long to wait after a refusal that names no time. */
const RETRY_MS = 10_000;

/** Keeps a session refreshed, or sees to it that the peer does (RFC 4028 §10). */
export class SessionRefresh {
  readonly #options: RefreshOptions;
  #agreement: SessionTimerAgreement | undefined;
  #minSec: number;
  /** The peer named UPDATE and then would not take it. */
  #isUpdateRefused = false;
  #refresh: Timer | undefined;
  #expiry: Timer | undefined;

  constructor(options: RefreshOptions) {
    this.#options = options;
    this.#minSec = options.policy.minSec;
  }

  /** The interval agreed; undefined before. */
  get agreement(): SessionTimerAgreement | undefined {
    return this.#agreement;
  }

  /** A 2xx to INVITE or UPDATE was sent or received: the interval begins anew. */
  start(agreement: SessionTimerAgreement): void {
    this.stop();
    this.#agreement = agreement;
    const { expiresSec, isRefresher } = agreement;
    if (isRefresher) this.#startTimer('refresh', refreshAfterMs(expiresSec));
    else this.#startTimer('expire', expireAfterMs(expiresSec));
  }

  stop(): void {
    this.#refresh?.cancel();
    this.#expiry?.cancel();
    this.#refresh = this.#expiry = this.#agreement = undefined;
  }

  /** What every INVITE and UPDATE of ours within the dialog says about the timer (RFC 4028 §7.4). */
  headers(): ExtraHeaders {
    const { policy } = this.#options;
    const agreed = this.#agreement;
    const expiresSec = Math.max(agreed?.expiresSec ?? policy.expiresSec, this.#minSec);
    const refresher = agreed && (agreed.isRefresher ? 'uac' : 'uas');
    return [
      ['Session-Expires', printSessionExpires({ expiresSec, refresher })],
      ['Min-SE', String(this.#minSec)],
    ];
  }

  onTimer(tag: Tag): void {
    if (tag === 'expire') return this.#options.user.onExpired();
    const agreed = this.#agreement;
    if (!agreed) return;
    if (agreed.isMutual && !this.#expiry) {
      this.#startTimer('expire', expireAfterMs(agreed.expiresSec) - refreshAfterMs(agreed.expiresSec));
    }
    this.#attempt();
  }

  #attempt(): void {
    const { user } = this.#options;
    const byUpdate = user.allowsUpdate && !this.#isUpdateRefused;
    const before = this.#agreement;
    user.sendRefresh(byUpdate, (outcome) => {
      // A 2xx has begun a new interval; the end of the session none.
      if (this.#agreement && this.#agreement === before) this.#onRefused(outcome, byUpdate);
    });
  }

  #onRefused(outcome: SipResponse | RequestFailure, byUpdate: boolean): void {
    const status = typeof outcome === 'object' ? outcome.status : outcome === 'pending' ? 491 : 0;
    if (status === 422 && this.#raise(outcome as SipResponse)) return this.#attempt();
    if (byUpdate && (status === 405 || status === 501)) {
      this.#isUpdateRefused = true;
      return this.#attempt();
    }
    this.#startTimer('refresh', status === 491 ? this.#afterGlareMs() : this.#retryMs(outcome));
  }

  #raise(response: SipResponse): boolean {
    const minSec = raisedMinSec(response, this.#minSec);
    if (minSec !== undefined) this.#minSec = minSec;
    return minSec !== undefined;
  }

  #afterGlareMs(): number {
    const { user, random } = this.#options;
    return afterGlareMs(user.ownsCallId, random);
  }

  /** Without an interval that runs out there is no hurry. */
  #retryMs(outcome: SipResponse | RequestFailure): number {
    const agreed = this.#agreement;
    if (agreed && !agreed.isMutual) return refreshAfterMs(agreed.expiresSec);
    const text = typeof outcome === 'object' ? outcome.headers.get('Retry-After') : undefined;
    const delaySec = parseRetryAfter(text ?? '')?.delaySec;
    return delaySec === undefined ? RETRY_MS : delaySec * 1_000;
  }

  #startTimer(tag: Tag, delayMs: number): void {
    const timer = this.#options.clock.startTimer<Tag>(delayMs, this, tag);
    if (tag === 'refresh') this.#refresh = timer;
    else this.#expiry = timer;
  }
}

/** How long to wait after a 491 (RFC 3261 §14.1): who made the Call-ID 2.1 to 4 s, the other up to 2 s, in steps of 10 ms. */
export function afterGlareMs(ownsCallId: boolean, random: Random): number {
  return ownsCallId ? 2_100 + random.int(191) * 10 : random.int(201) * 10;
}
