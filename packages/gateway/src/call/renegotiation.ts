import { type Payload, payloadOf, type RequestFailure, type SipResponse } from '@unisono/sip';
import type { BridgeSide } from './bridge.ts';
import { connectedHeaders } from './identity-headers.ts';
import { resumed } from './sdp-face.ts';
import type { CallServices } from './services.ts';

/** First and longest wait for an exchange that a phone has open; doubled in between. */
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 2_000;
/** An exchange lasts 64×T1 at most, and whoever crosses us every time is given up. */
const MAX_TRIES = 30;

export type RenegotiationServices = Pick<CallServices, 'clock' | 'random' | 'domain' | 'userCalls'>;

/** Who a phone is told it talks to now. */
export interface ShownParty {
  readonly number?: string;
  readonly name?: string;
}

/**
 * Sets up media between two sides that had other partners: `to` is offered what `from` last described and told who that
 * is; when its answer differs from what `from` was last told, `from` is told too. Exchanges that a phone has open are
 * waited for, and a 491 is tried again (RFC 3261 §14.1). `done` runs once.
 */
export function renegotiate(
  services: RenegotiationServices,
  to: BridgeSide,
  from: BridgeSide,
  shown: ShownParty,
  done: (ok: boolean) => void,
): void {
  const headers = connectedHeaders(shown, services.domain());
  change(services, to, from, { offer: () => resumed(from.session.remotePayload), headers }, done);
}

/**
 * As `renegotiate`, but who is on hold stays so, and nobody is told of anybody new: the same party by another device, or
 * media again as it was before `to` was offered somebody else who then did not come.
 */
export function restore(
  services: RenegotiationServices,
  to: BridgeSide,
  from: BridgeSide,
  done: (ok: boolean) => void = () => {},
): void {
  change(services, to, from, { offer: () => from.session.remotePayload, headers: [] }, done);
}

function change(
  services: RenegotiationServices,
  to: BridgeSide,
  from: BridgeSide,
  wish: Pick<Wish, 'offer' | 'headers'>,
  done: (ok: boolean) => void,
): void {
  const isStillWanted = () => !from.session.isTerminated;
  new MediaChange(services, to, { ...wish, isStillWanted }, (answer) => {
    if (answer) tellIfChanged(services, from, answer.payload, () => !to.session.isTerminated);
    done(answer !== undefined);
  }).start();
}

/** Offers a phone what its partner answered, unless it was told just that before. */
function tellIfChanged(
  services: RenegotiationServices,
  side: BridgeSide,
  description: Payload | undefined,
  isStillWanted: () => boolean,
): void {
  if (!description || !side.face.wouldChange(description)) return;
  new MediaChange(services, side, { offer: () => description, headers: [], isStillWanted }, () => {}).start();
}

/** Offers a phone something else, as often as it takes; `done` runs once, without an answer when it was in vain. */
export function describeAnew(
  services: RenegotiationServices,
  side: BridgeSide,
  wish: Wish,
  done: (answer: { readonly payload: Payload | undefined } | undefined) => void,
): void {
  new MediaChange(services, side, wish, done).start();
}

interface Wish {
  readonly offer: () => Payload | undefined;
  readonly headers: readonly (readonly [string, string])[];
  readonly isStillWanted: () => boolean;
}

/** One re-INVITE of ours that has to get through. */
class MediaChange {
  readonly #services: RenegotiationServices;
  readonly #side: BridgeSide;
  readonly #wish: Wish;
  readonly #done: (answer: { readonly payload: Payload | undefined } | undefined) => void;
  #tries = 0;
  #waitMs = FIRST_WAIT_MS;

  constructor(
    services: RenegotiationServices,
    side: BridgeSide,
    wish: Wish,
    done: (answer: { readonly payload: Payload | undefined } | undefined) => void,
  ) {
    this.#services = services;
    this.#side = side;
    this.#wish = wish;
    this.#done = done;
  }

  start(): void {
    const { session, face } = this.#side;
    if (session.isTerminated || !this.#wish.isStillWanted() || ++this.#tries > MAX_TRIES) return this.#done(undefined);
    if (!session.canOffer) return this.#waitForExchange();
    session.reinvite(face.present(this.#wish.offer()), (outcome) => this.#onOutcome(outcome), this.#wish.headers);
  }

  onTimer(): void {
    this.start();
  }

  #onOutcome(outcome: SipResponse | RequestFailure): void {
    if (typeof outcome !== 'object') return this.#done(undefined);
    if (outcome.status === 491) return this.#wait(this.#glareMs());
    if (outcome.status >= 300) return this.#done(undefined);
    this.#side.session.ack(outcome);
    // It may hold in its answer, or not any more.
    this.#services.userCalls.changed(this.#side.station);
    this.#done({ payload: payloadOf(outcome) });
  }

  #waitForExchange(): void {
    this.#wait(this.#waitMs);
    this.#waitMs = Math.min(2 * this.#waitMs, LONGEST_WAIT_MS);
  }

  #wait(ms: number): void {
    this.#services.clock.startTimer(ms, this, 'again');
  }

  #glareMs(): number {
    const { random } = this.#services;
    return this.#side.session.ownsCallId ? 2_100 + 10 * random.int(190) : 10 * random.int(200);
  }
}
