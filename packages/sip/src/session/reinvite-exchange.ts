import { makeResponse } from '../message/build.ts';
import type { SipRequest } from '../message/message.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import { attachPayload, type Payload, payloadOf } from './payload.ts';
import type { Session } from './session.ts';

/** A re-INVITE of the peer, from its arrival to its ACK. */
export class ReinviteExchange {
  readonly #session: Session;
  readonly #transaction: ServerTransaction;
  #onAck: ((payload: Payload | undefined) => void) | undefined;
  #onCancel: (() => void) | undefined;

  constructor(session: Session, transaction: ServerTransaction) {
    this.#session = session;
    this.#transaction = transaction;
    transaction.user = { onCancel: () => this.#cancelled() };
  }

  get request(): SipRequest {
    return this.#transaction.request;
  }

  get sequence(): number {
    return this.request.cseq.sequence;
  }

  /** The offer; undefined when the peer asks for one. */
  get offer(): Payload | undefined {
    return payloadOf(this.request);
  }

  /** False when the peer took it back, or hung up, while an answer was looked for. */
  get isOpen(): boolean {
    return this.#transaction.isPending && !this.#session.isTerminated;
  }

  /** Answers 200 with an answer, or with an offer when the peer made none; `onAck` gets what the ACK carried. */
  accept(payload: Payload | undefined, onAck?: (payload: Payload | undefined) => void): void {
    if (!this.isOpen) return;
    const { offer } = this;
    this.#onAck = onAck;
    const response = makeResponse(this.request, 200, {});
    this.#session.fillResponse(response);
    attachPayload(response, payload);
    if (payload) {
      this.#session.exchange(offer ? 'sendAnswer' : 'sendOffer');
      this.#session.localPayload = payload;
      if (offer) this.#session.remotePayload = offer;
    }
    this.#session.sendSuccess(this.#transaction, response);
  }

  reject(status: number, reason?: string): void {
    if (!this.#transaction.isPending) return;
    this.#transaction.reply(status, reason === undefined ? {} : { reason });
    this.#session.closeExchange(this);
  }

  /** `callback` runs when the peer takes the re-INVITE back; it has been answered 487 then. */
  onCancelled(callback: () => void): void {
    this.#onCancel = callback;
  }

  /** The ACK came. */
  acknowledged(payload: Payload | undefined): void {
    this.#onAck?.(payload);
  }

  /** The session ended under it. */
  abort(): void {
    if (this.#transaction.isPending) this.#transaction.reply(487);
  }

  #cancelled(): void {
    this.reject(487);
    this.#onCancel?.();
  }
}
