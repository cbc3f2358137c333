import { calledUser, openAsServer } from '../dialog/open-dialog.ts';
import { appendHeaders, attachPayload, type ExtraHeaders, type Payload, payloadOf } from '../dialog/payload.ts';
import { makeResponse } from '../message/build.ts';
import { expiresSec } from '../message/header/expires.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { Timer } from '../time/clock.ts';
import type { ServerTransaction, ServerTransactionUser } from '../transaction/server-transaction.ts';
import type { Flow } from '../transport/transport.ts';
import type { UserAgentCore } from '../ua/core.ts';
import { ReliableResponses } from './reliable-responses.ts';
import { Session } from './session.ts';
import type { EarlyOwner, SessionHandler } from './session-handler.ts';
import { negotiateAsServer } from './session-timer.ts';

export interface UasInviteHandler extends SessionHandler {
  /**
   * The caller gave up before our 2xx went out; the INVITE has been refused and its sessions are over. `reason` is its
   * Reason header.
   */
  onCancel(invite: UasInvite, reason: string | undefined): void;
  /** The 2xx is acknowledged; `payload` is the answer when our 2xx carried the offer. */
  onAck(session: Session, payload: Payload | undefined): void;
}

export interface ProgressOptions {
  readonly payload?: Payload | undefined;
  readonly headers?: ExtraHeaders | undefined;
  /** Send it reliably when the caller can (RFC 3262); always done when the caller requires it. */
  readonly reliably?: boolean | undefined;
}

export interface AnswerOptions {
  readonly payload?: Payload | undefined;
  readonly headers?: ExtraHeaders | undefined;
}

export interface RejectOptions {
  readonly reason?: string | undefined;
  readonly headers?: ExtraHeaders | undefined;
}

/** pending: may be answered. answering: accepted, the 2xx waits for a PRACK. over: a final response was sent. */
type State = 'pending' | 'answering' | 'over';

/** How often a provisional response is repeated, so that no proxy gives up (RFC 3261 §13.3.1.1). */
export const REMINDER_MS = 60_000;

/**
 * An INVITE that came in and waits for an answer. Toward the caller it may have several early dialogs, as if a proxy had
 * forked it: a description that differs from the one shown before opens a new one (RFC 3261 §13.2.2.4, RFC 6337 §3.1).
 */
export class UasInvite implements ServerTransactionUser, EarlyOwner {
  readonly #core: UserAgentCore;
  readonly #transaction: ServerTransaction;
  #handler: UasInviteHandler | undefined;
  /** The early dialogs, the current one last. */
  readonly #sessions: Session[] = [];
  #state: State = 'pending';
  #isLeaving = false;
  #contact: { readonly user: string; readonly parameters: string } | undefined;
  #reminder: Timer | undefined;
  #expiry: Timer | undefined;
  /** The last provisional response: its octets, or when it was reliable its status. */
  #last: Buffer | number = 0;

  constructor(core: UserAgentCore, transaction: ServerTransaction) {
    this.#core = core;
    this.#transaction = transaction;
    transaction.user = this;
  }

  get handler(): UasInviteHandler | undefined {
    return this.#handler;
  }

  set handler(handler: UasInviteHandler) {
    this.#handler = handler;
    for (const session of this.#sessions) session.handler = handler;
    // Somebody means to answer: the time runs whether or not anything is said meanwhile (RFC 3261 §13.3.1).
    if (this.#state === 'pending') this.#watchExpiry();
  }

  /** Tag of the first early dialog. */
  get localTag(): string {
    return this.#transaction.localTag;
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

  /** True when it was accepted or refused, or the caller gave up. */
  get isOver(): boolean {
    return this.#state !== 'pending';
  }

  /** Calls itself otherwise than it was called in every dialog it makes from now on, with header parameters: a focus (RFC 4579). */
  contactAs(user: string, parameters: string): void {
    this.#contact = { user, parameters };
  }

  /** Session-Expires too small to accept: answers 422 and returns true (RFC 4028 §8.1). */
  refusesTimer(): boolean {
    const timer = negotiateAsServer(this.request, this.#core.sessionTimer);
    if (timer.kind !== 'too-small') return false;
    this.reject(422, { headers: [['Min-SE', String(timer.minSec)]] });
    return true;
  }

  /** Sends 100: somebody is being looked for. */
  trying(): void {
    if (this.#state !== 'pending') return;
    this.#transaction.respond(makeResponse(this.request, 100));
    this.#watchExpiry();
  }

  /** Sends a provisional response of 101–199. */
  progress(status: number, options: ProgressOptions = {}): void {
    if (this.#state !== 'pending') return;
    const session = this.#sessionFor(options.payload);
    const isReliable = this.#requires('100rel') || (options.reliably === true && this.#supports('100rel'));
    if (isReliable) this.#sendReliably(session, status, options);
    else this.#sendUnreliably(session, status, options);
    this.#startReminder();
    this.#watchExpiry();
  }

  /**
   * The next response is of another dialog, as if the INVITE had been forked on the way: whoever answers from now on is
   * not who sent what the caller has heard so far, and may have described itself otherwise (RFC 3261 §13.2.1).
   */
  anotherDialog(): void {
    this.#isLeaving = this.#sessions.length > 0;
  }

  /**
   * Answers 200; the session is confirmed. A description that was sent reliably must have its PRACK first: the session is
   * early until then.
   */
  accept(options: AnswerOptions = {}): Session {
    if (this.#state !== 'pending') return this.#sessions.at(-1) ?? this.#deadSession();
    const session = this.#sessionFor(options.payload);
    this.#state = 'answering';
    this.#stopTimers();
    const { reliable } = session.peer;
    if (reliable) reliable.settle(() => this.#sendAnswer(session, options));
    else this.#sendAnswer(session, options);
    return session;
  }

  /** Refuses the call with 300–699. */
  reject(status: number, options: RejectOptions = {}): void {
    if (this.#state === 'pending') this.#refuse(status, options);
  }

  /** Refuses the call with a response made elsewhere: a challenge. */
  refuse(response: SipResponse): void {
    if (this.#state !== 'pending') return;
    this.#close();
    this.#core.fillFinal(response);
    this.#transaction.respond(response);
  }

  // ---- from below ----

  onCancel(cancel: SipRequest): void {
    this.#giveUp(487, cancel.headers.get('Reason'));
  }

  onTimer(tag: 'reminder' | 'expiry'): void {
    if (this.#state !== 'pending' || !this.#transaction.isPending) return;
    if (tag === 'expiry') this.#giveUp(487, 'SIP;cause=487;text="Invitation Expired"');
    else this.#remind();
  }

  #remind(): void {
    if (typeof this.#last === 'number') return this.progress(this.#last);
    this.#transaction.repeat(this.#last);
    this.#startReminder();
  }

  #startReminder(): void {
    this.#reminder?.cancel();
    this.#reminder = this.#core.layer.clock.startTimer(REMINDER_MS, this, 'reminder');
  }

  #onPrackMissing(session: Session): void {
    // A dialog that was left for another: only the one that counts must be answered.
    if (session === this.#sessions.at(-1)) this.#giveUp(504, 'SIP;cause=504;text="No PRACK Received"');
  }

  onEarlyBye(session: Session, bye: SipRequest): void {
    if (session === this.#sessions.at(-1)) this.#giveUp(487, bye.headers.get('Reason'));
  }

  onEarlyHangUp(_session: Session, headers: ExtraHeaders | undefined): void {
    if (this.#state !== 'over') this.#refuse(480, { headers });
  }

  /** Ends it without its owner having asked for that: also when it was accepted, as long as no 2xx went out. */
  #giveUp(status: number, reason: string | undefined): void {
    if (this.#state === 'over') return;
    this.#refuse(status, {});
    this.#handler?.onCancel(this, reason);
  }

  /** An INVITE with Expires is not answered too late (RFC 3261 §13.3.1). */
  #watchExpiry(): void {
    const limitSec = expiresSec(this.request.headers);
    if (limitSec === undefined || this.#expiry) return;
    this.#expiry = this.#core.layer.clock.startTimer(limitSec * 1_000, this, 'expiry');
  }

  // ---- responses ----

  /** It may show the answer ahead of time, but never make an offer (RFC 3261 §13.2.1). */
  #sendUnreliably(session: Session, status: number, options: ProgressOptions): void {
    const payload = this.offer && options.payload;
    if (payload) session.descriptions.preview(payload);
    this.#last = this.#transaction.transmit(this.#response(session, status, { ...options, payload })) ?? 0;
  }

  /** RFC 3262 §5: the first reliable response to an INVITE without offer must make it; until we have one none is sent. */
  #sendReliably(session: Session, status: number, options: ProgressOptions): void {
    const { peer, descriptions } = session;
    peer.reliable ??= new ReliableResponses(this.#core.layer, this.#transaction, {
      onPrackMissing: () => this.#onPrackMissing(session),
    });
    if (!options.payload && descriptions.state === 'idle' && peer.reliable.isUnused) return;
    const isNew = options.payload !== undefined && descriptions.state !== 'stable';
    if (options.payload && isNew) peer.describe(options.payload);
    peer.reliable.send(this.#response(session, status, isNew ? options : { ...options, payload: undefined }));
    this.#last = status;
  }

  #sendAnswer(session: Session, { payload, headers }: AnswerOptions): void {
    this.#state = 'over';
    const { descriptions } = session;
    // What was agreed by a reliable response is not said again (RFC 3261 §13.2.1); what was only shown must be.
    const isAgreed = descriptions.state === 'stable' || descriptions.state === 'offer-sent';
    const described = isAgreed ? undefined : (payload ?? descriptions.local);
    const response = this.#response(session, 200, { payload: described, headers });
    if (described) session.peer.describe(described);
    for (const other of this.#sessions) if (other !== session) other.drop();
    session.peer.deliver(this.#transaction, response, (answer) => this.#handler?.onAck(session, answer));
  }

  #refuse(status: number, options: RejectOptions): void {
    const toTag = this.#sessions.at(-1)?.dialog.localTag ?? this.localTag;
    const response = makeResponse(this.request, status, { reason: options.reason, toTag });
    this.#core.fillFinal(response);
    appendHeaders(response.headers, options.headers);
    this.#close();
    this.#transaction.respond(response);
  }

  #close(): void {
    this.#state = 'over';
    this.#stopTimers();
    for (const session of this.#sessions) session.drop();
  }

  #stopTimers(): void {
    this.#reminder?.cancel();
    this.#expiry?.cancel();
  }

  #response(session: Session, status: number, options: ProgressOptions): SipResponse {
    const response = makeResponse(this.request, status, { toTag: session.dialog.localTag });
    response.headers.copy('Record-Route', this.request.headers);
    session.fillResponse(response);
    appendHeaders(response.headers, options.headers);
    attachPayload(response, options.payload);
    return response;
  }

  // ---- early dialogs ----

  /** The current early dialog, or a new one when what it has described is another's description. */
  #sessionFor(payload: Payload | undefined): Session {
    const current = this.#sessions.at(-1);
    if (!current) return this.#openSession(this.localTag);
    const { descriptions } = current;
    const isOther = payload !== undefined && descriptions.local !== undefined && !descriptions.isLocal(payload);
    if (!isOther && !this.#isLeaving) return current;
    this.#isLeaving = false;
    this.#announceEnd(current);
    return this.#openSession(this.#core.layer.random.hex(8));
  }

  /** RFC 6228: a caller that understands 199 learns that nobody speaks in that dialog any more. */
  #announceEnd(session: Session): void {
    if (!this.#supports('199') || this.#requires('100rel') || this.#state !== 'pending') return;
    this.#transaction.respond(this.#response(session, 199, {}));
  }

  #deadSession(): Session {
    const session = this.#openSession(this.localTag);
    session.drop();
    return session;
  }

  #openSession(localTag: string): Session {
    const { request, flow, offer } = this;
    const core = this.#core;
    const { user = calledUser(request), parameters } = this.#contact ?? {};
    const live = openAsServer(core, request, flow, localTag, user, parameters);
    const session = new Session({ core, live, handler: this.#handler ?? NOBODY, early: this });
    live.join(session);
    session.learn(request);
    if (offer) session.descriptions.receiveOffer(offer);
    this.#sessions.push(session);
    return session;
  }

  #requires(extension: string): boolean {
    return this.request.headers.hasToken('Require', extension);
  }

  #supports(extension: string): boolean {
    return this.request.headers.hasToken('Supported', extension) || this.#requires(extension);
  }
}

/** Answers for an owner that has not set a handler yet. */
const NOBODY: SessionHandler = {
  onReinvite: (_session, exchange) => exchange.reject(491),
  onUpdate: (session, update) => session.rejectUpdate(update, 491),
  onRequest: (_session, request) => request.reply(481),
  onBye() {},
  onEnded() {},
};
