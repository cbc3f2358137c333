import { recomputeRoutes } from '../dialog/dialog.ts';
import { type ClientWay, openAsClient } from '../dialog/open-dialog.ts';
import { type ExtraHeaders, type Payload, payloadOf } from '../dialog/payload.ts';
import type { DigestClient } from '../digest/client.ts';
import { printRAck } from '../message/header/reliability.ts';
import { printSessionExpires } from '../message/header/session-expires.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { Timer } from '../time/clock.ts';
import type { Flow, Target } from '../transport/transport.ts';
import { ClientRequest, type ClientRequestUser, type RequestFailure } from '../ua/client-request.ts';
import type { UserAgentCore } from '../ua/core.ts';
import { LateAnswers } from './late-answers.ts';
import { Session } from './session.ts';
import type { EarlyOwner, SessionHandler } from './session-handler.ts';
import { raisedMinSec } from './session-timer.ts';
import { UacFork } from './uac-fork.ts';

/** Why a call we placed was not answered. */
export type InviteOutcome =
  | { readonly kind: 'refused'; readonly response: SipResponse }
  | { readonly kind: 'failed'; readonly failure: RequestFailure };

export interface UacInviteHandler extends SessionHandler {
  /**
   * A provisional response of 101–198. `payload` is early media's description, when there is one: the answer when the
   * response is reliable, else a preview of it.
   */
  onProgress(invite: UacInvite, response: SipResponse, payload: Payload | undefined): void;
  /**
   * A reliable provisional response that carries the offer, to an INVITE without one: answer it by
   * `invite.acknowledgeProgress`. Without this member the peer is not told that we take reliable responses.
   */
  onEarlyOffer?(invite: UacInvite, session: Session, response: SipResponse, offer: Payload): void;
  /**
   * The first 2xx. What the callee described, in it or reliably before, is `session.remotePayload`. Acknowledge it by
   * `invite.acknowledge`, with the answer when that is an offer.
   */
  onAnswer(invite: UacInvite, session: Session, response: SipResponse): void;
  /** No answer will come; also after `cancel`. */
  onFailure(invite: UacInvite, outcome: InviteOutcome): void;
}

export interface UacInviteOptions {
  /** Request-URI text. */
  readonly uriText: string;
  /** From and To as header text, without tag. */
  readonly from: string;
  readonly to: string;
  readonly hops: readonly (Flow | Target)[];
  /** Route values to send it by, in order: Path of a registration, outbound proxy. */
  readonly routes?: readonly string[] | undefined;
  readonly payload?: Payload | undefined;
  readonly headers?: ExtraHeaders | undefined;
  readonly callId?: string | undefined;
  readonly maxForwards: number;
  /** User part of our Contact. */
  readonly contactUser: string;
  readonly authenticator?: DigestClient | undefined;
  readonly handler: UacInviteHandler;
  readonly onHopFailed?: ((hop: Flow | Target, retryAfterSec?: number) => void) | undefined;
  /** True when the peer is reached by its flow alone (a registration over a connection, or behind NAT). */
  readonly hopIsOnlyWay?: boolean | undefined;
}

/**
 * How long nothing may be heard of an INVITE that has been heard of: whoever rings says so every minute (RFC 3261
 * §13.3.1.1), and a proxy gives up after three (§16.6, Timer C).
 */
export const SILENCE_MS = 240_000;

/**
 * An INVITE that we sent, with all the dialogs its responses make. The first 2xx wins; others are acknowledged and hung
 * up (RFC 3261 §13.2.2.4), one that crosses our CANCEL too.
 */
export class UacInvite implements ClientRequestUser, EarlyOwner {
  readonly callId: string;
  readonly localTag: string;
  readonly #core: UserAgentCore;
  readonly #options: UacInviteOptions;
  readonly #request: ClientRequest;
  readonly #forks = new Map<string, UacFork>();
  #sequence = 0;
  #minSec: number;
  #sent: SipRequest | undefined;
  #silence: Timer | undefined;
  #cancelReason: string | undefined;
  #isCancelled = false;
  #isOver = false;

  constructor(core: UserAgentCore, options: UacInviteOptions) {
    this.#core = core;
    this.#options = options;
    this.callId = options.callId ?? core.newCallId();
    this.localTag = core.layer.random.hex(8);
    this.#minSec = core.sessionTimer.minSec;
    this.#request = new ClientRequest({
      layer: core.layer,
      build: (hop) => this.#build(hop),
      authenticator: options.authenticator,
      user: this,
      onHopFailed: options.onHopFailed,
    });
  }

  /** True once anything came back, be it 100. */
  get hasBeenHeard(): boolean {
    return this.#request.hasBeenHeard;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  start(): void {
    this.#request.start(this.#options.hops);
  }

  /** Takes the call back; `reason` is a Reason header value. The handler still hears `onFailure`. */
  cancel(reason?: string): void {
    if (this.#isOver || this.#isCancelled) return;
    this.#isCancelled = true;
    this.#cancelReason = reason;
    this.#silence?.cancel();
    this.#request.cancel(reason);
  }

  /** Acknowledges the 2xx; `answer` when it carried the offer. */
  acknowledge(session: Session, response: SipResponse, answer?: Payload): void {
    session.ack(response, answer);
  }

  /** Acknowledges a reliable provisional response that carried the offer (RFC 3262 §5). */
  acknowledgeProgress(response: SipResponse, answer: Payload): void {
    const fork = this.#forks.get(response.to.tag ?? '');
    if (fork?.session.descriptions.sendAnswer(answer)) this.#prack(fork, response, answer);
  }

  // ---- from the request ----

  onResponse(response: SipResponse): void {
    this.#silence?.cancel();
    if (response.status < 200) this.#onProvisional(response);
    else if (response.status < 300) this.#onSuccess(response);
    else if (response.status === 422 && !this.#isCancelled && this.#raiseTimer(response)) this.#request.restart();
    else this.#fail({ kind: 'refused', response });
  }

  onFailure(failure: RequestFailure): void {
    this.#fail({ kind: 'failed', failure });
  }

  /** Silence for too long. */
  onTimer(): void {
    this.cancel('SIP;cause=408;text="Nothing Heard"');
  }

  #build(hop: Flow | Target): SipRequest {
    const { uriText, from, to, maxForwards, routes, payload, headers, contactUser, handler } = this.#options;
    const { expiresSec } = this.#core.sessionTimer;
    const interval = { expiresSec: Math.max(expiresSec, this.#minSec), refresher: undefined };
    const request = this.#core.newRequest({
      method: 'INVITE',
      uriText,
      from: `${from};tag=${this.localTag}`,
      to,
      callId: this.callId,
      sequence: ++this.#sequence,
      maxForwards,
      routes,
      payload,
      // RFC 3262 §5: a reliable response to an INVITE without offer makes the offer, and somebody must answer it.
      withoutExtensions: payload || handler.onEarlyOffer ? undefined : ['100rel'],
      headers: [
        ['Contact', this.#core.contactFor(hop, contactUser, isSips(uriText))],
        ['Session-Expires', printSessionExpires(interval)],
        ['Min-SE', String(this.#minSec)],
        ...(headers ?? []),
      ],
    });
    this.#sent = request;
    return request;
  }

  #onProvisional(response: SipResponse): void {
    if (this.#isOver) return;
    this.#silence = this.#core.layer.clock.startTimer(SILENCE_MS, this, 'silence');
    if (response.status === 100) return;
    if (response.status === 199) return this.#dropFork(response);
    const payload = payloadOf(response);
    if (response.to.tag !== undefined) {
      const fork = this.#forkOf(response);
      if (fork.session.isTerminated) return;
      fork.session.learn(response);
      if (response.headers.hasToken('Require', '100rel') && !this.#takeReliable(fork, response, payload)) return;
    }
    this.#options.handler.onProgress(this, response, payload);
  }

  /** Acknowledges a reliable response; false when it must not be looked at any further. */
  #takeReliable(fork: UacFork, response: SipResponse, payload: Payload | undefined): boolean {
    if (fork.takeReliable(response) === undefined) return false;
    fork.takeDescription(payload);
    const isOffer = fork.session.descriptions.state === 'offer-received';
    const { handler } = this.#options;
    if (isOffer && payload && handler.onEarlyOffer) {
      handler.onEarlyOffer(this, fork.session, response, payload);
    } else this.#prack(fork, response, undefined);
    return true;
  }

  #prack(fork: UacFork, response: SipResponse, answer: Payload | undefined): void {
    const responseNumber = Number(response.headers.get('RSeq'));
    const rack = printRAck({ responseNumber, sequence: response.cseq.sequence, method: 'INVITE' });
    fork.session.request('PRACK', { payload: answer, headers: [['RAck', rack]] }, () => {});
  }

  /** RFC 6228: one of several dialogs has ended before an answer. */
  #dropFork(response: SipResponse): void {
    const tag = response.to.tag ?? '';
    this.#forks.get(tag)?.session.drop();
    this.#forks.delete(tag);
  }

  #onSuccess(response: SipResponse): void {
    const known = this.#forks.get(response.to.tag ?? '');
    if (known?.session.isTerminated) this.#forks.delete(response.to.tag ?? '');
    const fork = this.#forkOf(response);
    const reason = this.#isCancelled ? this.#cancelReason : 'SIP;cause=200;text="Call completed elsewhere"';
    const late = { core: this.#core, invite: this.#sent as SipRequest, way: this.#way, reason };
    this.#request.handOver(new LateAnswers(late, fork.answered));
    recomputeRoutes(fork.session.dialog, response);
    fork.takeSuccess(response);
    fork.session.own.confirm(response, fork);
    if (this.#isCancelled) return this.#hangUp(fork);
    this.#close();
    this.#options.handler.onAnswer(this, fork.session, response);
  }

  /** A 2xx that crossed our CANCEL: acknowledged, because it must be, and hung up. */
  #hangUp({ session }: UacFork): void {
    const reason = this.#cancelReason;
    session.bye(reason === undefined ? undefined : [['Reason', reason]]);
    this.#fail({ kind: 'failed', failure: 'cancelled' });
  }

  get #way(): ClientWay {
    const { contactUser, authenticator, hopIsOnlyWay = false } = this.#options;
    return { hop: this.#request.hop as Flow | Target, hopIsOnlyWay, contactUser, authenticator };
  }

  #forkOf(response: SipResponse): UacFork {
    const tag = response.to.tag ?? '';
    const known = this.#forks.get(tag);
    if (known) return known;
    const fork = new UacFork(this.#makeSession(response), this.#sent as SipRequest);
    this.#forks.set(tag, fork);
    return fork;
  }

  #makeSession(response: SipResponse): Session {
    const { handler, payload } = this.#options;
    const core = this.#core;
    const live = openAsClient(core, this.#sent as SipRequest, response, this.#way);
    const session = new Session({ core, live, handler, early: this });
    live.join(session);
    if (payload) session.descriptions.sendOffer(payload);
    return session;
  }

  #raiseTimer(response: SipResponse): boolean {
    const minSec = raisedMinSec(response, this.#minSec);
    if (minSec !== undefined) this.#minSec = minSec;
    return minSec !== undefined;
  }

  // ---- from its early sessions ----

  /** One of several targets hung up before it answered; others may still answer. */
  onEarlyBye(): void {}

  onEarlyHangUp(_session: Session, headers: ExtraHeaders | undefined): void {
    this.cancel(headers?.find(([name]) => name === 'Reason')?.[1]);
  }

  // ---- the end ----

  #fail(outcome: InviteOutcome): void {
    if (this.#isOver) return;
    this.#close();
    this.#options.handler.onFailure(this, outcome);
  }

  /** Sessions that are still early end here; a 2xx that one of them sends yet is hung up. */
  #close(): void {
    this.#isOver = true;
    this.#silence?.cancel();
    for (const { session } of this.#forks.values()) if (session.phase === 'early') session.drop();
  }
}

function isSips(uriText: string): boolean {
  return /^sips:/i.test(uriText);
}
