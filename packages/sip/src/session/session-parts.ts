import type { LiveDialog } from '../dialog/live-dialog.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { RequestFailure } from '../ua/client-request.ts';
import type { UserAgentCore } from '../ua/core.ts';
import type { Descriptions } from './descriptions.ts';
import type { Session } from './session.ts';
import type { SessionHandler, SessionPhase } from './session-handler.ts';
import type { SessionRefresh } from './session-refresh.ts';

/** What the two halves of a session, its own exchanges and the peer's, share with it and with each other. */
export interface SessionParts {
  readonly session: Session;
  readonly core: UserAgentCore;
  readonly live: LiveDialog;
  readonly descriptions: Descriptions;
  readonly refresh: SessionRefresh;
  readonly phase: SessionPhase;
  readonly handler: SessionHandler;
  /** True while an INVITE or UPDATE of ours is open, or a 2xx of theirs not acknowledged. */
  readonly hasOwnExchange: boolean;
  /** True while a re-INVITE of the peer's waits for its answer. */
  readonly hasPeerInvite: boolean;
  /** Notes what the peer can do and where it wants requests; from every target refresh and every response to one. */
  learn(message: SipRequest | SipResponse): void;
  /** Adds to a response what every response of this side carries. */
  fillResponse(response: SipResponse): void;
  /** A 2xx was sent or received: the session is no longer early. */
  onConfirmed(): void;
  /** The ACK of our first 2xx came, will not come, or is needed no more. */
  onDelivered(): void;
  /** No ACK came for a 2xx of ours. */
  onNoAck(): void;
  /** A final response to a request of ours, or its absence, may end the session. */
  sufferFate(method: string, outcome: SipResponse | RequestFailure): void;
}
