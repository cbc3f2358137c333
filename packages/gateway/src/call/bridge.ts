import {
  type Payload,
  payloadOf,
  type ReinviteExchange,
  type RequestFailure,
  type ServerTransaction,
  type Session,
  type SessionEnd,
  type SessionHandler,
  type SipRequest,
  type SipResponse,
} from '@unisono/sip';
import type { Connection } from './connection.ts';
import { holdByUpdate } from './held-party.ts';
import { isAboutMicrophone } from './microphone.ts';
import type { SdpFace } from './sdp-face.ts';

/** One of the two phones of an answered call. */
export interface BridgeSide {
  readonly session: Session;
  readonly face: SdpFace;
  /** Station whose user this is; the call is counted for it as long as the side is here. */
  readonly station: string | undefined;
}

/** Requests in a call that only the other phone can answer. */
const RELAYED = new Set(['INFO', 'MESSAGE']);
/** Headers that go with them. */
const RELAYED_HEADERS = ['Content-Disposition', 'Info-Package', 'Recv-Info', 'Subject', 'Content-Encoding'] as const;

/** Joins two sessions: what one phone asks in the call is asked of the other (RFC 7092, a signalling-only B2BUA). */
export class Bridge implements SessionHandler {
  readonly a: BridgeSide;
  readonly b: BridgeSide;
  readonly owner: Connection;

  constructor(a: BridgeSide, b: BridgeSide, owner: Connection) {
    this.a = a;
    this.b = b;
    this.owner = owner;
    a.session.handler = b.session.handler = this;
  }

  onReinvite(session: Session, exchange: ReinviteExchange): void {
    const side = this.#sideOf(session);
    const other = this.#otherThan(side);
    const relay = () => relayReinvite(side, other, exchange, () => this.owner.onMediaChanged());
    if (!this.owner.holdsWithMusic(side, other, exchange, relay)) relay();
  }

  onUpdate(session: Session, update: ServerTransaction): void {
    const side = this.#sideOf(session);
    const other = this.#otherThan(side);
    const relay = () => relayUpdate(side, other, update, () => this.owner.onMediaChanged());
    if (!this.owner.holdsWithMusic(side, other, holdByUpdate(session, update), relay)) relay();
  }

  onRequest(session: Session, request: ServerTransaction): void {
    const side = this.#sideOf(session);
    this.#answer(side, this.#otherThan(side), request);
  }

  onBye(session: Session, bye: SipRequest): void {
    this.owner.onSideEnded(this.#sideOf(session), 'bye', bye);
  }

  onEnded(session: Session, end: SessionEnd): void {
    this.owner.onSideEnded(this.#sideOf(session), end, undefined);
  }

  #sideOf(session: Session): BridgeSide {
    return session === this.a.session ? this.a : this.b;
  }

  #otherThan(side: BridgeSide): BridgeSide {
    return side === this.a ? this.b : this.a;
  }

  #answer(side: BridgeSide, other: BridgeSide, transaction: ServerTransaction): void {
    const { method } = transaction.request;
    if (method === 'REFER') return this.owner.onRefer(side, transaction);
    if (isAboutMicrophone(transaction.request)) return this.owner.onMicrophone(side, transaction);
    if (RELAYED.has(method)) return relayRequest(other, transaction);
    if (method === 'OPTIONS') return transaction.reply(200);
    if (method === 'NOTIFY' || method === 'SUBSCRIBE') return transaction.reply(method === 'NOTIFY' ? 481 : 489);
    transaction.reply(501);
  }
}

/** Passes a re-INVITE on; a hold is heard where it belongs. Crossing ones are answered 491 (RFC 3261 §14.2). */
function relayReinvite(side: BridgeSide, other: BridgeSide, exchange: ReinviteExchange, agreed: () => void): void {
  const { offer } = exchange;
  if (!other.session.canOffer) return exchange.reject(491);
  other.session.reinvite(other.face.present(offer), (outcome) => {
    if (!isSuccess(outcome)) return exchange.reject(statusOf(outcome));
    if (offer || !exchange.isOpen) other.session.ack(outcome, offer ? undefined : lastDescription(side, other));
    if (!exchange.isOpen) return;
    const answer = side.face.present(payloadOf(outcome));
    if (offer) {
      exchange.accept(answer);
      return agreed();
    }
    exchange.accept(answer, (late) => {
      other.session.ack(outcome, other.face.present(late));
      agreed();
    });
  });
}

/** The answer when the phone that asked for an offer has lost interest: all is as before. */
function lastDescription(side: BridgeSide, other: BridgeSide): Payload | undefined {
  return other.face.present(side.session.remotePayload);
}

/** Passes an offer in UPDATE on, as UPDATE where the other phone knows it, else as re-INVITE (RFC 3311). */
function relayUpdate(side: BridgeSide, other: BridgeSide, update: ServerTransaction, agreed: () => void): void {
  const offer = payloadOf(update.request);
  if (!other.session.canOffer) return side.session.rejectUpdate(update, 491);
  const done = (outcome: SipResponse | RequestFailure) => {
    if (isSuccess(outcome)) {
      side.session.answerUpdate(update, side.face.present(payloadOf(outcome)));
      agreed();
    } else side.session.rejectUpdate(update, statusOf(outcome));
  };
  if (other.session.allowsUpdate) return other.session.update(other.face.present(offer), done);
  other.session.reinvite(other.face.present(offer), (outcome) => {
    if (isSuccess(outcome)) other.session.ack(outcome);
    done(outcome);
  });
}

function relayRequest(other: BridgeSide, transaction: ServerTransaction): void {
  const { request } = transaction;
  const headers = RELAYED_HEADERS.flatMap((name) => {
    const value = request.headers.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  other.session.request(request.method, { payload: payloadOf(request), headers }, (outcome) => {
    transaction.reply(typeof outcome === 'object' ? outcome.status : 408);
  });
}

function isSuccess(outcome: SipResponse | RequestFailure): outcome is SipResponse {
  return typeof outcome === 'object' && outcome.status >= 200 && outcome.status < 300;
}

/** What the asking phone is told; a dialog that is gone on the other side is no fault of this one. */
function statusOf(outcome: SipResponse | RequestFailure): number {
  if (typeof outcome !== 'object') return outcome === 'pending' ? 491 : 504;
  const { status } = outcome;
  if (status === 401 || status === 407 || status === 408 || status === 481) return 500;
  return status < 400 ? 488 : status;
}
