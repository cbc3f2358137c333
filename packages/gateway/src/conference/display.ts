import type { RequestFailure, Session, SipResponse } from '@unisono/sip';
import { connectedHeaders } from '../call/identity-headers.ts';
import type { RenegotiationServices, ShownParty } from '../call/renegotiation.ts';

/** How often a phone is told that has another exchange open, and how long is waited in between. */
const MAX_TRIES = 20;
const WAIT_MS = 400;

/**
 * Tells a phone in a call whom it is connected to now: by an UPDATE without a description (RFC 3311 §5.1), or a re-INVITE that
 * describes everything as before where the phone knows none. Either is a target refresh, so it carries the Contact of a focus.
 */
export function tellDisplay(services: RenegotiationServices, session: Session, shown: ShownParty): DisplayUpdate {
  const update = new DisplayUpdate(services, session, shown);
  update.start();
  return update;
}

/** One such message on its way, until it has got through or another one is sent instead. */
export class DisplayUpdate {
  readonly #services: RenegotiationServices;
  readonly #session: Session;
  readonly #shown: ShownParty;
  #tries = 0;
  #isWanted = true;

  constructor(services: RenegotiationServices, session: Session, shown: ShownParty) {
    this.#services = services;
    this.#session = session;
    this.#shown = shown;
  }

  /** What it tells is not so any more. */
  cancel(): void {
    this.#isWanted = false;
  }

  start(): void {
    const session = this.#session;
    if (!this.#isWanted || session.isTerminated || ++this.#tries > MAX_TRIES) return;
    if (!session.canOffer) return this.#wait();
    const headers = connectedHeaders(this.#shown, this.#services.domain());
    if (session.allowsUpdate) return session.update(undefined, (outcome) => this.#onOutcome(outcome), headers);
    const isSent = session.reinvite(
      session.localPayload,
      (outcome) => {
        if (typeof outcome === 'object' && outcome.status < 300) session.ack(outcome);
        this.#onOutcome(outcome);
      },
      headers,
    );
    if (!isSent) this.#wait();
  }

  onTimer(): void {
    this.start();
  }

  #onOutcome(outcome: SipResponse | RequestFailure): void {
    if (outcome === 'pending' || (typeof outcome === 'object' && [491, 500].includes(outcome.status))) this.#wait();
  }

  #wait(): void {
    this.#services.clock.startTimer(WAIT_MS + this.#services.random.int(WAIT_MS), this, 'again');
  }
}
