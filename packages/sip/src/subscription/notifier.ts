import type { DialogUsage, LiveDialog } from '../dialog/live-dialog.ts';
import type { ExtraHeaders, Payload } from '../dialog/payload.ts';
import { makeResponse } from '../message/build.ts';
import { type EventHeader, printEvent, printSubscriptionState } from '../message/header/event.ts';
import { expiresSec } from '../message/header/expires.ts';
import type { SipResponse } from '../message/message.ts';
import type { Timer } from '../time/clock.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import type { RequestFailure } from '../ua/client-request.ts';
import type { UserAgentCore } from '../ua/core.ts';
import { isAbout } from './event-match.ts';
import { NOTIFIER, type NotifierEffect, type NotifierEvent, type NotifierState } from './notifier-machine.ts';

/** Why a notifier ended a subscription (RFC 6665 §4.1.3); what the subscriber does next depends on it. */
export type TerminationReason =
  | 'deactivated'
  | 'probation'
  | 'rejected'
  | 'timeout'
  | 'giveup'
  | 'noresource'
  | 'invariant';

export interface NotifierHandler {
  /** What to tell now; called for each NOTIFY, also the last. Undefined: a NOTIFY without body. */
  currentState(subscription: NotifierSubscription): Payload | undefined;
  /** It is over, its last NOTIFY answered or in vain. */
  onEnded?(subscription: NotifierSubscription): void;
}

/** How long subscriptions of a package may be. */
export interface IntervalPolicy {
  /** For who asks for none. */
  readonly defaultSec: number;
  /** The longest granted. */
  readonly maxSec: number;
  /** The shortest granted; who asks for less than this hears 423. */
  readonly minSec: number;
}

export const DEFAULT_INTERVALS: IntervalPolicy = { defaultSec: 3_600, maxSec: 3_600, minSec: 60 };

export interface NotifierOptions {
  readonly core: UserAgentCore;
  readonly live: LiveDialog;
  readonly event: EventHeader;
  readonly intervals: IntervalPolicy;
  readonly state: 'pending' | 'active';
  readonly handler: NotifierHandler;
}

/** One subscription, for the operator. */
export interface SubscriptionSnapshot {
  readonly side: 'notifier' | 'subscriber';
  readonly event: string;
  readonly state: string;
  readonly callId: string;
  /** The other end. */
  readonly peer: string;
  readonly expiresInSec: number;
}

/** The interval to grant, or the 423 to refuse with (RFC 6665 §4.2.1.1). 0 is always granted: fetch, or unsubscribe. */
export function grantedInterval(
  transaction: ServerTransaction,
  policy: IntervalPolicy,
): { readonly sec: number } | { readonly minSec: number } {
  const asked = expiresSec(transaction.request.headers) ?? policy.defaultSec;
  if (asked > 0 && asked < policy.minSec) return { minSec: policy.minSec };
  return { sec: Math.min(asked, policy.maxSec) };
}

/**
 * A subscription that somebody has at us (RFC 6665 §4.2). NOTIFYs follow one another: what changes while one is under way
 * is told by the next, in its newest state.
 */
export class NotifierSubscription implements DialogUsage {
  readonly event: EventHeader;
  readonly live: LiveDialog;
  readonly #options: NotifierOptions;
  #state: NotifierState;
  #reason: TerminationReason = 'timeout';
  #retryAfterSec: number | undefined;
  #expiresSec = 0;
  /** False until the owner lets it in: nothing is told, not even at the end. */
  #isAdmitted: boolean;
  #expiresAtMs = 0;
  #expiry: Timer | undefined;
  #isNotifying = false;
  #isDue = false;
  #isForgotten = false;
  /** Who waits for the next NOTIFY to be answered, and who for the one under way. */
  #waiting: (() => void)[] = [];
  #beingTold: (() => void)[] = [];

  constructor(options: NotifierOptions) {
    this.#options = options;
    this.event = options.event;
    this.live = options.live;
    this.#state = options.state;
    this.#isAdmitted = options.state === 'active';
  }

  get state(): NotifierState {
    return this.#state;
  }

  /** Takes its place in the dialog. */
  start(): void {
    this.live.join(this);
  }

  /** Lets it last so long from now on, without a NOTIFY. */
  extend(sec: number): void {
    this.#expiresSec = sec;
    this.#startExpiry();
  }

  /** Answers the SUBSCRIBE that made or refreshes it; a NOTIFY follows. 0 s fetch the state, or give it up. */
  accept(transaction: ServerTransaction, sec: number): void {
    const response = makeResponse(transaction.request, 200, {
      toTag: this.live.record.localTag,
      headers: [['Expires', `${sec}`]],
    });
    response.headers.copy('Record-Route', transaction.request.headers);
    this.#options.core.fillResponse(response, this.live.contact);
    transaction.respond(response);
    this.#expiresSec = sec;
    this.#handle(sec > 0 ? 'refreshed' : 'unsubscribed');
  }

  /** Lets a pending subscription in. */
  activate(): void {
    this.#isAdmitted = true;
    this.#handle('activate');
  }

  /** Tells what is now; `told` runs when the subscriber has it, or cannot be told. */
  changed(told?: () => void): void {
    this.#tell('changed', told);
  }

  /** Ends it with a last NOTIFY. `retryAfterSec` with reason `probation` or `giveup`. */
  terminate(reason: TerminationReason, told?: () => void, retryAfterSec?: number): void {
    if (this.#state !== 'terminated') {
      this.#reason = reason;
      this.#retryAfterSec = retryAfterSec;
    }
    this.#tell('ended', told);
  }

  /** Ends it without another word. */
  drop(): void {
    this.#handle('lost');
  }

  snapshot(): SubscriptionSnapshot {
    const { callId, remoteTarget } = this.live.record;
    return {
      side: 'notifier',
      event: printEvent(this.event),
      state: this.#state,
      callId,
      peer: remoteTarget,
      expiresInSec: this.#leftSec(),
    };
  }

  // ---- from the dialog ----

  receive(transaction: ServerTransaction): boolean {
    const { request } = transaction;
    if (request.method !== 'SUBSCRIBE' || !isAbout(request, this.event) || this.#state === 'terminated') return false;
    const granted = grantedInterval(transaction, this.#options.intervals);
    if ('minSec' in granted) {
      transaction.reply(423, { headers: [['Min-Expires', `${granted.minSec}`]] });
      return true;
    }
    this.live.refreshTarget(request.contact);
    this.accept(transaction, granted.sec);
    return true;
  }

  onDialogLost(): void {
    this.#handle('lost');
  }

  onTimer(): void {
    this.#handle('expired');
  }

  // ---- the machine ----

  #tell(event: NotifierEvent, told: (() => void) | undefined): void {
    if (!NOTIFIER[this.#state][event]) return told?.();
    if (told) this.#waiting.push(told);
    this.#handle(event);
  }

  #handle(event: NotifierEvent): void {
    const found = NOTIFIER[this.#state][event];
    if (!found) return;
    this.#state = found.next;
    for (const effect of found.effects) this.#apply(effect);
  }

  #apply(effect: NotifierEffect): void {
    switch (effect) {
      case 'notify':
        return this.#notify();
      case 'startExpiry':
        return this.#startExpiry();
      case 'stopExpiry':
        return this.#expiry?.cancel();
      case 'forget':
        return this.#forget();
    }
  }

  #startExpiry(): void {
    const { clock } = this.#options.core.layer;
    this.#expiry?.cancel();
    this.#expiresAtMs = clock.nowMs() + this.#expiresSec * 1_000;
    this.#expiry = clock.startTimer(this.#expiresSec * 1_000, this, 'expiry');
  }

  #leftSec(): number {
    return Math.max(0, Math.round((this.#expiresAtMs - this.#options.core.layer.clock.nowMs()) / 1_000));
  }

  // ---- NOTIFY ----

  #notify(): void {
    if (this.#isNotifying) {
      this.#isDue = true;
      return;
    }
    this.#isNotifying = true;
    this.#isDue = false;
    this.#beingTold = this.#waiting;
    this.#waiting = [];
    const isLast = this.#state === 'terminated';
    const payload = this.#isAdmitted ? this.#options.handler.currentState(this) : undefined;
    this.live.send(
      'NOTIFY',
      { payload, headers: this.#headers() },
      {
        onResponse: (response) => {
          if (response.status >= 200) this.#onAnswered(response, isLast);
        },
        onFailure: (failure) => this.#onAnswered(failure, isLast),
      },
    );
  }

  #headers(): ExtraHeaders {
    const isOver = this.#state === 'terminated';
    const state = printSubscriptionState({
      state: this.#state,
      reason: isOver ? this.#reason : undefined,
      expiresSec: isOver ? undefined : this.#leftSec(),
      retryAfterSec: isOver ? this.#retryAfterSec : undefined,
    });
    return [
      ['Event', printEvent(this.event)],
      ['Subscription-State', state],
    ];
  }

  #onAnswered(outcome: SipResponse | RequestFailure, wasLast: boolean): void {
    this.#isNotifying = false;
    for (const told of this.#beingTold.splice(0)) told();
    if (wasLast || isGone(outcome)) this.#handle('lost');
    else if (this.#isDue) this.#notify();
  }

  #forget(): void {
    if (this.#isForgotten) return;
    this.#isForgotten = true;
    for (const told of [...this.#beingTold.splice(0), ...this.#waiting.splice(0)]) told();
    this.live.leave(this);
    this.#options.handler.onEnded?.(this);
  }
}

/** An error that does not say when to try again ends a subscription (RFC 6665 §4.2.2). */
function isGone(outcome: SipResponse | RequestFailure): boolean {
  if (typeof outcome !== 'object') return true;
  return outcome.status >= 300 && (outcome.status === 481 || !outcome.headers.has('Retry-After'));
}
