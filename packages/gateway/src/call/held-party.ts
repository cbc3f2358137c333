import type { MediaEndpoint } from '@unisono/media';
import {
  type Payload,
  payloadOf,
  type RequestFailure,
  type ServerTransaction,
  type Session,
  type SipResponse,
} from '@unisono/sip';
import { type HoldMusic, holding, onHold } from '../application/hold-music.ts';
import type { BridgeSide } from './bridge.ts';
import { isHolding } from './device-dialog.ts';

/** A hold that waits for its answer: a re-INVITE, or an UPDATE. */
export interface HoldRequest {
  readonly offer: Payload | undefined;
  readonly isOpen: boolean;
  accept(answer: Payload | undefined): void;
}

export function holdByUpdate(session: Session, update: ServerTransaction): HoldRequest {
  return {
    offer: payloadOf(update.request),
    get isOpen() {
      return update.isPending && !session.isTerminated;
    },
    accept: (answer) => session.answerUpdate(update, answer),
  };
}

/** How an attempt to give a held party music ended. */
export interface HoldOutcome {
  /** The party hears the music, and the phone that holds has been answered. */
  onMusic(): void;
  /** No music: the hold is to be passed on as it is. The exchange may be over. */
  onNoMusic(): void;
}

/** The party that is on hold in a call, and the music that it hears. */
export class HeldParty {
  readonly #music: HoldMusic;
  #held: { readonly side: BridgeSide; readonly endpoint: MediaEndpoint } | undefined;

  constructor(music: HoldMusic) {
    this.#music = music;
  }

  /** True for a request that puts the other party on hold, where that one can be given music. */
  isFor(exchange: HoldRequest, other: BridgeSide): boolean {
    if (!isHolding(exchange.offer) || !other.session.canOffer) return false;
    return !isHolding(other.session.remotePayload) || this.#hears(other);
  }

  /** Answers the phone that holds, when the other party hears music. */
  hold(side: BridgeSide, other: BridgeSide, exchange: HoldRequest, outcome: HoldOutcome): void {
    if (!this.#hears(other)) return void this.#begin(side, other, exchange, outcome);
    exchange.accept(side.face.present(onHold(other.session.remotePayload)));
    outcome.onMusic();
  }

  /** The party hears somebody again, or the call is over. */
  stop(): void {
    this.#held?.endpoint.close();
    this.#held = undefined;
  }

  #hears(party: BridgeSide): boolean {
    return this.#held?.side.session === party.session;
  }

  async #begin(side: BridgeSide, other: BridgeSide, exchange: HoldRequest, outcome: HoldOutcome): Promise<void> {
    const endpoint = this.#music.listener();
    const before = other.session.remotePayload;
    const giveUp = () => {
      endpoint.close();
      outcome.onNoMusic();
    };
    const offer = await endpoint.offer();
    if (!offer.ok || !exchange.isOpen || !other.session.canOffer) return giveUp();
    other.session.reinvite(other.face.present(holding(offer.sdp)), (answer) => {
      if (!isSuccess(answer)) return giveUp();
      other.session.ack(answer);
      const described = payloadOf(answer);
      if (!described || !endpoint.accept(described.bytes).ok || !exchange.isOpen) return giveUp();
      this.stop();
      this.#held = { side: other, endpoint };
      exchange.accept(side.face.present(onHold(before)));
      outcome.onMusic();
    });
  }
}

function isSuccess(outcome: SipResponse | RequestFailure): outcome is SipResponse {
  return typeof outcome === 'object' && outcome.status < 300;
}
