import type { LiveDialog } from '../dialog/live-dialog.ts';
import { type Payload, payloadOf } from '../dialog/payload.ts';
import { parseRSeq } from '../message/header/reliability.ts';
import { type KeptOctets, keepOctets, keptOctets } from '../message/kept-octets.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { Flow, Target, Transport } from '../transport/transport.ts';
import { refusingAnswer } from './refusing-answer.ts';
import type { Session } from './session.ts';
import type { OwedAck } from './session-handler.ts';

/** A fork that has answered, and the ACK that it got; the ACK is missing while its owner looks for the answer to put into it. */
export interface AnsweredFork {
  readonly tag: string;
  ack: KeptOctets | undefined;
  ackTo: Flow | Target | undefined;
  /** Another one that answered the same INVITE. */
  next: AnsweredFork | undefined;
}

/** Sends the ACK again, for a 2xx that came again. */
export function repeatAck(transport: Transport, { ack, ackTo }: AnsweredFork): void {
  if (ack !== undefined && ackTo) transport.send(keptOctets(ack), ackTo, ignoreFailure);
}

/** One of the dialogs that the responses to an INVITE of ours have made. */
export class UacFork implements OwedAck {
  readonly session: Session;
  readonly answered: AnsweredFork;
  /** The INVITE as it was sent: its credentials go into the ACK. */
  readonly #invite: SipRequest;
  /** Number of the last reliable response taken (RFC 3262 §4). */
  #responseNumber: number | undefined;
  /** An offer in the 2xx: it must be answered in the ACK. */
  #offer: Payload | undefined;

  constructor(session: Session, invite: SipRequest) {
    this.session = session;
    this.answered = { tag: session.dialog.remoteTag, ack: undefined, ackTo: undefined, next: undefined };
    this.#invite = invite;
  }

  get sequence(): number {
    return this.#invite.cseq.sequence;
  }

  get #live(): LiveDialog {
    return this.session.live;
  }

  /** The number of a reliable response that is next in order; undefined for a repeated or premature one (RFC 3262 §4). */
  takeReliable(response: SipResponse): number | undefined {
    const number = parseRSeq(response.headers.get('RSeq') ?? '');
    const isNext = this.#responseNumber === undefined || number === this.#responseNumber + 1;
    if (number === undefined || !isNext) return undefined;
    this.#responseNumber = number;
    return number;
  }

  /** Takes the description of a reliable response: the answer to our offer, or an offer. A repeated one says nothing. */
  takeDescription(payload: Payload | undefined): void {
    const { descriptions } = this.session;
    if (!payload) return;
    if (descriptions.state === 'offer-sent') descriptions.receiveAnswer(payload);
    else if (descriptions.state === 'idle') descriptions.receiveOffer(payload);
  }

  /** The 2xx came; an offer in it is still to be answered. */
  takeSuccess(response: SipResponse): void {
    const payload = payloadOf(response);
    this.takeDescription(payload);
    // Our offer was not answered at all: so be it, but the next one must be possible.
    if (this.session.descriptions.state === 'offer-sent') this.session.descriptions.reject();
    if (this.session.descriptions.state === 'offer-received') this.#offer = payload;
  }

  /** Sends the ACK; an offer that nobody answers is refused, as it must be answered (RFC 3261 §13.2.2.4). */
  acknowledge(answer: Payload | undefined): void {
    if (this.answered.ackTo) return;
    const sent = answer ?? (this.#offer && refusingAnswer(this.#offer));
    const { answered } = this;
    this.#live.sendAck(this.sequence, this.#invite, sent, ({ bytes, to }) => {
      answered.ack = keepOctets(bytes);
      answered.ackTo = to;
    });
  }
}

function ignoreFailure(): void {}
