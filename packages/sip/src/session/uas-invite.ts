import { dialogAsServer } from '../dialog/dialog.ts';
import { makeResponse } from '../message/build.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { ServerTransaction, ServerTransactionUser } from '../transaction/server-transaction.ts';
import type { Flow } from '../transport/transport.ts';
import { isBehindNat } from '../ua/next-hop.ts';
import type { UserAgent } from '../ua/user-agent.ts';
import { appendHeaders, attachPayload, type ExtraHeaders, type Payload, payloadOf } from './payload.ts';
import { ReliableResponses } from './reliable-responses.ts';
import { Session, type SessionHandler } from './session.ts';
import { negotiateAsServer } from './session-timer.ts';

export interface UasInviteHandler extends SessionHandler {
  /** The caller gave up before an answer; the INVITE has been answered 487. `reason` is its Reason header. */
  onCancel(invite: UasInvite, reason: string | undefined): void;
  /** The 2xx is acknowledged; `payload` is the answer when our 2xx carried the offer. */
  onAck(session: Session, payload: Payload | undefined): void;
}

export interface ProgressOptions {
  readonly payload?: Payload | undefined;
  readonly headers?: ExtraHeaders | undefined;
  /** Send it reliably when the caller can (RFC 3262). */
  readonly reliably?: boolean | undefined;
}

export interface AnswerOptions {
  readonly payload?: Payload | undefined;
  readonly headers?: ExtraHeaders | undefined;
}

/** An INVITE that came in and waits for an answer. */
export class UasInvite implements ServerTransactionUser {
  readonly #ua: UserAgent;
  readonly #transaction: ServerTransaction;
  readonly #contactUser: string;
  handler: UasInviteHandler | undefined;
  #localTag: string;
  #session: Session | undefined;
  /** Early dialogs that were left for another one. */
  readonly #leftDialogs: Session[] = [];
  #isOver = false;
  /** True while an answer waits for PRACK: the caller may still give up. */
  #isHeldBack = false;

  constructor(ua: UserAgent, transaction: ServerTransaction, contactUser: string) {
    this.#ua = ua;
    this.#transaction = transaction;
    this.#contactUser = contactUser;
    this.#localTag = ua.layer.random.hex(8);
    transaction.user = this;
  }

  get request(): SipRequest {
    return this.#transaction.request;
  }

  get flow(): Flow {
    return this.#transaction.flow;
  }

  /** What the caller offers; undefined when it wants our offer. */
  get offer(): Payload | undefined {
    return payloadOf(this.request);
  }

  /** True when a final response was sent or the caller gave up. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Session-Expires too small to accept: answers 422 and returns true (RFC 4028 §8.1). */
  refusesTimer(): boolean {
    const timer = negotiateAsServer(this.request, this.#ua.sessionTimer);
    if (timer.kind !== 'too-small') return false;
    this.#reject(422, { headers: [['Min-SE', String(timer.minSec)]] });
    return true;
  }

  trying(): void {
    this.#transaction.respond(makeResponse(this.request, 100));
  }

  /** Sends a provisional response of 101–199. */
  progress(status: number, options: ProgressOptions = {}): void {
    if (this.#isOver) return;
    const session = this.#sessionOf();
    const response = this.#response(status, options);
    const { headers } = this.request;
    const mustBeReliable = headers.hasToken('Require', '100rel');
    const mayBeReliable = mustBeReliable || headers.hasToken('Supported', '100rel');
    if (options.payload) this.#noteSent(session, options.payload);
    if (mustBeReliable || (options.reliably && mayBeReliable)) {
      session.reliable ??= new ReliableResponses(this.#ua.layer, this.#transaction, {
        onPrackMissing: () => this.#onPrackMissing(),
      });
      session.reliable.send(response);
    } else this.#transaction.respond(response);
  }

  /**
   * From now on responses are of another dialog, as if the INVITE had been forked on the way: a caller takes only one
   * description per dialog as the answer to its offer, early ones included (RFC 3261 §13.2.1), and somebody else will
   * answer than has been heard.
   */
  anotherDialog(): void {
    if (this.#isOver || !this.#session) return;
    this.#leftDialogs.push(this.#session);
    this.#session = undefined;
    this.#localTag = this.#ua.layer.random.hex(8);
  }

  /** Answers 200; the session is confirmed. Waits for the PRACK of a description sent reliably. */
  accept(options: AnswerOptions = {}): Session {
    const session = this.#sessionOf();
    if (this.#isOver) return session;
    this.#isOver = true;
    this.#dropLeftDialogs();
    session.onFirstAck((payload) => this.handler?.onAck(session, payload));
    const send = () => {
      this.#isHeldBack = false;
      const response = this.#response(200, options);
      if (options.payload) this.#noteSent(session, options.payload);
      session.sendSuccess(this.#transaction, response);
    };
    if (!session.reliable) {
      send();
      return session;
    }
    this.#isHeldBack = true;
    session.reliable.whenIdle(send, () => this.#takeBack(480));
    return session;
  }

  /** Refuses the call with 300–699. */
  reject(
    status: number,
    options: { readonly reason?: string | undefined; readonly headers?: ExtraHeaders } = {},
  ): void {
    if (!this.#isOver) this.#reject(status, options);
  }

  /** Refuses the call with a response made elsewhere: a challenge. */
  refuse(response: SipResponse): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#ua.fillFinal(response);
    this.#transaction.respond(response);
  }

  onCancel(cancel: SipRequest): void {
    if (this.#isOver && !this.#isHeldBack) return;
    this.#reject(487, {});
    this.handler?.onCancel(this, cancel.headers.get('Reason'));
  }

  #onPrackMissing(): void {
    if (this.#isOver && !this.#isHeldBack) return;
    this.#reject(504, { reason: 'No PRACK Received' });
    this.handler?.onCancel(this, undefined);
  }

  /** The session ended while its answer was held back: the INVITE is answered all the same. */
  #takeBack(status: number): void {
    if (this.#isHeldBack) this.#reject(status, {});
  }

  #reject(status: number, options: { readonly reason?: string | undefined; readonly headers?: ExtraHeaders }): void {
    this.#isOver = true;
    this.#isHeldBack = false;
    const response = makeResponse(this.request, status, { reason: options.reason, toTag: this.#localTag });
    this.#ua.fillFinal(response);
    appendHeaders(response.headers, options.headers);
    this.#session?.drop();
    this.#dropLeftDialogs();
    this.#transaction.respond(response);
  }

  #dropLeftDialogs(): void {
    for (const session of this.#leftDialogs.splice(0)) session.drop();
  }

  #response(status: number, options: ProgressOptions): SipResponse {
    const session = this.#sessionOf();
    const response = makeResponse(this.request, status, { toTag: this.#localTag });
    response.headers.copy('Record-Route', this.request.headers);
    session.fillResponse(response);
    appendHeaders(response.headers, options.headers);
    attachPayload(response, options.payload);
    return response;
  }

  /** The first description we send is the answer to the caller's offer, or our offer. */
  #noteSent(session: Session, payload: Payload): void {
    session.exchange(session.offerAnswer === 'offer-received' ? 'sendAnswer' : 'sendOffer');
    session.localPayload = payload;
  }

  #sessionOf(): Session {
    this.#session ??= this.#makeSession();
    return this.#session;
  }

  #makeSession(): Session {
    const { request, flow } = this;
    const session = new Session({
      ua: this.#ua,
      dialog: dialogAsServer(request, this.#localTag),
      hop: flow,
      hopIsOnlyWay: request.headers.has('Record-Route') ? false : isBehindNat(request, flow),
      contact: this.#ua.contactFor(flow, this.#contactUser),
      handler: this.#sessionHandler(),
    });
    session.learn(request);
    if (this.offer) {
      session.exchange('receiveOffer');
      session.remotePayload = this.offer;
    }
    return session;
  }

  /** Passes on to the handler; a BYE before the answer ends the INVITE as a CANCEL would (RFC 3261 §15.1.2). */
  #sessionHandler(): SessionHandler {
    return {
      onReinvite: (session, exchange) => this.handler?.onReinvite(session, exchange),
      onUpdate: (session, update) => this.handler?.onUpdate(session, update),
      onRequest: (session, request) => this.handler?.onRequest(session, request),
      onEnded: (session, end) => this.handler?.onEnded(session, end),
      onBye: (session, bye) => {
        if (this.#isOver) return this.handler?.onBye(session, bye);
        this.#reject(487, {});
        this.handler?.onCancel(this, bye.headers.get('Reason'));
      },
    };
  }
}
