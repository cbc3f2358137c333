import type { MediaEngineError } from '@unisono/media';
import {
  ClientRequest,
  type ClientRequestUser,
  isFlow,
  makeResponse,
  type RequestFailure,
  type ServerTransaction,
  type ServerTransactionUser,
  SipRequest,
  type SipResponse,
  type Timer,
} from '@unisono/sip';
import type { BorderCall, PendingInvite } from '../call/border-call.ts';
import { type Describing, describe, dropDescription, isDescribed } from '../call/describing.ts';
import type { Ending } from '../call/ending.ts';
import { mediaHint, mediaRefusal } from '../call/media-refusal.ts';
import { requestRole, responseRole } from '../call/roles.ts';
import { opposite, type Side } from '../side.ts';
import type { Border } from './border.ts';
import type { Routed } from './route.ts';

/** RFC 3261 §16.6 step 11: longer than three minutes. Each provisional response starts it anew. */
export const TIMER_C_MS = 185_000;

/** Final answers after which a dialog's peer knows nothing of it (RFC 3261 §12.2.1.2). */
const GONE = new Set([408, 481]);
/** A BYE refused for one of these was not taken, and comes again. */
const BYE_AGAIN = new Set([401, 407, 491, 500, 503]);

/** Told how each request ended. */
export type OnFinal = (server: ServerTransaction, request: SipRequest, response: SipResponse, routed: Routed) => void;

type Headers = readonly (readonly [name: string, value: string])[];

/**
 * One request on its way through the border, with everything that comes back (RFC 3261 §16.7): a server transaction on one
 * side, a client request on the other, descriptions rewritten in between, in the order of the call.
 */
export class Passage implements ServerTransactionUser, ClientRequestUser, PendingInvite {
  readonly #border: Border;
  readonly #ending: Ending;
  readonly #onFinal: OnFinal;
  readonly #server: ServerTransaction;
  /** As it came; the server transaction lets go of it with the final answer, repeated 2xx need it still. */
  readonly #original: SipRequest;
  readonly #routed: Routed;
  readonly #client: ClientRequest;
  readonly #isInvite: boolean;
  readonly #opensCall: boolean;
  readonly #hasOffer: boolean;
  #timerC: Timer | undefined;
  #isCancelled = false;
  /** Refused by the border: what the receiver says from now on is for nobody. */
  #isGivenUp = false;
  /** 2xx that went back, by To tag: repetitions are the same octets. */
  readonly #answers = new Map<string, Buffer>();

  constructor(border: Border, ending: Ending, onFinal: OnFinal, server: ServerTransaction, routed: Routed) {
    this.#border = border;
    this.#ending = ending;
    this.#onFinal = onFinal;
    this.#server = server;
    this.#original = server.request;
    this.#routed = routed;
    this.#isInvite = server.request.method === 'INVITE';
    this.#opensCall = this.#isInvite && server.request.to.tag === undefined;
    this.#hasOffer = this.#requestRole() === 'offer' && isDescribed(server.request);
    this.#client = new ClientRequest({
      layer: border.layer(this.#to),
      build: () => copyOf(routed.request),
      user: this,
      onHopFailed: (hop) => {
        if (routed.from === 'outside' && !isFlow(hop)) border.gateways.markFailed(hop);
      },
    });
  }

  get #to(): Side {
    return opposite(this.#routed.from);
  }

  get #call(): BorderCall | undefined {
    return this.#routed.call;
  }

  start(): void {
    this.#server.user = this;
    if (this.#isInvite && this.#call) this.#call.pendingInvite = this;
    this.#inOrder(() => this.#sendOn());
  }

  // ---- from the sender ----

  onCancel(cancel: SipRequest): void {
    this.#cancel(cancel.headers.get('Reason'));
  }

  // ---- from the border ----

  /** The call is over for a reason of the border's: the sender is refused, the other side cancelled. */
  giveUp(status: number, text: string): void {
    if (this.#isGivenUp) return;
    this.#isGivenUp = true;
    this.#cancel(`SIP;cause=${status};text="${text.replace(/["\\]/g, '')}"`);
    this.#refuse(status, text);
  }

  // ---- from the receiver ----

  onResponse(response: SipResponse): void {
    if (response.status > 100) this.#inOrder(() => this.#return(response));
  }

  onFailure(failure: RequestFailure): void {
    this.#inOrder(() => this.#fail(failure));
  }

  onTimer(): void {
    this.#timerC = undefined;
    this.#cancel('SIP;cause=408;text="No answer in three minutes"');
  }

  // ---- the way there ----

  #sendOn(): undefined | Promise<void> {
    const { request } = this.#routed;
    const role = this.#requestRole();
    if (!isDescribed(request)) return this.#send();
    if (!this.#call || !role) {
      dropDescription(request);
      return this.#send();
    }
    const description = { ...this.#description(this.#call, this.#routed.from), role, received: this.#original };
    return whenDone(describe(description, request), (done) => {
      if (done.ok) this.#send();
      else this.#refuseRequest(done.error, role === 'answer');
    });
  }

  #send(): undefined {
    if (this.#isGivenUp) return undefined;
    if (this.#isInvite) this.#startTimerC();
    this.#client.start(this.#routed.hops);
    return undefined;
  }

  #requestRole() {
    const { call, from } = this.#routed;
    return call && requestRole(this.#original, from, call.media.openOffer);
  }

  /** The engine cannot use what the sender describes. */
  #refuseRequest(error: MediaEngineError, endsCall: boolean): void {
    const { status, reason, headers } = mediaRefusal(error);
    this.#noteMediaError(error);
    this.#refuse(status, reason, headers);
    if (endsCall && this.#call) this.#ending.end(this.#call, { cause: status, text: error.message });
  }

  // ---- the way back ----

  #return(response: SipResponse): undefined | Promise<void> {
    const call = this.#call;
    const { status } = response;
    const { method } = this.#original;
    const known = status >= 200 ? this.#answers.get(response.to.tag ?? '') : undefined;
    if (known) {
      this.#server.repeat(known);
      return undefined;
    }
    call?.noteResponse(response, method, this.#to, this.#border.clock.nowMs());
    if (this.#isGivenUp) return this.#swallow(response);
    if (this.#isInvite && status < 200) this.#startTimerC();
    const hop = this.#client.hop ?? this.#routed.hops[0];
    if (!hop) return undefined;
    const back = this.#routed.respond(response, this.#original, hop);
    const role = call && responseRole(response, method, this.#hasOffer);
    if (!isDescribed(response)) return this.#deliver(back);
    if (!call || !role) {
      dropDescription(back);
      return this.#deliver(back);
    }
    const description = { ...this.#description(call, this.#to), role, received: response };
    return whenDone(describe(description, back), (done) => {
      if (done.ok) this.#deliver(back);
      else this.#answerIsUnusable(call, response, back, done.error);
    });
  }

  #deliver(back: SipResponse): undefined {
    if (this.#isGivenUp) return this.#swallow(back);
    const bytes = this.#server.transmit(back);
    if (back.status < 200) return undefined;
    this.#timerC?.cancel();
    if (this.#isInvite && back.status < 300 && bytes) this.#answers.set(back.to.tag ?? '', bytes);
    this.#conclude(back.status);
    this.#onFinal(this.#server, this.#original, back, this.#routed);
    return undefined;
  }

  /** A description in a response that the engine cannot use; a provisional one may pass without it. */
  #answerIsUnusable(call: BorderCall, response: SipResponse, back: SipResponse, error: MediaEngineError): void {
    this.#noteMediaError(error);
    if (response.status < 200 && !response.headers.has('RSeq')) {
      dropDescription(back);
      this.#deliver(back);
      return;
    }
    const { status, reason, headers } = mediaRefusal(error);
    const why = { cause: status, text: error.message };
    this.#isGivenUp = true;
    if (response.status < 200) this.#cancel(undefined);
    else if (this.#isInvite) this.#ending.dismiss(call, this.#to, this.#original.cseq.sequence, why);
    this.#refuse(status, reason, headers);
    if (!this.#opensCall) this.#ending.end(call, why, response.status >= 200 && this.#isInvite ? this.#to : undefined);
  }

  /** What comes after the border has given up: an answer that crossed our CANCEL is hung up on. */
  #swallow(response: SipResponse): undefined {
    if (!this.#isInvite || !this.#call || response.status < 200 || response.status >= 300) return undefined;
    if (!this.#opensCall || this.#answers.has(response.to.tag ?? '')) return undefined;
    this.#answers.set(response.to.tag ?? '', Buffer.alloc(0));
    this.#ending.dismiss(this.#call, this.#to, this.#original.cseq.sequence, {
      cause: 487,
      text: 'The call was given up before it was answered',
    });
    return undefined;
  }

  #fail(failure: RequestFailure): undefined {
    if (this.#isGivenUp) return undefined;
    if (this.#isCancelled) return this.#refuse(487);
    if (failure !== 'timeout') {
      const isLostFlow = this.#to === 'outside';
      return isLostFlow
        ? this.#refuse(430, 'Flow Failed')
        : this.#refuse(503, 'No Gateway Reachable', [['Retry-After', '10']]);
    }
    if (this.#isInvite) return this.#refuse(408);
    // Nobody waits for it any more, and a late 408 harms (RFC 4320 §4.2).
    this.#server.driver.terminate();
    this.#conclude(408);
    return undefined;
  }

  // ---- what it means ----

  #refuse(status: number, reason?: string, headers: Headers = []): undefined {
    this.#timerC?.cancel();
    const toTag = this.#server.localTag;
    const response = makeResponse(this.#original, status, { reason, headers, toTag });
    this.#server.respond(response);
    this.#conclude(status);
    this.#onFinal(this.#server, this.#original, response, this.#routed);
    return undefined;
  }

  /** What the final status means for the call. */
  #conclude(status: number): void {
    const call = this.#call;
    if (!call) return;
    if (call.pendingInvite === this) call.pendingInvite = undefined;
    if (status < 300 && (this.#isInvite || this.#original.method === 'UPDATE')) this.#border.calls.keep(call);
    const isFailedCall = this.#opensCall && status >= 300;
    const isBye = this.#original.method === 'BYE' && !BYE_AGAIN.has(status);
    const isLost = !this.#opensCall && GONE.has(status) && this.#original.method !== 'PRACK';
    if (isFailedCall || isBye || isLost) this.#border.calls.end(call);
  }

  #cancel(reason: string | undefined): void {
    this.#isCancelled = true;
    this.#client.cancel(reason);
  }

  #startTimerC(): void {
    this.#timerC?.cancel();
    this.#timerC = this.#border.clock.startTimer(TIMER_C_MS, this, 'timerC');
  }

  #description(call: BorderCall, from: Side) {
    return { call, from, signalledFrom: this.#routed.signalledFrom };
  }

  #noteMediaError({ code, message }: MediaEngineError): void {
    const { callId, method } = this.#original;
    this.#border.log.warn({ code, why: message, callId, method, hint: mediaHint(code) }, 'media cannot be anchored');
  }

  #inOrder(step: () => undefined | Promise<void>): void {
    if (this.#call) this.#call.lane.run(step);
    else step();
  }
}

/** Goes on at once, or when the engine has answered. */
function whenDone(done: Describing | Promise<Describing>, then: (done: Describing) => void): undefined | Promise<void> {
  if (done instanceof Promise) return done.then(then);
  then(done);
  return undefined;
}

function copyOf({ method, uriText, headers, body }: SipRequest): SipRequest {
  return new SipRequest(method, uriText, headers.clone(), body);
}
