import { attachPayload, type Payload, payloadOf } from '../dialog/payload.ts';
import { makeResponse } from '../message/build.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { ServerTransaction, ServerTransactionUser } from '../transaction/server-transaction.ts';

/** What a re-INVITE of the peer's needs of its session. */
export interface ReinvitedSession {
  readonly isTerminated: boolean;
  fillResponse(response: SipResponse): void;
  /** Notes the description in a 2xx of ours: the answer to `offer`, or an offer of our own. */
  describe(payload: Payload): void;
  /** Sends the 2xx until it is acknowledged. */
  deliver(
    invite: ServerTransaction,
    response: SipResponse,
    onAcknowledged: (payload: Payload | undefined) => void,
  ): void;
  /** It is over without a 2xx. */
  onReinviteRefused(): void;
}

/** A re-INVITE of the peer, from its arrival to its ACK (RFC 3261 §14.2). */
export class ReinviteExchange implements ServerTransactionUser {
  readonly #session: ReinvitedSession;
  readonly #transaction: ServerTransaction;
  #onCancel: (() => void) | undefined;

  constructor(session: ReinvitedSession, transaction: ServerTransaction) {
    this.#session = session;
    this.#transaction = transaction;
    transaction.user = this;
  }

  get request(): SipRequest {
    return this.#transaction.request;
  }

  /** The offer; undefined when the peer asks for one. */
  get offer(): Payload | undefined {
    return payloadOf(this.request);
  }

  /** False when it was answered, the peer took it back, or the session ended. */
  get isOpen(): boolean {
    return this.#transaction.isPending && !this.#session.isTerminated;
  }

  /**
   * Answers 200 with an answer, or with an offer when the peer made none; `onAck` gets what the ACK carried. Does nothing
   * when it is open no more.
   */
  accept(payload: Payload | undefined, onAck: (payload: Payload | undefined) => void = () => {}): void {
    if (!this.isOpen) return;
    const response = makeResponse(this.request, 200);
    this.#session.fillResponse(response);
    attachPayload(response, payload);
    if (payload) this.#session.describe(payload);
    this.#session.deliver(this.#transaction, response, onAck);
  }

  /** Refuses it; all stays as it was (RFC 3261 §14.2). */
  reject(status: number, reason?: string): void {
    if (!this.#transaction.isPending) return;
    this.#transaction.reply(status, { reason });
    this.#session.onReinviteRefused();
  }

  /** `callback` runs when the peer takes the re-INVITE back; it has been answered 487 then. */
  onCancelled(callback: () => void): void {
    this.#onCancel = callback;
  }

  onCancel(): void {
    this.reject(487);
    this.#onCancel?.();
  }

  /** The session ended under it (RFC 3261 §15.1.2). */
  abort(): void {
    if (this.#transaction.isPending) this.#transaction.reply(487);
  }
}
