import type { ExtraHeaders, Payload } from '../dialog/payload.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import type { RequestFailure } from '../ua/client-request.ts';
import type { ReinviteExchange } from './reinvite-exchange.ts';
import type { Session } from './session.ts';

/** early: provisional responses only. confirmed: a 2xx was sent or received. terminated: over, for whatever reason. */
export type SessionPhase = 'early' | 'confirmed' | 'terminated';

/** Why a session ended without a BYE of the peer. */
export type SessionEnd =
  /** The peer stopped refreshing it, or would not take our refresh (RFC 4028). */
  | 'expired'
  /** No ACK of our 2xx came. */
  | 'no-ack'
  /** The peer does not know the dialog any more (RFC 5057). */
  | 'dialog-gone'
  /** The user agent was closed. */
  | 'closed';

/** What a session tells its owner. */
export interface SessionHandler {
  /** A re-INVITE that changes something: answer it by the exchange. */
  onReinvite(session: Session, exchange: ReinviteExchange): void;
  /**
   * An UPDATE (RFC 3311) or PRACK (RFC 3262 §5) with an offer: answer it with `session.answerUpdate` or `rejectUpdate`.
   */
  onUpdate(session: Session, update: ServerTransaction): void;
  /** Any other request in the dialog (INFO, REFER, NOTIFY, MESSAGE …): answer it. */
  onRequest(session: Session, request: ServerTransaction): void;
  /** The peer hung up; the BYE has been answered. */
  onBye(session: Session, bye: SipRequest): void;
  /** The session ended on this side; a BYE was sent where one was due. */
  onEnded(session: Session, end: SessionEnd): void;
  /** A PRACK brought the answer to the offer of a response that was sent reliably. */
  onEarlyAnswer?(session: Session, answer: Payload): void;
}

export type ResponseCallback = (outcome: SipResponse | RequestFailure) => void;

/** Who has the INVITE of a session in hand as long as it is early. */
export interface EarlyOwner {
  /** The peer hung up the early dialog; its BYE has been answered. */
  onEarlyBye(session: Session, bye: SipRequest): void;
  /** Our side hung it up: see to it that the INVITE ends. */
  onEarlyHangUp(session: Session, headers: ExtraHeaders | undefined): void;
}

/** A 2xx that came to an INVITE of ours and waits for its ACK. */
export interface OwedAck {
  readonly sequence: number;
  acknowledge(answer: Payload | undefined): void;
}
