import { isKept, type KeptPayload, keepPayload, keptPayload, type Payload } from '../dialog/payload.ts';
import { nextOfferAnswerState, type OfferAnswerEvent, type OfferAnswerState } from './offer-answer.ts';

/** What each side of a dialog has described last, and whether an offer is open (RFC 3264, RFC 6337). */
export class Descriptions {
  #state: OfferAnswerState = 'idle';
  /** Agreed; of the local side also what an unreliable response showed ahead of the answer. */
  #local: KeptPayload | undefined;
  #remote: KeptPayload | undefined;
  /** The offer that is open, ours or theirs. */
  #offer: KeptPayload | undefined;

  get state(): OfferAnswerState {
    return this.#state;
  }

  /** True when no offer of either side is open. */
  get isIdle(): boolean {
    return this.#state === 'idle' || this.#state === 'stable';
  }

  /** What we last described: agreed, or shown ahead of the answer. */
  get local(): Payload | undefined {
    return this.#local && keptPayload(this.#local);
  }

  /** What the peer last described: agreed, or offered first. */
  get remote(): Payload | undefined {
    const remote = this.#remote ?? (this.#state === 'offer-received' ? this.#offer : undefined);
    return remote && keptPayload(remote);
  }

  /** True when the payload is what we described last. */
  isLocal(payload: Payload): boolean {
    return isKept(payload, this.#local);
  }

  /** True when the payload is what the peer described last: an offer that changes nothing. */
  isRemote(payload: Payload): boolean {
    return isKept(payload, this.#remote);
  }

  /** Each of these four is false when it is not allowed now; nothing changes then. */
  sendOffer(payload: Payload): boolean {
    return this.#open('sendOffer', payload);
  }

  receiveOffer(payload: Payload): boolean {
    return this.#open('receiveOffer', payload);
  }

  sendAnswer(payload: Payload): boolean {
    if (!this.#move('sendAnswer')) return false;
    this.#local = keepPayload(payload);
    this.#remote = this.#offer;
    this.#offer = undefined;
    return true;
  }

  receiveAnswer(payload: Payload): boolean {
    if (!this.#move('receiveAnswer')) return false;
    this.#remote = keepPayload(payload);
    this.#local = this.#offer;
    this.#offer = undefined;
    return true;
  }

  /** The open offer came to nothing: what was agreed before holds. */
  reject(): void {
    if (this.isIdle) return;
    this.#offer = undefined;
    this.#state = this.#remote ? 'stable' : 'idle';
  }

  /** Notes what an unreliable response shows of the answer that is still to come (RFC 3261 §13.2.1). */
  preview(payload: Payload): void {
    this.#local = keepPayload(payload);
  }

  #open(event: 'sendOffer' | 'receiveOffer', payload: Payload): boolean {
    if (!this.#move(event)) return false;
    this.#offer = keepPayload(payload);
    return true;
  }

  #move(event: OfferAnswerEvent): boolean {
    const next = nextOfferAnswerState(this.#state, event);
    if (next === undefined) return false;
    this.#state = next;
    return true;
  }
}
