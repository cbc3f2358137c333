import { attachPayload, type Payload, payloadOf } from '../dialog/payload.ts';
import { makeResponse } from '../message/build.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import { AnswerDelivery } from './answer-delivery.ts';
import { type ReinvitedSession, ReinviteExchange } from './reinvite-exchange.ts';
import type { ReliableResponses } from './reliable-responses.ts';
import type { SessionParts } from './session-parts.ts';
import { negotiateAsServer } from './session-timer.ts';

/** The half of a session that answers: re-INVITE, UPDATE and PRACK of the peer, and the 2xx that wait for their ACK. */
export class PeerExchanges implements ReinvitedSession {
  /** Set while provisional responses of ours wait for PRACK. */
  reliable: ReliableResponses | undefined;
  readonly #parts: SessionParts;
  #delivery: AnswerDelivery | undefined;
  /** True when the 2xx under way made the offer: only then is its ACK about descriptions. */
  #hasDeliveredOffer = false;
  #exchange: ReinviteExchange | undefined;
  #update: ServerTransaction | undefined;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  get isTerminated(): boolean {
    return this.#parts.phase === 'terminated';
  }

  /** True while a re-INVITE waits for its answer. */
  get hasOpenInvite(): boolean {
    return this.#exchange?.isOpen === true;
  }

  /** True until the ACK of our first 2xx has come: no BYE may be sent before (RFC 3261 §15). */
  get awaitsFirstAck(): boolean {
    return this.#delivery?.isFirst === true;
  }

  // ---- INVITE ----

  receiveInvite(transaction: ServerTransaction): void {
    const { phase, hasOwnExchange, descriptions } = this.#parts;
    if (hasOwnExchange) return transaction.reply(491);
    if (phase === 'early' || this.hasOpenInvite) return this.#refuseForNow(transaction);
    if (!descriptions.isIdle) return this.#refuseOffer(transaction);
    if (this.#refusesInterval(transaction)) return;
    // Who sends this has our 2xx, wherever its ACK is (RFC 5407 §3.1.5).
    this.#endDelivery(undefined);
    this.#parts.learn(transaction.request);
    const exchange = new ReinviteExchange(this, transaction);
    this.#exchange = exchange;
    this.#answerInvite(exchange);
  }

  #answerInvite(exchange: ReinviteExchange): void {
    const { descriptions, handler, session } = this.#parts;
    const { offer } = exchange;
    const isUnchanged = offer !== undefined && descriptions.isRemote(offer);
    if (offer) descriptions.receiveOffer(offer);
    const { local } = descriptions;
    // Nothing changes: a refresh of the session (RFC 4028 §7.4), answered as before.
    if (isUnchanged && local) exchange.accept(local);
    else handler.onReinvite(session, exchange);
  }

  fillResponse(response: SipResponse): void {
    this.#parts.fillResponse(response);
  }

  /** Notes the description in a 2xx of ours: the answer to an open offer, or an offer of our own. */
  describe(payload: Payload): void {
    const { descriptions } = this.#parts;
    if (descriptions.state === 'offer-received') descriptions.sendAnswer(payload);
    else descriptions.sendOffer(payload);
  }

  onReinviteRefused(): void {
    this.#exchange = undefined;
    this.#parts.descriptions.reject();
  }

  // ---- 2xx and ACK ----

  deliver(
    invite: ServerTransaction,
    response: SipResponse,
    onAcknowledged: (payload: Payload | undefined) => void,
  ): void {
    const isFirst = this.#parts.phase === 'early';
    this.#hasDeliveredOffer = this.#parts.descriptions.state === 'offer-sent';
    this.#parts.onConfirmed();
    this.#agreeInterval(invite.request, response);
    const { layer } = this.#parts.core;
    const onNoAck = () => this.#onNoAck();
    this.#delivery = new AnswerDelivery({ layer, invite, response, isFirst, onAcknowledged, onNoAck });
    this.#delivery.start();
  }

  receiveAck(ack: SipRequest): void {
    if (this.#delivery?.sequence !== ack.cseq.sequence) return;
    const { descriptions } = this.#parts;
    const payload = payloadOf(ack);
    // Beside it an offer of ours may be open already.
    if (this.#hasDeliveredOffer) {
      if (payload) descriptions.receiveAnswer(payload);
      else descriptions.reject();
    }
    this.#endDelivery(payload);
  }

  #endDelivery(payload: Payload | undefined): void {
    const delivery = this.#delivery;
    if (!delivery) return;
    this.#delivery = this.#exchange = this.reliable = undefined;
    if (this.isTerminated) delivery.stop();
    else delivery.acknowledge(payload);
    this.#parts.onDelivered();
  }

  #onNoAck(): void {
    if (this.isTerminated) return this.#endDelivery(undefined);
    this.#delivery = undefined;
    this.#parts.onNoAck();
  }

  // ---- UPDATE and PRACK ----

  receiveUpdate(transaction: ServerTransaction): void {
    if (this.#update?.isPending) return this.#refuseForNow(transaction);
    if (this.#refusesInterval(transaction)) return;
    const offer = payloadOf(transaction.request);
    if (offer && !this.#takeOffer(offer)) return this.#refuseOffer(transaction);
    this.#parts.learn(transaction.request);
    if (offer) this.#askHandler(transaction);
    else this.answerUpdate(transaction, undefined);
  }

  /** RFC 3262 §5: a PRACK may carry the answer to our offer, or an offer of its own. */
  receivePrack(transaction: ServerTransaction): void {
    const { descriptions, handler, session } = this.#parts;
    const { reliable } = this;
    if (!reliable?.matches(transaction.request)) return transaction.reply(481);
    const payload = payloadOf(transaction.request);
    if (payload && descriptions.state === 'offer-sent') {
      descriptions.receiveAnswer(payload);
      transaction.reply(200);
      handler.onEarlyAnswer?.(session, payload);
    } else if (payload && this.#takeOffer(payload)) this.#askHandler(transaction);
    else transaction.reply(payload ? 488 : 200);
    reliable.advance();
  }

  #askHandler(transaction: ServerTransaction): void {
    const { handler, session } = this.#parts;
    this.#update = transaction;
    handler.onUpdate(session, transaction);
  }

  /** Answers an UPDATE, or a PRACK that carried an offer, with 200; does nothing when it was answered already. */
  answerUpdate(update: ServerTransaction, answer: Payload | undefined): void {
    if (!update.isPending) return;
    if (this.isTerminated) return update.reply(487);
    const response = makeResponse(update.request, 200);
    if (answer) this.#parts.descriptions.sendAnswer(answer);
    if (update.request.method === 'UPDATE') {
      this.fillResponse(response);
      if (this.#parts.phase === 'confirmed') this.#agreeInterval(update.request, response);
    }
    attachPayload(response, answer);
    update.respond(response);
    this.#close(update);
  }

  /** Refuses the offer of an UPDATE or PRACK; what was agreed before holds. */
  rejectUpdate(update: ServerTransaction, status: number): void {
    if (!update.isPending) return;
    if (!this.isTerminated) this.#parts.descriptions.reject();
    update.reply(status);
    this.#close(update);
  }

  #close(update: ServerTransaction): void {
    if (update === this.#update) this.#update = undefined;
  }

  /** An offer beside the first exchange: the first must be complete (RFC 3311 §5.1, RFC 6337 §2.2). */
  #takeOffer(offer: Payload): boolean {
    const { descriptions } = this.#parts;
    return descriptions.state === 'stable' && !this.hasOpenInvite && descriptions.receiveOffer(offer);
  }

  // ---- refusals ----

  /** 491 when the offer crosses one of ours, else their own is still open (RFC 3311 §5.2, RFC 3261 §14.2). */
  #refuseOffer(transaction: ServerTransaction): void {
    const isTheirs = this.#parts.descriptions.state === 'offer-received' || this.hasOpenInvite;
    if (isTheirs) this.#refuseForNow(transaction);
    else transaction.reply(491);
  }

  #refuseForNow(transaction: ServerTransaction): void {
    const delaySec = this.#parts.core.layer.random.int(11);
    transaction.reply(500, { reason: 'Another Exchange Is Open', headers: [['Retry-After', `${delaySec}`]] });
  }

  #refusesInterval(transaction: ServerTransaction): boolean {
    const timer = negotiateAsServer(transaction.request, this.#parts.core.sessionTimer);
    if (timer.kind !== 'too-small') return false;
    transaction.reply(422, { headers: [['Min-SE', `${timer.minSec}`]] });
    return true;
  }

  /** Negotiates the session timer and writes the outcome into the 2xx (RFC 4028 §9). */
  #agreeInterval(request: SipRequest, response: SipResponse): void {
    const timer = negotiateAsServer(request, this.#parts.core.sessionTimer);
    if (timer.kind !== 'agreed') return;
    response.headers.append('Session-Expires', timer.header);
    if (timer.requireTimer) response.headers.append('Require', 'timer');
    this.#parts.refresh.start(timer.agreement);
  }

  // ---- the end ----

  /** The session is over; requests that wait are answered (RFC 3261 §15.1.2). A first 2xx is repeated until its ACK all the same: our BYE waits for it. */
  close(): void {
    this.reliable?.stop();
    this.#exchange?.abort();
    if (this.#update?.isPending) this.#update.reply(487);
    this.reliable = this.#exchange = this.#update = undefined;
    if (this.awaitsFirstAck) return;
    this.#delivery?.stop();
    this.#delivery = undefined;
  }

  /** Nobody waits for that ACK any more. */
  forgetDelivery(): void {
    this.#delivery?.stop();
    this.#delivery = undefined;
  }
}
