import { acceptSequence, type Dialog, dialogRequest, keyOfDialog, nextHopOf, refreshTarget } from '../dialog/dialog.ts';
import type { DigestClient } from '../digest/client.ts';
import { makeResponse } from '../message/build.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { Timer } from '../time/clock.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import type { Flow, Target } from '../transport/transport.ts';
import { ClientRequest, type ClientRequestUser, type RequestFailure } from '../ua/client-request.ts';
import { reuseFlow } from '../ua/next-hop.ts';
import type { UserAgent } from '../ua/user-agent.ts';
import { nextOfferAnswerState, type OfferAnswerEvent, type OfferAnswerState } from './offer-answer.ts';
import { appendHeaders, attachPayload, type ExtraHeaders, type Payload, payloadOf, samePayload } from './payload.ts';
import { ReferSubscription } from './refer-subscription.ts';
import { ReinviteExchange } from './reinvite-exchange.ts';
import type { ReliableResponses } from './reliable-responses.ts';
import {
  expireAfterMs,
  negotiateAsClient,
  negotiateAsServer,
  refreshAfterMs,
  type SessionTimerAgreement,
} from './session-timer.ts';
import { SuccessRetransmission } from './success-retransmission.ts';

/** early: provisional responses only. confirmed: a 2xx was sent or received. terminated: over, for whatever reason. */
export type SessionPhase = 'early' | 'confirmed' | 'terminated';

/** Why a session ended without a BYE of the peer. */
export type SessionEnd = 'expired' | 'no-ack' | 'dialog-gone' | 'closed';

/** What a session tells its owner. */
export interface SessionHandler {
  /** A re-INVITE that changes something: answer it by the exchange. */
  onReinvite(session: Session, exchange: ReinviteExchange): void;
  /** An UPDATE with an offer (RFC 3311): answer it on the transaction with `session.answerUpdate`. */
  onUpdate(session: Session, update: ServerTransaction): void;
  /** Any other request in the dialog (INFO, REFER, NOTIFY, MESSAGE …): answer it. */
  onRequest(session: Session, request: ServerTransaction): void;
  /** The peer hung up; the BYE has been answered. */
  onBye(session: Session, bye: SipRequest): void;
  /** The session ended on this side; a BYE was sent where one was due. */
  onEnded(session: Session, end: SessionEnd): void;
}

export interface SessionOptions {
  readonly ua: UserAgent;
  readonly dialog: Dialog;
  /** Where the dialog was set up from or to. */
  readonly hop: Flow | Target;
  /** True when the peer is reached by that flow alone. */
  readonly hopIsOnlyWay: boolean;
  /** Our Contact in this dialog, with brackets. */
  readonly contact: string;
  readonly handler: SessionHandler;
  readonly authenticator?: DigestClient | undefined;
}

export interface RequestOptions {
  readonly payload?: Payload | undefined;
  readonly headers?: ExtraHeaders | undefined;
}

/** ACKs kept for 2xx that come again; more re-INVITEs than this within 64×T1 are not expected. */
const REMEMBERED_ACKS = 4;

export type ResponseCallback = (outcome: SipResponse | RequestFailure) => void;

/** An INVITE session: one dialog with its offer/answer state, timers and requests both ways. */
export class Session {
  readonly dialog: Dialog;
  handler: SessionHandler;
  phase: SessionPhase = 'early';
  offerAnswer: OfferAnswerState = 'idle';
  /** What we last sent as offer or answer. */
  localPayload: Payload | undefined;
  /** What the peer last sent as offer or answer. */
  remotePayload: Payload | undefined;
  /** True when we made the Call-ID: who did waits longer after a 491 (RFC 3261 §14.1). */
  readonly ownsCallId: boolean;
  /** Set while provisional responses are sent reliably. */
  reliable: ReliableResponses | undefined;
  readonly #ua: UserAgent;
  readonly #options: SessionOptions;
  #hop: Flow | Target;
  #peerAllowsUpdate = false;
  #timer: Timer | undefined;
  #timerSec = 0;
  #success: SuccessRetransmission | undefined;
  #exchange: ReinviteExchange | undefined;
  #ownInvite: ClientRequest | undefined;
  /** ACKs sent, by the number of their INVITE: a 2xx may come again after a later one was acknowledged. */
  readonly #acks = new Map<number, Buffer>();
  /** A 2xx of an INVITE of ours that has not been acknowledged. */
  #unacknowledged: SipResponse | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#ua = options.ua;
    this.dialog = options.dialog;
    this.ownsCallId = options.dialog.localSequence > 0;
    this.handler = options.handler;
    this.#hop = options.hop;
    this.#ua.addSession(this);
  }

  get key(): string {
    return keyOfDialog(this.dialog);
  }

  get contact(): string {
    return this.#options.contact;
  }

  get isTerminated(): boolean {
    return this.phase === 'terminated';
  }

  /** True when the peer named UPDATE in Allow. */
  get allowsUpdate(): boolean {
    return this.#peerAllowsUpdate;
  }

  /** True when no exchange of either side is open, so that a re-INVITE or UPDATE of ours would be sent. */
  get canOffer(): boolean {
    const isIdle = this.offerAnswer === 'stable' || this.offerAnswer === 'idle';
    return isIdle && !this.#ownInvite && !this.#exchange && !this.isTerminated;
  }

  /** Adds to a response what every response of this side carries. */
  fillResponse(response: SipResponse): void {
    this.#ua.fillResponse(response, this.contact);
  }

  /** Moves the offer/answer state; false when the event is not allowed now. */
  exchange(event: OfferAnswerEvent): boolean {
    const next = nextOfferAnswerState(this.offerAnswer, event);
    if (next === undefined) return false;
    this.offerAnswer = next;
    return true;
  }

  /** Notes what the peer can do and where it wants requests; from every request or response with a Contact. */
  learn(message: SipRequest | SipResponse): void {
    refreshTarget(this.dialog, message.contact);
    if (message.headers.has('Allow')) this.#peerAllowsUpdate = message.headers.hasToken('Allow', 'update');
  }

  // ---- requests of the peer ----

  /** Takes a request that belongs to this dialog. */
  receive(transaction: ServerTransaction): void {
    const { request } = transaction;
    if (acceptSequence(this.dialog, request.cseq.sequence) === 'out-of-order') {
      return transaction.reply(500, { reason: 'CSeq Out Of Order' });
    }
    if (this.isTerminated && request.method !== 'BYE') return transaction.reply(481);
    switch (request.method) {
      case 'INVITE':
        return this.#receiveInvite(transaction);
      case 'UPDATE':
        return this.#receiveUpdate(transaction);
      case 'PRACK':
        return transaction.reply(this.reliable?.receivePrack(request) ? 200 : 481);
      case 'BYE':
        transaction.reply(200);
        if (!this.isTerminated) this.#receiveBye(request);
        return;
      default:
        this.handler.onRequest(this, transaction);
    }
  }

  /** Takes an ACK of a 2xx; gives its payload to whoever waits for an answer. */
  receiveAck(ack: SipRequest): void {
    if (this.#success?.sequence === ack.cseq.sequence) {
      this.#success.stop();
      this.#success = undefined;
    }
    const payload = payloadOf(ack);
    if (payload && this.offerAnswer === 'offer-sent') {
      this.exchange('receiveAnswer');
      this.remotePayload = payload;
    }
    const exchange = this.#exchange;
    if (exchange && exchange.sequence === ack.cseq.sequence) {
      this.#exchange = undefined;
      exchange.acknowledged(payload);
    } else this.#onFirstAck?.(payload);
  }

  #onFirstAck: ((payload: Payload | undefined) => void) | undefined;

  /** Called once the 2xx of the first INVITE is acknowledged. */
  onFirstAck(callback: (payload: Payload | undefined) => void): void {
    this.#onFirstAck = (payload) => {
      this.#onFirstAck = undefined;
      callback(payload);
    };
  }

  #receiveInvite(transaction: ServerTransaction): void {
    if (this.#ownInvite) return transaction.reply(491);
    if (this.#exchange || this.phase === 'early') {
      const busy = makeResponse(transaction.request, 500, { reason: 'Another INVITE Is Pending' });
      busy.headers.append('Retry-After', String(1 + this.#ua.layer.random.int(10)));
      return transaction.respond(busy);
    }
    const timer = negotiateAsServer(transaction.request, this.#ua.sessionTimer);
    if (timer.kind === 'too-small') return this.#tooSmall(transaction, timer.minSec);
    const payload = payloadOf(transaction.request);
    this.learn(transaction.request);
    this.#exchange = new ReinviteExchange(this, transaction);
    if (payload) this.exchange('receiveOffer');
    if (payload && samePayload(payload, this.remotePayload) && this.localPayload) {
      // Nothing changes: a refresh of the session (RFC 4028 §7.4), answered as before.
      return this.#exchange.accept(this.localPayload);
    }
    this.handler.onReinvite(this, this.#exchange);
  }

  #receiveUpdate(transaction: ServerTransaction): void {
    const timer = negotiateAsServer(transaction.request, this.#ua.sessionTimer);
    if (timer.kind === 'too-small') return this.#tooSmall(transaction, timer.minSec);
    const payload = payloadOf(transaction.request);
    if (payload && !this.exchange('receiveOffer')) {
      // RFC 3311 §5.2: an offer of ours is open → 491; one of theirs is open → 500.
      return transaction.reply(this.offerAnswer === 'offer-sent' ? 491 : 500);
    }
    this.learn(transaction.request);
    if (!payload) return this.answerUpdate(transaction, undefined);
    this.handler.onUpdate(this, transaction);
  }

  /** Answers an UPDATE with 200 and the session timer agreed on. */
  answerUpdate(update: ServerTransaction, answer: Payload | undefined): void {
    const response = makeResponse(update.request, 200, {});
    this.fillResponse(response);
    attachPayload(response, answer);
    if (answer) {
      this.exchange('sendAnswer');
      this.localPayload = answer;
      this.remotePayload = payloadOf(update.request);
    }
    this.agreeTimer(update.request, response);
    update.respond(response);
  }

  /** Refuses an UPDATE that carried an offer. */
  rejectUpdate(update: ServerTransaction, status: number): void {
    this.exchange('rejected');
    update.reply(status);
  }

  #receiveBye(bye: SipRequest): void {
    if (this.#unacknowledged) this.ack(this.#unacknowledged);
    this.#terminate();
    this.handler.onBye(this, bye);
  }

  #tooSmall(transaction: ServerTransaction, minSec: number): void {
    const response = makeResponse(transaction.request, 422, {});
    response.headers.append('Min-SE', String(minSec));
    transaction.respond(response);
  }

  // ---- our responses to INVITE ----

  /** Sends the 2xx of an INVITE (first or re-INVITE) and repeats it until the ACK. */
  sendSuccess(transaction: ServerTransaction, response: SipResponse): void {
    if (this.isTerminated) return;
    this.phase = 'confirmed';
    this.agreeTimer(transaction.request, response);
    this.#success?.stop();
    this.#success = new SuccessRetransmission(this.#ua.layer, transaction, response, () => this.#onNoAck());
    this.#success.start();
  }

  /** The re-INVITE is over without a 2xx. */
  closeExchange(exchange: ReinviteExchange): void {
    if (this.#exchange === exchange) this.#exchange = undefined;
    if (this.offerAnswer !== 'stable') this.exchange('rejected');
  }

  #onNoAck(): void {
    if (this.isTerminated) return;
    this.bye([['Reason', 'SIP;cause=408;text="No ACK"']]);
    this.handler.onEnded(this, 'no-ack');
  }

  // ---- our requests ----

  /** Sends a request in the dialog; calls back once, with the final response or why there is none. */
  request(method: string, options: RequestOptions, done: ResponseCallback): ClientRequest | undefined {
    return this.#send(method, options, {
      onResponse: (response) => {
        if (response.status < 200) return;
        this.#checkGone(response.status);
        done(response);
      },
      onFailure: (failure) => {
        this.#checkGone(408);
        done(failure);
      },
    });
  }

  /** Accepts a REFER (202); the subscription tells the peer how it goes. */
  acceptRefer(refer: ServerTransaction): ReferSubscription {
    return new ReferSubscription(this, refer);
  }

  /** Sends an UPDATE, with an offer or as a refresh. */
  update(payload: Payload | undefined, done: ResponseCallback): void {
    if (payload && !this.exchange('sendOffer')) return done('closed');
    this.request('UPDATE', { payload, headers: this.#timerHeaders() }, (outcome) => {
      if (typeof outcome === 'object' && outcome.status < 300) this.#onRefreshed(outcome, payload);
      else if (payload) this.exchange('rejected');
      done(outcome);
    });
  }

  /**
   * Sends a re-INVITE; without a payload the peer makes the offer. The caller must `ack` a 2xx, with the answer if the
   * peer made the offer.
   */
  reinvite(payload: Payload | undefined, done: ResponseCallback, headers: ExtraHeaders = []): boolean {
    if (this.#ownInvite || this.#exchange || this.isTerminated) return false;
    if (payload && !this.exchange('sendOffer')) return false;
    this.#ownInvite = this.#send(
      'INVITE',
      { payload, headers: [...this.#timerHeaders(), ...headers] },
      {
        onResponse: (response, request) => this.#onReinviteResponse(response, request, payload, done),
        onFailure: (failure) => {
          this.#ownInvite = undefined;
          if (payload) this.exchange('rejected');
          this.#checkGone(408);
          done(failure);
        },
      },
    );
    return true;
  }

  #onReinviteResponse(
    response: SipResponse,
    request: ClientRequest,
    payload: Payload | undefined,
    done: ResponseCallback,
  ): void {
    if (response.status < 200) return;
    if (request !== this.#ownInvite) return this.repeatAck(response);
    this.#ownInvite = undefined;
    if (response.status >= 300) {
      if (payload) this.exchange('rejected');
      this.#checkGone(response.status);
      return done(response);
    }
    this.oweAck(response);
    this.#onRefreshed(response, payload);
    if (!payload && response.body.length > 0) this.exchange('receiveOffer');
    done(response);
  }

  /** A 2xx to a refresh or change of ours. */
  #onRefreshed(response: SipResponse, offer: Payload | undefined): void {
    this.learn(response);
    if (offer) {
      this.exchange('receiveAnswer');
      this.localPayload = offer;
    }
    if (response.body.length > 0) this.remotePayload = payloadOf(response);
    this.startTimer(negotiateAsClient(response, this.#ua.sessionTimer));
  }

  /** Notes that the 2xx waits for `ack`; should the session be hung up before, it is acknowledged then (RFC 3261 §13.2.2.4). */
  oweAck(response: SipResponse): void {
    this.#unacknowledged = response;
  }

  /** Acknowledges the 2xx `response` of an INVITE; `answer` when the 2xx carried the offer. */
  ack(response: SipResponse, answer?: Payload): void {
    this.#unacknowledged = undefined;
    const ack = dialogRequest(this.dialog, 'ACK', response.cseq.sequence);
    attachPayload(ack, answer);
    if (answer) {
      this.exchange('sendAnswer');
      this.localPayload = answer;
    }
    const { sequence } = response.cseq;
    this.#withHop((hop) => {
      this.#acks.set(sequence, this.#ua.layer.sendAck(ack, hop));
      const oldest = this.#acks.keys().next().value;
      if (this.#acks.size > REMEMBERED_ACKS && oldest !== undefined) this.#acks.delete(oldest);
    });
  }

  /** Sends the ACK again for a 2xx that came again. */
  repeatAck(response: SipResponse): void {
    const ack = this.#acks.get(response.cseq.sequence);
    if (ack) this.#ua.layer.transport.send(ack, this.#hop, () => {});
  }

  /** Hangs up; the session is over at once, whatever comes back. Before the 2xx was sent there is nothing to hang up (§15). */
  bye(headers?: ExtraHeaders): void {
    if (this.isTerminated) return;
    if (this.phase === 'early') return this.#terminate();
    if (this.#unacknowledged) this.ack(this.#unacknowledged);
    this.#terminate();
    this.#send('BYE', { headers }, { onResponse() {}, onFailure() {} });
  }

  /** Ends the session without a message: the dialog never was, or is gone. */
  drop(): void {
    if (!this.isTerminated) this.#terminate();
  }

  #send(method: string, options: RequestOptions, user: ClientRequestUser): ClientRequest {
    const build = () => {
      const request = dialogRequest(this.dialog, method);
      this.#ua.fillRequest(request, this.contact);
      appendHeaders(request.headers, options.headers);
      attachPayload(request, options.payload);
      return request;
    };
    const request = new ClientRequest({
      layer: this.#ua.layer,
      build,
      authenticator: this.#options.authenticator,
      user,
    });
    this.#withHop((hop) => request.start([hop]));
    return request;
  }

  /** The flow of the dialog while it leads to the next hop; else the next hop is located anew. */
  #withHop(use: (hop: Flow | Target) => void): void {
    const uriText = nextHopOf(this.dialog);
    const reused = reuseFlow(uriText, this.#hop, this.#options.hopIsOnlyWay);
    if (reused) return use(reused);
    this.#ua.locate(uriText, (hop) => {
      // A name that leads nowhere: the way it came is the best there is.
      this.#hop = hop ?? this.#hop;
      use(this.#hop);
    });
  }

  // ---- session timer (RFC 4028) ----

  /** Negotiates as the answering side and writes the outcome into the 2xx. */
  agreeTimer(request: SipRequest, response: SipResponse): void {
    const timer = negotiateAsServer(request, this.#ua.sessionTimer);
    if (timer.kind !== 'agreed') return;
    response.headers.append('Session-Expires', timer.header);
    if (timer.requireTimer) response.headers.append('Require', 'timer');
    this.startTimer(timer.agreement);
  }

  startTimer(agreement: SessionTimerAgreement): void {
    // An answer to a refresh may come after the end.
    if (this.isTerminated) return;
    this.#timer?.cancel();
    this.#timerSec = agreement.expiresSec;
    const delayMs = agreement.isRefresher ? refreshAfterMs(agreement.expiresSec) : expireAfterMs(agreement.expiresSec);
    this.#timer = this.#ua.layer.clock.startTimer(delayMs, this, agreement.isRefresher ? 'refresh' : 'expire');
  }

  onTimer(tag: 'refresh' | 'expire' | 'deadline'): void {
    if (this.phase !== 'confirmed') return;
    if (tag === 'refresh') this.#refresh();
    else this.#expire();
  }

  #refresh(): void {
    // Until a 2xx comes, the session runs towards its end.
    const leftMs = Math.max(1_000, expireAfterMs(this.#timerSec) - refreshAfterMs(this.#timerSec));
    this.#timer = this.#ua.layer.clock.startTimer(leftMs, this, 'deadline');
    if (this.#peerAllowsUpdate) return this.update(undefined, () => {});
    this.reinvite(this.localPayload, (outcome) => {
      if (typeof outcome === 'object' && outcome.status < 300) this.ack(outcome);
    });
  }

  #expire(): void {
    this.bye([['Reason', 'SIP;cause=408;text="Session Timer Expired"']]);
    this.handler.onEnded(this, 'expired');
  }

  #timerHeaders(): ExtraHeaders {
    const { expiresSec, minSec } = this.#ua.sessionTimer;
    return [
      ['Session-Expires', `${this.#timerSec || expiresSec}`],
      ['Min-SE', String(minSec)],
    ];
  }

  // ---- the end ----

  /** RFC 5057: 481 and 408 to a request end the dialog. */
  #checkGone(status: number): void {
    if ((status !== 481 && status !== 408) || this.isTerminated || this.phase === 'early') return;
    this.bye();
    this.handler.onEnded(this, 'dialog-gone');
  }

  #terminate(): void {
    this.phase = 'terminated';
    this.#timer?.cancel();
    this.#success?.stop();
    this.reliable?.close();
    this.#exchange?.abort();
    this.#exchange = undefined;
    this.#ua.removeSession(this);
  }
}
