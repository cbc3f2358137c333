import { type Clock, type Payload, payloadOf, type Random, type RequestFailure, type SipResponse } from '@unisono/sip';
import type { PhoneCall } from './phone-call.ts';

/** `offer`: a re-INVITE with our description. `late`: one without. `update`: an UPDATE with our description. */
export type RenegotiationKind = 'offer' | 'late' | 'update';

/** So often a phone tries again after its re-INVITE crossed another. */
const MAX_TRIES = 6;

/** A change of media that a phone asks for, tried again when it crosses another one (RFC 3261 §14.1). */
export class Renegotiation {
  readonly #call: PhoneCall;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #done: (status: number) => void;
  #tries = 0;

  constructor(call: PhoneCall, clock: Clock, random: Random, done: (status: number) => void) {
    this.#call = call;
    this.#clock = clock;
    this.#random = random;
    this.#done = done;
  }

  /** False when the phone is in the middle of another exchange: it will be tried later. */
  start(kind: RenegotiationKind): boolean {
    const { session, media } = this.#call;
    if (!session || session.isTerminated) return false;
    this.#tries++;
    const offer = kind === 'late' ? undefined : media.offer();
    if (kind === 'update') {
      session.update(offer, (outcome) => this.#onOutcome(kind, offer, outcome));
      return true;
    }
    const isSent = session.reinvite(offer, (outcome) => this.#onOutcome(kind, offer, outcome));
    if (!isSent) this.#again(kind);
    return isSent;
  }

  onTimer(kind: RenegotiationKind): void {
    if (this.#call.state === 'answered') this.start(kind);
  }

  #onOutcome(kind: RenegotiationKind, offer: Payload | undefined, outcome: SipResponse | RequestFailure): void {
    const status =
      typeof outcome === 'object' ? outcome.status : outcome === 'closed' || outcome === 'pending' ? 491 : 408;
    if (typeof outcome === 'object' && status < 300) this.#agree(kind, offer, outcome);
    else if (status === 491 && this.#tries < MAX_TRIES) return this.#again(kind);
    this.#done(status);
  }

  #agree(kind: RenegotiationKind, offer: Payload | undefined, response: SipResponse): void {
    const { session, media } = this.#call;
    const described = payloadOf(response);
    const answer = offer || !described ? undefined : media.answer(described);
    if (kind !== 'update') session?.ack(response, answer);
    if (described) this.#call.remoteSdp = described.bytes.toString();
    media.agreed(offer ?? answer, described);
  }

  /** Who made the Call-ID waits longer, so that the two do not cross again. */
  #again(kind: RenegotiationKind): void {
    const ownsCallId = this.#call.direction === 'out';
    const delayMs = ownsCallId ? 2_100 + this.#random.int(190) * 10 : this.#random.int(200) * 10;
    this.#clock.startTimer(delayMs, this, kind);
  }
}
