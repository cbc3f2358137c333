import type { DialogUsage, LiveDialog } from '../dialog/live-dialog.ts';
import { type ExtraHeaders, payloadOf } from '../dialog/payload.ts';
import { parseSubscriptionState } from '../message/header/event.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { Clock, Timer } from '../time/clock.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import type { ClientRequest, RequestFailure } from '../ua/client-request.ts';
import { eventOf } from './event-match.ts';
import { parseSipfrag, type SipfragStatus } from './sipfrag.ts';

export interface ReferHandler {
  /** The other side took the REFER (2xx), or would not. */
  onAnswer(outcome: SipResponse | RequestFailure): void;
  /** How the referred request goes; from 200 on it is over. */
  onProgress?(progress: SipfragStatus): void;
  /** Nothing more will be told. */
  onEnded?(): void;
}

export interface ReferOptions {
  /** Refer-To as header text, `<sip:…?Replaces=…>` for an attended transfer. */
  readonly referTo: string;
  readonly headers?: ExtraHeaders | undefined;
  readonly handler: ReferHandler;
}

/** How long the first NOTIFY, or another one after it, is waited for. */
const PATIENCE_MS = 240_000;

/** A REFER that we sent in a dialog, with the subscription it makes (RFC 3515 §2.4). */
export class ReferRequest implements DialogUsage {
  readonly #live: LiveDialog;
  readonly #clock: Clock;
  readonly #handler: ReferHandler;
  #request: ClientRequest | undefined;
  /** Number of the REFER that was accepted: the `id` of its Event. */
  #sequence: number | undefined;
  #patience: Timer | undefined;
  #isOver = false;

  constructor(live: LiveDialog, clock: Clock, handler: ReferHandler) {
    this.#live = live;
    this.#clock = clock;
    this.#handler = handler;
  }

  start({ referTo, headers = [] }: ReferOptions): void {
    this.#live.join(this);
    this.#wait();
    this.#request = this.#live.send(
      'REFER',
      { headers: [['Refer-To', referTo], ...headers] },
      {
        onResponse: (response, request) => this.#onResponse(response, request.request),
        onFailure: (failure) => this.#refused(failure),
      },
    );
  }

  receive(transaction: ServerTransaction): boolean {
    const { request } = transaction;
    if (request.method !== 'NOTIFY' || !this.#isMine(request)) return false;
    const state = parseSubscriptionState(request.headers.get('Subscription-State') ?? '');
    if (!state) transaction.reply(400, { reason: 'Missing Subscription-State' });
    else this.#receiveNotify(transaction, state.state === 'terminated');
    return true;
  }

  onDialogLost(): void {
    this.#end();
  }

  onTimer(): void {
    this.#end();
  }

  #receiveNotify(transaction: ServerTransaction, isLast: boolean): void {
    transaction.reply(200);
    const progress = parseSipfrag(payloadOf(transaction.request));
    if (progress) this.#handler.onProgress?.(progress);
    if (isLast) this.#end();
    else this.#wait();
  }

  /** The `id` may be left out for the first REFER of a dialog (RFC 3515 §2.4.6). */
  #isMine(notify: SipRequest): boolean {
    const event = eventOf(notify);
    if (event?.package !== 'refer') return false;
    const sequence = this.#sequence ?? this.#request?.request?.cseq.sequence;
    return event.id === undefined || event.id === String(sequence);
  }

  #onResponse(response: SipResponse, refer: SipRequest | undefined): void {
    if (response.status < 200) return;
    if (response.status >= 300) return this.#refused(response);
    this.#sequence = refer?.cseq.sequence;
    this.#handler.onAnswer(response);
    if (response.headers.get('Refer-Sub')?.toLowerCase() === 'false') this.#end();
  }

  #refused(outcome: SipResponse | RequestFailure): void {
    this.#handler.onAnswer(outcome);
    this.#end();
  }

  #wait(): void {
    this.#patience?.cancel();
    if (!this.#isOver) this.#patience = this.#clock.startTimer(PATIENCE_MS, this, 'patience');
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#patience?.cancel();
    this.#live.leave(this);
    this.#handler.onEnded?.();
  }
}
