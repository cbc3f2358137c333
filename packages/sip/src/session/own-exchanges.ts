import type { LiveDialog } from '../dialog/live-dialog.ts';
import { type ExtraHeaders, type Payload, payloadOf } from '../dialog/payload.ts';
import type { SipResponse } from '../message/message.ts';
import type { RequestFailure } from '../ua/client-request.ts';
import { OwnReinvite, type ReinvitingSession } from './own-reinvite.ts';
import type { OwedAck, ResponseCallback } from './session-handler.ts';
import type { SessionParts } from './session-parts.ts';
import { negotiateAsClient } from './session-timer.ts';

/** The half of a session that asks: re-INVITE and UPDATE of ours, and the 2xx that we owe an ACK. */
export class OwnExchanges implements ReinvitingSession {
  readonly #parts: SessionParts;
  #reinvite: OwnReinvite | undefined;
  #owedAck: OwedAck | undefined;
  /** True when the 2xx made the offer: its ACK must bring the answer. */
  #owesAnswer = false;
  #hasUpdate = false;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  get live(): LiveDialog {
    return this.#parts.live;
  }

  /** True while an INVITE or its ACK is open. */
  get hasOpenInvite(): boolean {
    return this.#reinvite !== undefined || this.#owedAck !== undefined;
  }

  get isOpen(): boolean {
    return this.hasOpenInvite || this.#hasUpdate;
  }

  // ---- UPDATE ----

  update(payload: Payload | undefined, done: ResponseCallback, headers: ExtraHeaders): void {
    const { phase, descriptions, refresh, session } = this.#parts;
    if (phase === 'terminated') return done('closed');
    if (this.#hasUpdate || (payload && !this.#mayOfferByUpdate())) return done('pending');
    if (payload) descriptions.sendOffer(payload);
    this.#hasUpdate = true;
    const timer = phase === 'confirmed' ? refresh.headers() : [];
    session.request('UPDATE', { payload, headers: [...timer, ...headers] }, (outcome) => {
      this.#hasUpdate = false;
      if (this.#parts.phase !== 'terminated') this.#onUpdated(outcome, payload);
      done(outcome);
    });
  }

  #mayOfferByUpdate(): boolean {
    const { descriptions, hasPeerInvite } = this.#parts;
    return descriptions.state === 'stable' && !this.hasOpenInvite && !hasPeerInvite;
  }

  #onUpdated(outcome: SipResponse | RequestFailure, offer: Payload | undefined): void {
    const { descriptions } = this.#parts;
    const isRefused = typeof outcome !== 'object' || outcome.status >= 300;
    const answer = isRefused ? undefined : payloadOf(outcome);
    if (offer && answer) descriptions.receiveAnswer(answer);
    else if (offer) descriptions.reject();
    if (!isRefused) this.#onRefreshed(outcome);
  }

  // ---- INVITE ----

  reinvite(payload: Payload | undefined, done: ResponseCallback, headers: ExtraHeaders): void {
    const { descriptions, refresh } = this.#parts;
    if (payload) descriptions.sendOffer(payload);
    this.#reinvite = new OwnReinvite(this, done);
    this.#reinvite.start(payload, [...refresh.headers(), ...headers]);
  }

  cancelReinvite(reason: string | undefined): void {
    this.#reinvite?.cancel(reason);
  }

  onReinviteSuccess(response: SipResponse, owed: OwedAck): void {
    this.#reinvite = undefined;
    this.#noteDescription(payloadOf(response));
    this.#owe(owed);
    this.#onRefreshed(response);
  }

  onReinviteFailure(outcome: SipResponse | RequestFailure): void {
    this.#reinvite = undefined;
    this.#parts.descriptions.reject();
    this.#parts.sufferFate('INVITE', outcome);
  }

  /** The peer's description in a response: the answer to our offer, or an offer. */
  #noteDescription(payload: Payload | undefined): void {
    const { descriptions } = this.#parts;
    if (!payload) descriptions.reject();
    else if (!descriptions.receiveAnswer(payload)) descriptions.receiveOffer(payload);
  }

  /** Our first INVITE was answered by `response`; `owed` sends its ACK. */
  confirm(response: SipResponse, owed: OwedAck): void {
    this.#parts.onConfirmed();
    this.#owe(owed);
    this.#onRefreshed(response);
  }

  #owe(owed: OwedAck): void {
    this.#owedAck = owed;
    this.#owesAnswer = this.#parts.descriptions.state === 'offer-received';
  }

  #onRefreshed(response: SipResponse): void {
    const { core, phase, refresh } = this.#parts;
    this.#parts.learn(response);
    if (phase === 'confirmed') refresh.start(negotiateAsClient(response, core.sessionTimer));
  }

  // ---- ACK ----

  ack(response: SipResponse, answer: Payload | undefined): void {
    if (this.#owedAck?.sequence === response.cseq.sequence) this.payAck(answer);
  }

  /** Sends the ACK that is owed; an offer in the 2xx that nobody answers leaves all as it was. */
  payAck(answer?: Payload): void {
    const { descriptions } = this.#parts;
    const owed = this.#owedAck;
    this.#owedAck = undefined;
    const sent = this.#owesAnswer ? (answer ?? descriptions.local) : undefined;
    if (sent) descriptions.sendAnswer(sent);
    owed?.acknowledge(sent);
  }

  /** The session is over. */
  close(): void {
    this.payAck();
    this.#reinvite?.abandon();
    this.#reinvite = undefined;
  }
}
