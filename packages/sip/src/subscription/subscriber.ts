import { dialogAsClient, dialogAsServer } from '../dialog/dialog.ts';
import { fateOf } from '../dialog/fate.ts';
import { type DialogUsage, LiveDialog } from '../dialog/live-dialog.ts';
import { type ExtraHeaders, type Payload, payloadOf } from '../dialog/payload.ts';
import type { DigestClient } from '../digest/client.ts';
import {
  type EventHeader,
  parseSubscriptionState,
  printEvent,
  type SubscriptionState,
} from '../message/header/event.ts';
import { expiresSec, minExpiresSec } from '../message/header/expires.ts';
import { parseRetryAfter } from '../message/header/retry-after.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { Timer } from '../time/clock.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import { sixtyFourT1 } from '../transaction/timers.ts';
import type { Flow, Target } from '../transport/transport.ts';
import { ClientRequest, type RequestFailure } from '../ua/client-request.ts';
import type { HalfOpenUsage, UserAgentCore } from '../ua/core.ts';
import { isAbout } from './event-match.ts';
import type { SubscriptionSnapshot } from './notifier.ts';
import { SUBSCRIBER, type SubscriberEffect, type SubscriberEvent, type SubscriberState } from './subscriber-machine.ts';

/** Why a subscription of ours is over. */
export type SubscriptionEnd =
  /** The notifier ended it; `reason` and `retryAfterSec` say whether to try again (RFC 6665 §4.1.3). */
  | { readonly kind: 'notified'; readonly reason: string | undefined; readonly retryAfterSec: number | undefined }
  /** A SUBSCRIBE was refused. */
  | { readonly kind: 'refused'; readonly response: SipResponse }
  /** A SUBSCRIBE was not answered, or no NOTIFY followed, or the time ran out. */
  | { readonly kind: 'failed'; readonly failure: RequestFailure | 'no-notify' | 'expired' | 'dialog-gone' };

export interface SubscriberHandler {
  /** A NOTIFY came; it has been answered. `payload` is absent when there is nothing to tell. */
  onNotify(subscription: SubscriberSubscription, payload: Payload | undefined, notify: SipRequest): void;
  onEnded(subscription: SubscriberSubscription, end: SubscriptionEnd): void;
}

export interface SubscribeOptions {
  /** Request-URI text. */
  readonly uriText: string;
  /** From and To as header text, without tag. */
  readonly from: string;
  readonly to: string;
  readonly hops: readonly (Flow | Target)[];
  readonly routes?: readonly string[] | undefined;
  readonly event: EventHeader;
  readonly expiresSec: number;
  /** Media types that a NOTIFY may bring. */
  readonly accept: readonly string[];
  readonly headers?: ExtraHeaders | undefined;
  /** User part of our Contact. */
  readonly contactUser: string;
  readonly authenticator?: DigestClient | undefined;
  readonly handler: SubscriberHandler;
}

/** When a subscription is refreshed: with this part of its time left. */
const REFRESH_LEFT = 0.2;
/** How long to wait after a refresh that was refused for no lasting reason. */
const RETRY_SEC = 30;
/** What the notifier may grant by saying nothing. */
const DEFAULT_EXPIRES_SEC = 3_600;
/** Longest interval that a 423 may talk us into. */
const MAX_MIN_EXPIRES_SEC = 86_400;

type Tag = 'refreshDue' | 'expired' | 'timerN';

/** A subscription that we have somewhere (RFC 6665 §4.1): asked for, refreshed in time, given up. */
export class SubscriberSubscription implements DialogUsage, HalfOpenUsage {
  readonly event: EventHeader;
  readonly localTag: string;
  readonly #core: UserAgentCore;
  readonly #options: SubscribeOptions;
  readonly #callId: string;
  readonly #request: ClientRequest;
  #state: SubscriberState = 'subscribing';
  #live: LiveDialog | undefined;
  #sequence = 0;
  #expiresSec: number;
  #expiresAtMs = 0;
  #end: SubscriptionEnd = { kind: 'failed', failure: 'no-notify' };
  #notify: SipRequest | undefined;
  #refresh: Timer | undefined;
  #expiry: Timer | undefined;
  #timerN: Timer | undefined;

  constructor(core: UserAgentCore, options: SubscribeOptions) {
    this.#core = core;
    this.#options = options;
    this.event = options.event;
    this.localTag = core.layer.random.hex(8);
    this.#callId = core.newCallId();
    this.#expiresSec = options.expiresSec;
    this.#request = new ClientRequest({
      layer: core.layer,
      build: (hop) => this.#build(hop),
      authenticator: options.authenticator,
      user: {
        onResponse: (response) => this.#onAnswer(response),
        onFailure: (failure) => this.#fail({ kind: 'failed', failure }),
      },
    });
  }

  get state(): SubscriberState {
    return this.#state;
  }

  start(): void {
    this.#core.halfOpen.set(this.localTag, this);
    this.#apply('startN');
    this.#request.start(this.#options.hops);
  }

  /** Gives it up; the last NOTIFY is still told, then `onEnded`. */
  unsubscribe(): void {
    this.#handle('unsubscribe');
  }

  /** Forgets it without another word. */
  drop(): void {
    this.#end = { kind: 'failed', failure: 'dialog-gone' };
    this.#handle('lost');
  }

  snapshot(): SubscriptionSnapshot {
    const leftMs = this.#expiresAtMs - this.#core.layer.clock.nowMs();
    return {
      side: 'subscriber',
      event: printEvent(this.event),
      state: this.#state,
      callId: this.#callId,
      peer: this.#live?.record.remoteTarget ?? this.#options.uriText,
      expiresInSec: Math.max(0, Math.round(leftMs / 1_000)),
    };
  }

  // ---- SUBSCRIBE ----

  #build(hop: Flow | Target): SipRequest {
    const { uriText, from, to, routes, contactUser } = this.#options;
    return this.#core.newRequest({
      method: 'SUBSCRIBE',
      uriText,
      from: `${from};tag=${this.localTag}`,
      to,
      callId: this.#callId,
      sequence: ++this.#sequence,
      routes,
      headers: [['Contact', this.#core.contactFor(hop, contactUser)], ...this.#headers(this.#expiresSec)],
    });
  }

  #headers(sec: number): ExtraHeaders {
    const { accept, headers = [] } = this.#options;
    return [['Event', printEvent(this.event)], ['Expires', `${sec}`], ['Accept', accept.join(', ')], ...headers];
  }

  #onAnswer(response: SipResponse): void {
    if (response.status < 200) return;
    if (response.status === 423 && this.#raise(response)) return this.#request.restart();
    if (response.status >= 300) return this.#fail({ kind: 'refused', response });
    if (!this.#live) this.#enter(dialogAsClient(this.#request.request as SipRequest, response));
    this.#grant(expiresSec(response.headers));
    this.#handle('accepted');
  }

  #sendInDialog(sec: number): void {
    this.#live?.send(
      'SUBSCRIBE',
      { headers: this.#headers(sec) },
      {
        onResponse: (response) => {
          if (response.status >= 200) this.#onRefreshAnswer(response, sec);
        },
        onFailure: (failure) => this.#fail({ kind: 'failed', failure }),
      },
    );
  }

  #onRefreshAnswer(response: SipResponse, sec: number): void {
    if (response.status < 300) {
      if (sec > 0) this.#grant(expiresSec(response.headers) ?? sec);
      return;
    }
    if (response.status === 423 && this.#raise(response)) return this.#sendInDialog(this.#expiresSec);
    if (isLasting(response.status)) return this.#fail({ kind: 'refused', response });
    const delaySec = parseRetryAfter(response.headers.get('Retry-After') ?? '')?.delaySec ?? RETRY_SEC;
    this.#refresh = this.#core.layer.clock.startTimer<Tag>(delaySec * 1_000, this, 'refreshDue');
  }

  #raise(response: SipResponse): boolean {
    const minSec = minExpiresSec(response.headers) ?? 0;
    if (minSec <= this.#expiresSec || minSec > MAX_MIN_EXPIRES_SEC) return false;
    this.#expiresSec = minSec;
    return true;
  }

  // ---- NOTIFY ----

  /** A NOTIFY that overtook the answer to our SUBSCRIBE makes the dialog (RFC 6665 §4.1.3). */
  receiveFirst(transaction: ServerTransaction): boolean {
    const { request } = transaction;
    if (this.#live || request.callId !== this.#callId || !isAbout(request, this.event)) return false;
    this.#enter(dialogAsServer(request, this.localTag, this.#sequence));
    return this.receive(transaction);
  }

  receive(transaction: ServerTransaction): boolean {
    const { request } = transaction;
    if (request.method !== 'NOTIFY' || !isAbout(request, this.event)) return false;
    const state = parseSubscriptionState(request.headers.get('Subscription-State') ?? '');
    if (state) this.#receiveNotify(transaction, state);
    else transaction.reply(400, { reason: 'Missing Subscription-State' });
    return true;
  }

  #receiveNotify(
    transaction: ServerTransaction,
    { state, reason, expiresSec: sec, retryAfterSec }: SubscriptionState,
  ): void {
    const { request } = transaction;
    transaction.reply(200);
    this.#live?.refreshTarget(request.contact);
    this.#notify = request;
    if (state === 'terminated') {
      this.#end = { kind: 'notified', reason, retryAfterSec };
      this.#handle('notifyTerminated');
    } else {
      if (sec !== undefined && this.#state !== 'leaving') this.#grant(sec);
      this.#handle(state === 'pending' ? 'notifyPending' : 'notifyActive');
    }
    this.#notify = undefined;
  }

  onDialogLost(): void {
    this.drop();
  }

  // ---- the machine ----

  onTimer(tag: Tag): void {
    if (tag === 'expired') this.#end = { kind: 'failed', failure: 'expired' };
    if (tag === 'timerN') this.#end = { kind: 'failed', failure: 'no-notify' };
    this.#handle(tag);
  }

  #fail(end: SubscriptionEnd): void {
    this.#end = end;
    this.#handle('refused');
  }

  #handle(event: SubscriberEvent): void {
    const found = SUBSCRIBER[this.#state][event];
    if (!found) return;
    this.#state = found.next;
    for (const effect of found.effects) this.#apply(effect);
  }

  #apply(effect: SubscriberEffect): void {
    const { clock, timers } = this.#core.layer;
    switch (effect) {
      case 'startN':
        this.#timerN = clock.startTimer<Tag>(sixtyFourT1(timers), this, 'timerN');
        return;
      case 'stopN':
        return this.#timerN?.cancel();
      case 'stopTimers':
        return this.#stopTimers();
      case 'refresh':
        return this.#sendInDialog(this.#expiresSec);
      case 'sendUnsubscribe':
        return this.#sendInDialog(0);
      case 'deliver':
        if (this.#notify) this.#options.handler.onNotify(this, payloadOf(this.#notify), this.#notify);
        return;
      case 'forget':
        return this.#forget();
    }
  }

  /** So much time is granted from now on. */
  #grant(sec = DEFAULT_EXPIRES_SEC): void {
    const { clock } = this.#core.layer;
    this.#refresh?.cancel();
    this.#expiry?.cancel();
    this.#expiresAtMs = clock.nowMs() + sec * 1_000;
    this.#refresh = clock.startTimer<Tag>(sec * (1 - REFRESH_LEFT) * 1_000, this, 'refreshDue');
    this.#expiry = clock.startTimer<Tag>(sec * 1_000, this, 'expired');
  }

  #enter(record: ReturnType<typeof dialogAsClient>): void {
    const hop = this.#request.hop as Flow | Target;
    const core = this.#core;
    const contact = core.contactFor(hop, this.#options.contactUser, record.isSecure);
    const { authenticator } = this.#options;
    this.#live = new LiveDialog({ core, record, hop, hopIsOnlyWay: false, contact, authenticator });
    this.#live.join(this);
    core.halfOpen.delete(this.localTag);
  }

  #stopTimers(): void {
    this.#refresh?.cancel();
    this.#expiry?.cancel();
    this.#timerN?.cancel();
  }

  #forget(): void {
    this.#stopTimers();
    this.#core.halfOpen.delete(this.localTag);
    this.#live?.leave(this);
    this.#options.handler.onEnded(this, this.#end);
  }
}

/** Refusals of a refresh after which there is no subscription any more (RFC 6665 §4.1.2.2, RFC 5057). */
function isLasting(status: number): boolean {
  return fateOf('SUBSCRIBE', status) !== 'none' || status === 483;
}
