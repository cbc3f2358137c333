import type { DigestClient } from '../digest/client.ts';
import { parseRetryAfter } from '../message/header/retry-after.ts';
import { SipRequest, type SipResponse } from '../message/message.ts';
import type { Timer } from '../time/clock.ts';
import type { ClientTransaction, ClientTransactionUser } from '../transaction/client-transaction.ts';
import type { TransactionLayer } from '../transaction/layer.ts';
import { sixtyFourT1 } from '../transaction/timers.ts';
import { prefersStream } from '../transport/large-request.ts';
import { type Flow, isFlow, type SendFailure, type Target } from '../transport/transport.ts';

/** Why no final response came. */
export type RequestFailure =
  /** Nobody answered: Timer B or F, or nothing final after a CANCEL. */
  | 'timeout'
  /** It could not be sent. */
  | SendFailure
  /** The name led nowhere. */
  | 'unresolvable'
  /** It was taken back before it was sent. */
  | 'cancelled'
  /** It was not sent: another exchange of the dialog is under way, as if a 491 had come. */
  | 'pending';

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
  readonly authenticator?: DigestClient | undefined;
  readonly user: ClientRequestUser;
  /** Told of hops that failed, so that others avoid them for a while: the time that a 503 asks for, if it does. */
  readonly onHopFailed?: ((hop: Flow | Target, retryAfterSec?: number) => void) | undefined;
}

/** How often a challenge is answered before the request counts as refused. */
const MAX_CHALLENGES = 2;
/** What the Via that is still to be added takes, at most. */
const VIA_OCTETS = 120;

/**
 * One request as its user means it: over several targets, with an answer to an authentication challenge, by a stream
 * when it is too long for a datagram, and with CANCEL at any moment. Each try is a client transaction of its own.
 */
export class ClientRequest implements ClientTransactionUser {
  readonly #options: ClientRequestOptions;
  #hops: readonly (Flow | Target)[] = [];
  #hop = 0;
  #transaction: ClientTransaction | undefined;
  #request: SipRequest | undefined;
  #challenges = 0;
  /** The request last refused with 401 or 407, now holding credentials. */
  #authorized: SipRequest | undefined;
  /** The target takes no streams: even a long request goes as a datagram (RFC 3261 §18.1.1). */
  #isDatagramOnly = false;
  #cancelReason: string | undefined;
  #isCancelled = false;
  #isCancelSent = false;
  #isFinal = false;
  #cancelDeadline: Timer | undefined;

  constructor(options: ClientRequestOptions) {
    this.#options = options;
  }

  /** The request as last sent; undefined once its user was told the final response. */
  get request(): SipRequest | undefined {
    return this.#request;
  }

  /** The hop last tried. */
  get hop(): Flow | Target | undefined {
    return this.#hops[this.#hop];
  }

  /** Sends it; the next hop is tried when one cannot be reached or answers 503 (RFC 3263 §4.3). */
  start(hops: readonly (Flow | Target)[]): void {
    this.#hops = hops;
    if (this.#isCancelled) this.#fail('cancelled');
    else this.#try();
  }

  /** Sends it again after a final response that its user could mend: 422, 423. */
  restart(): void {
    this.#isFinal = false;
    this.#challenges = 0;
    this.#try();
  }

  /** True once anything came back, be it 100. */
  get hasBeenHeard(): boolean {
    return this.#isFinal || (this.#transaction?.hasProvisional ?? false);
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

  /** What else comes goes to somebody else, so that nothing of this request need stay. */
  handOver(user: ClientTransactionUser): void {
    if (this.#transaction) this.#transaction.user = user;
  }

  onResponse(response: SipResponse, transaction: ClientTransaction): void {
    if (transaction !== this.#transaction) return;
    if (response.status < 200) return this.#onProvisional(response);
    this.#cancelDeadline?.cancel();
    if (!this.#isFinal && this.#tryAgain(response)) return;
    this.#isFinal = true;
    this.#options.authenticator?.learn(response);
    this.#options.user.onResponse(response, this);
    // Unless its user has restarted it.
    if (this.#isFinal) this.#close();
  }

  onTimeout(transaction: ClientTransaction): void {
    if (transaction === this.#transaction) this.#onHopFailure('timeout');
  }

  onTransportError(failure: SendFailure, transaction: ClientTransaction): void {
    if (transaction !== this.#transaction || this.#isFinal) return;
    const { hop } = this;
    if (transaction.to === hop || this.#isCancelled) return this.#onHopFailure(failure);
    this.#isDatagramOnly = true;
    // The stream never carried it: it keeps its number, so that a dialog's numbers have no gap (RFC 3261 §12.2.1.1).
    if (hop && this.#request) this.#send(withoutVia(this.#request), hop);
  }

  /** Nothing final came within 64×T1 of the CANCEL (RFC 3261 §9.1): the INVITE is given up. */
  onTimer(): void {
    this.#transaction?.terminate();
    this.#fail('timeout');
  }

  #try(): void {
    const { hop } = this;
    if (!hop) return this.#fail('unresolvable');
    const request = this.#options.build(hop);
    if (this.#authorized) copyCredentials(this.#authorized, request);
    else this.#options.authenticator?.authorize(request);
    this.#send(request, hop);
  }

  #send(request: SipRequest, hop: Flow | Target): void {
    this.#request = request;
    this.#transaction = this.#options.layer.request(request, this.#way(hop, request), this);
  }

  #way(hop: Flow | Target, request: SipRequest): Flow | Target {
    if (isFlow(hop) || hop.transport !== 'udp' || this.#isDatagramOnly) return hop;
    return prefersStream(hop, octetsOf(request) + VIA_OCTETS);
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
    if (response.status !== 503) return false;
    this.#markFailed(parseRetryAfter(response.headers.get('Retry-After') ?? '')?.delaySec);
    return this.#tryNextHop();
  }

  #answerChallenge(response: SipResponse): boolean {
    const { authenticator } = this.#options;
    const request = this.#request;
    if (!authenticator || !request || ++this.#challenges > MAX_CHALLENGES) return false;
    if (!authenticator.answer(response, request).ok) return false;
    this.#authorized = request;
    this.#try();
    return true;
  }

  #onHopFailure(failure: RequestFailure): void {
    if (this.#isFinal) return;
    this.#markFailed(undefined);
    if (this.#isCancelled || !this.#tryNextHop()) this.#fail(failure);
  }

  #tryNextHop(): boolean {
    if (this.#hop + 1 >= this.#hops.length) return false;
    this.#hop++;
    this.#isDatagramOnly = false;
    this.#try();
    return true;
  }

  #fail(failure: RequestFailure): void {
    this.#close();
    this.#options.user.onFailure(failure, this);
  }

  #close(): void {
    this.#isFinal = true;
    this.#cancelDeadline?.cancel();
    this.#request = this.#authorized = undefined;
  }

  #markFailed(retryAfterSec: number | undefined): void {
    const { hop } = this;
    if (hop) this.#options.onHopFailed?.(hop, retryAfterSec);
  }
}

function withoutVia({ method, uriText, headers, body }: SipRequest): SipRequest {
  return new SipRequest(method, uriText, headers.clone().remove('Via'), body);
}

function copyCredentials(from: SipRequest, to: SipRequest): void {
  to.headers.copy('Authorization', from.headers).copy('Proxy-Authorization', from.headers);
}

/** How long the message is when printed, without Content-Length. */
function octetsOf({ method, uriText, headers, body }: SipRequest): number {
  let octets = method.length + uriText.length + body.length + 20;
  for (let i = 0; i < headers.length; i++) octets += headers.nameAt(i).length + headers.valueAt(i).length + 4;
  return octets;
}

const silent: ClientTransactionUser = { onResponse() {}, onTimeout() {}, onTransportError() {} };
