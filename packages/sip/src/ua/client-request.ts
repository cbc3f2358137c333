import type { DigestClient } from '../digest/client.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { Timer } from '../time/clock.ts';
import type { ClientTransaction, ClientTransactionUser } from '../transaction/client-transaction.ts';
import type { TransactionLayer } from '../transaction/layer.ts';
import { sixtyFourT1 } from '../transaction/timers.ts';
import type { Flow, SendFailure, Target } from '../transport/transport.ts';

/** Why no response came: nobody answered, nothing could be sent, or the name led nowhere. */
export type RequestFailure = 'timeout' | SendFailure | 'unresolvable';

export interface ClientRequestUser {
  /** Every response that is not handled here: provisional ones, each 2xx of an INVITE, the final one. */
  onResponse(response: SipResponse, request: ClientRequest): void;
  /** No final response will come. */
  onFailure(failure: RequestFailure, request: ClientRequest): void;
}

export interface ClientRequestOptions {
  readonly layer: TransactionLayer;
  /** Makes the request anew for each try, with the next CSeq; without Via. */
  readonly build: (hop: Flow | Target) => SipRequest;
  /** In order of preference; the next is tried when one cannot be reached or answers 503 (RFC 3263 §4.3). */
  readonly hops: readonly (Flow | Target)[];
  readonly authenticator?: DigestClient | undefined;
  readonly user: ClientRequestUser;
  /** Told of hops that failed, so that others avoid them for a while. */
  readonly onHopFailed?: ((hop: Flow | Target) => void) | undefined;
}

/** How often a challenge is answered before the request counts as refused. */
const MAX_CHALLENGES = 2;

/**
 * One request as its user means it: over several targets, with an answer to an authentication challenge, and with
 * CANCEL at any moment. Each try is a client transaction of its own.
 */
export class ClientRequest implements ClientTransactionUser {
  readonly #options: ClientRequestOptions;
  #transaction: ClientTransaction | undefined;
  #hop = 0;
  #challenges = 0;
  /** The request last refused with 401 or 407, now holding credentials. */
  #authorized: SipRequest | undefined;
  #cancelReason: string | undefined;
  #isCancelled = false;
  #isCancelSent = false;
  #isFinal = false;
  #cancelDeadline: Timer | undefined;

  constructor(options: ClientRequestOptions) {
    this.#options = options;
  }

  /** The request as last sent. */
  get request(): SipRequest | undefined {
    return this.#transaction?.request;
  }

  /** The hop last tried. */
  get hop(): Flow | Target | undefined {
    return this.#transaction?.to;
  }

  start(): void {
    this.#try();
  }

  /**
   * Cancels an INVITE: at once when a provisional response was seen, else as soon as one comes (RFC 3261 §9.1). The
   * final response, mostly 487, still goes to the user. `reason` is a Reason header value (RFC 3326).
   */
  cancel(reason?: string): void {
    if (this.#isCancelled || this.#isFinal) return;
    this.#isCancelled = true;
    this.#cancelReason = reason;
    if (this.#transaction?.hasProvisional) this.#sendCancel();
  }

  /** Forgets the request; nothing more is told. */
  abandon(): void {
    this.#isFinal = true;
    this.#cancelDeadline?.cancel();
    this.#transaction?.terminate();
  }

  onResponse(response: SipResponse, transaction: ClientTransaction): void {
    if (transaction !== this.#transaction) return;
    if (response.status < 200) return this.#onProvisional(response);
    this.#cancelDeadline?.cancel();
    const wasFinal = this.#isFinal;
    if (!wasFinal && this.#tryAgain(response)) return;
    this.#isFinal = true;
    this.#options.authenticator?.learn(response);
    this.#options.user.onResponse(response, this);
  }

  onTimeout(transaction: ClientTransaction): void {
    this.#onHopFailure('timeout', transaction);
  }

  onTransportError(failure: SendFailure, transaction: ClientTransaction): void {
    this.#onHopFailure(failure, transaction);
  }

  /** Nothing final came within 64×T1 of the CANCEL (RFC 3261 §9.1): the INVITE is given up. */
  onTimer(): void {
    this.#isFinal = true;
    this.#transaction?.terminate();
    this.#options.user.onFailure('timeout', this);
  }

  #try(): void {
    const hop = this.#options.hops[this.#hop];
    if (!hop) return this.#fail('unresolvable');
    const request = this.#options.build(hop);
    if (this.#authorized) copyCredentials(this.#authorized, request);
    else this.#options.authenticator?.authorize(request);
    this.#transaction = this.#options.layer.request(request, hop, this);
  }

  #onProvisional(response: SipResponse): void {
    if (this.#isCancelled) this.#sendCancel();
    else this.#options.user.onResponse(response, this);
  }

  #sendCancel(): void {
    if (this.#isCancelSent || !this.#transaction) return;
    this.#isCancelSent = true;
    const { layer } = this.#options;
    layer.cancel(this.#transaction, silent, this.#cancelReason);
    this.#cancelDeadline = layer.clock.startTimer(sixtyFourT1(layer.timers), this, 'cancel');
  }

  #tryAgain(response: SipResponse): boolean {
    if (this.#isCancelled) return false;
    if (response.status === 401 || response.status === 407) return this.#answerChallenge(response);
    if (response.status === 503 && this.#hop + 1 < this.#options.hops.length) {
      this.#markFailed();
      this.#hop++;
      this.#try();
      return true;
    }
    return false;
  }

  #answerChallenge(response: SipResponse): boolean {
    const { authenticator } = this.#options;
    const request = this.#transaction?.request;
    if (!authenticator || !request || ++this.#challenges > MAX_CHALLENGES) return false;
    if (!authenticator.answer(response, request).ok) return false;
    this.#authorized = request;
    this.#try();
    return true;
  }

  #onHopFailure(failure: RequestFailure, transaction: ClientTransaction): void {
    if (transaction !== this.#transaction || this.#isFinal) return;
    this.#markFailed();
    if (!this.#isCancelled && this.#hop + 1 < this.#options.hops.length) {
      this.#hop++;
      this.#try();
    } else this.#fail(failure);
  }

  #fail(failure: RequestFailure): void {
    this.#isFinal = true;
    this.#cancelDeadline?.cancel();
    this.#options.user.onFailure(failure, this);
  }

  #markFailed(): void {
    if (this.#transaction) this.#options.onHopFailed?.(this.#transaction.to);
  }
}

function copyCredentials(from: SipRequest, to: SipRequest): void {
  to.headers.copy('Authorization', from.headers).copy('Proxy-Authorization', from.headers);
}

const silent: ClientTransactionUser = { onResponse() {}, onTimeout() {}, onTransportError() {} };
