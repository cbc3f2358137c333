import { dialogAsClient } from '../dialog/dialog.ts';
import type { DigestClient } from '../digest/client.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { type Flow, isFlow, type Target } from '../transport/transport.ts';
import { ClientRequest, type ClientRequestUser, type RequestFailure } from '../ua/client-request.ts';
import type { UserAgent } from '../ua/user-agent.ts';
import { type ExtraHeaders, type Payload, payloadOf } from './payload.ts';
import { Session, type SessionHandler } from './session.ts';
import { negotiateAsClient } from './session-timer.ts';

/** Why a call we placed was not answered. */
export type InviteOutcome =
  | { readonly kind: 'refused'; readonly response: SipResponse }
  | { readonly kind: 'failed'; readonly failure: RequestFailure };

export interface UacInviteHandler extends SessionHandler {
  /** A provisional response of 101–199. `payload` is early media's description, when there is one. */
  onProgress(invite: UacInvite, response: SipResponse, payload: Payload | undefined): void;
  /** The first 2xx. Acknowledge it by `invite.acknowledge`, with the answer when the 2xx carried the offer. */
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
  readonly onHopFailed?: ((hop: Flow | Target) => void) | undefined;
  /** True when the peer is reached by its flow alone (a registration over a connection, or behind NAT). */
  readonly hopIsOnlyWay?: boolean | undefined;
}

/**
 * An INVITE that we sent, with all the dialogs its responses make. The first 2xx wins; others are acknowledged and hung
 * up (RFC 3261 §13.2.2.4), one that crosses our CANCEL too.
 */
export class UacInvite implements ClientRequestUser {
  readonly callId: string;
  readonly localTag: string;
  readonly #ua: UserAgent;
  readonly #options: UacInviteOptions;
  readonly #request: ClientRequest;
  readonly #sessions = new Map<string, Session>();
  /** RSeq last taken, by remote tag: repeated reliable responses are acknowledged once. */
  readonly #rseq = new Map<string, number>();
  #sequence = 0;
  #minSec: number;
  #sent: SipRequest | undefined;
  #winner: Session | undefined;
  #isCancelled = false;
  #isOver = false;

  constructor(ua: UserAgent, options: UacInviteOptions) {
    this.#ua = ua;
    this.#options = options;
    this.callId = options.callId ?? ua.newCallId();
    this.localTag = ua.layer.random.hex(8);
    this.#minSec = ua.sessionTimer.minSec;
    this.#request = new ClientRequest({
      layer: ua.layer,
      build: (hop) => this.#build(hop),
      authenticator: options.authenticator,
      user: this,
      onHopFailed: options.onHopFailed,
    });
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  start(): void {
    this.#request.start(this.#options.hops);
  }

  /** Takes the call back; `reason` is a Reason header value. The handler still hears `onFailure`. */
  cancel(reason?: string): void {
    if (this.#isOver) return;
    this.#isCancelled = true;
    this.#request.cancel(reason);
  }

  /** Acknowledges the 2xx. */
  acknowledge(session: Session, response: SipResponse, answer?: Payload): void {
    session.ack(response, answer);
  }

  onResponse(response: SipResponse): void {
    if (response.status < 200) this.#onProvisional(response);
    else if (response.status < 300) this.#onSuccess(response);
    else if (response.status === 422 && !this.#isCancelled && this.#raiseTimer(response)) this.#request.restart();
    else this.#fail({ kind: 'refused', response });
  }

  onFailure(failure: RequestFailure): void {
    this.#fail({ kind: 'failed', failure });
  }

  #build(hop: Flow | Target): SipRequest {
    const { ua, options } = { ua: this.#ua, options: this.#options };
    const { expiresSec } = ua.sessionTimer;
    const request = ua.newRequest({
      method: 'INVITE',
      uriText: options.uriText,
      from: `${options.from};tag=${this.localTag}`,
      to: options.to,
      callId: this.callId,
      sequence: ++this.#sequence,
      maxForwards: options.maxForwards,
      routes: options.routes,
      payload: options.payload,
      headers: [
        ['Contact', ua.contactFor(hop, options.contactUser)],
        ['Session-Expires', String(Math.max(expiresSec, this.#minSec))],
        ['Min-SE', String(this.#minSec)],
        ...(options.headers ?? []),
      ],
    });
    this.#sent = request;
    return request;
  }

  #hop(): Flow | Target {
    return this.#request.hop ?? (this.#options.hops[0] as Flow | Target);
  }

  #onProvisional(response: SipResponse): void {
    if (response.status === 100 || this.#isOver) return;
    const session = response.to.tag === undefined ? undefined : this.#sessionFor(response);
    const payload = payloadOf(response);
    if (session) {
      if (response.headers.hasToken('Require', '100rel') && !this.#takeReliable(session, response)) return;
      this.#notePayload(session, payload);
    }
    this.#options.handler.onProgress(this, response, payload);
  }

  #onSuccess(response: SipResponse): void {
    const session = this.#sessionFor(response);
    if (session === this.#winner || session.isTerminated) return session.repeatAck(response);
    session.phase = 'confirmed';
    session.learn(response);
    if (this.#winner || this.#isCancelled) return this.#hangUp(session, response);
    this.#winner = session;
    this.#isOver = true;
    session.oweAck(response);
    this.#notePayload(session, payloadOf(response));
    session.startTimer(negotiateAsClient(response, this.#ua.sessionTimer));
    this.#dropEarly(session);
    this.#options.handler.onAnswer(this, session, response);
  }

  /** A 2xx that nobody wants: acknowledged, because it must be, and hung up. */
  #hangUp(session: Session, response: SipResponse): void {
    session.ack(response);
    session.bye([['Reason', 'SIP;cause=200;text="Call completed elsewhere"']]);
    if (!this.#winner && !this.#isOver) this.#fail({ kind: 'failed', failure: 'closed' });
  }

  /** The first description of a dialog is the answer to our offer, or the peer's offer; later ones repeat it. */
  #notePayload(session: Session, payload: Payload | undefined): void {
    if (!payload) return;
    if (session.offerAnswer === 'offer-sent') session.exchange('receiveAnswer');
    else if (session.offerAnswer === 'idle') session.exchange('receiveOffer');
    session.remotePayload = payload;
  }

  /** Acknowledges a reliable response by PRACK; false when it is a repetition (RFC 3262 §4). */
  #takeReliable(session: Session, response: SipResponse): boolean {
    const rseq = Number(response.headers.get('RSeq'));
    const tag = response.to.tag ?? '';
    const last = this.#rseq.get(tag);
    if (!Number.isInteger(rseq) || (last !== undefined && rseq !== last + 1)) return false;
    this.#rseq.set(tag, rseq);
    const headers: ExtraHeaders = [['RAck', `${rseq} ${response.cseq.sequence} INVITE`]];
    session.request('PRACK', { headers }, () => {});
    return true;
  }

  #sessionFor(response: SipResponse): Session {
    const tag = response.to.tag ?? '';
    const known = this.#sessions.get(tag);
    if (known) {
      if (known.phase === 'early') known.learn(response);
      return known;
    }
    const hop = this.#hop();
    const session = new Session({
      ua: this.#ua,
      dialog: dialogAsClient(this.#sent as SipRequest, response),
      hop,
      hopIsOnlyWay: (this.#options.hopIsOnlyWay ?? false) && isFlow(hop) && !response.headers.has('Record-Route'),
      contact: this.#ua.contactFor(hop, this.#options.contactUser),
      handler: this.#options.handler,
      authenticator: this.#options.authenticator,
    });
    session.learn(response);
    if (this.#options.payload) {
      session.exchange('sendOffer');
      session.localPayload = this.#options.payload;
    }
    this.#sessions.set(tag, session);
    return session;
  }

  #raiseTimer(response: SipResponse): boolean {
    const minSec = Number(response.headers.get('Min-SE'));
    if (!Number.isInteger(minSec) || minSec <= this.#minSec || minSec > 86_400) return false;
    this.#minSec = minSec;
    return true;
  }

  #fail(outcome: InviteOutcome): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#dropEarly(undefined);
    this.#options.handler.onFailure(this, outcome);
  }

  #dropEarly(winner: Session | undefined): void {
    for (const session of this.#sessions.values()) if (session !== winner && session.phase === 'early') session.drop();
  }
}
