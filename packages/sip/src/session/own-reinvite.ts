import type { LiveDialog, SentAck } from '../dialog/live-dialog.ts';
import type { ExtraHeaders, Payload } from '../dialog/payload.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { ClientRequest, ClientRequestUser, RequestFailure } from '../ua/client-request.ts';
import type { OwedAck, ResponseCallback } from './session-handler.ts';

/** What a re-INVITE of ours needs of its session. */
export interface ReinvitingSession {
  readonly live: LiveDialog;
  /** The first 2xx came: it must be acknowledged. */
  onReinviteSuccess(response: SipResponse, owed: OwedAck): void;
  /** It came to nothing, with this status (0 when there was no response). */
  onReinviteFailure(outcome: SipResponse | RequestFailure): void;
}

/** A re-INVITE of ours, from sending it until no 2xx of it can come any more (RFC 3261 §14.1). */
export class OwnReinvite implements ClientRequestUser, OwedAck {
  readonly #session: ReinvitingSession;
  #done: ResponseCallback | undefined;
  #request: ClientRequest | undefined;
  #invite: SipRequest | undefined;
  #ack: SentAck | undefined;
  #sequence = 0;
  #isAnswered = false;

  constructor(session: ReinvitingSession, done: ResponseCallback) {
    this.#session = session;
    this.#done = done;
  }

  get sequence(): number {
    return this.#sequence;
  }

  start(payload: Payload | undefined, headers: ExtraHeaders): void {
    this.#request = this.#session.live.send('INVITE', { payload, headers }, this);
  }

  /** Takes it back; `done` still hears how it ended, mostly by 487. */
  cancel(reason?: string): void {
    this.#request?.cancel(reason);
  }

  /** The session is over: `done` hears so now, and a 2xx that comes yet is acknowledged. */
  abandon(): void {
    this.#finish('closed');
  }

  onResponse(response: SipResponse, request: ClientRequest): void {
    if (response.status < 200) return;
    if (response.status >= 300) return this.#fail(response);
    if (this.#ack) return this.#session.live.repeatAck(this.#ack);
    if (this.#isAnswered) return;
    this.#isAnswered = true;
    this.#invite = request.request;
    this.#sequence = response.cseq.sequence;
    // Nobody waits for it any more: it is acknowledged all the same (RFC 3261 §13.2.2.4).
    if (!this.#done) return this.acknowledge(undefined);
    this.#session.onReinviteSuccess(response, this);
    this.#finish(response);
  }

  onFailure(failure: RequestFailure): void {
    this.#fail(failure);
  }

  acknowledge(answer: Payload | undefined): void {
    if (this.#ack || !this.#isAnswered) return;
    this.#session.live.sendAck(this.#sequence, this.#invite, answer, (ack) => {
      this.#ack = ack;
      this.#invite = undefined;
    });
  }

  #fail(outcome: SipResponse | RequestFailure): void {
    if (this.#done) this.#session.onReinviteFailure(outcome);
    this.#finish(outcome);
  }

  #finish(outcome: SipResponse | RequestFailure): void {
    const done = this.#done;
    this.#done = undefined;
    done?.(outcome);
  }
}
