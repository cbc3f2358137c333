import type { ServerEffect } from './invite-server.ts';
import { arrow, type Table } from './machine.ts';

/** Non-INVITE server transaction: RFC 3261 §17.2.2, figure 8, with RFC 4320 §4. */
export type NonInviteServerState = 'trying' | 'proceeding' | 'completed' | 'terminated';

export type NonInviteServerEvent =
  | 'request'
  /** The user has answered nothing for as long as the client's Timer E takes to reach T2 (RFC 4320 §4.1). */
  | 'slow'
  /** The client's Timer F is over: nobody waits for an answer any more (RFC 4320 §4.2). */
  | 'tooLate'
  | 'sendProvisional'
  | 'sendSuccess'
  | 'sendFailure'
  | 'timerJ'
  | 'transportError';

const final = arrow<NonInviteServerState, ServerEffect>('completed', 'stopTimers', 'send', 'startJ');

export const NON_INVITE_SERVER: Table<NonInviteServerState, NonInviteServerEvent, ServerEffect> = {
  trying: {
    slow: arrow('proceeding', 'sendTrying'),
    tooLate: arrow('terminated'),
    sendProvisional: arrow('proceeding', 'send'),
    sendSuccess: final,
    sendFailure: final,
  },
  proceeding: {
    request: arrow('proceeding', 'resend'),
    tooLate: arrow('terminated'),
    sendProvisional: arrow('proceeding', 'send'),
    sendSuccess: final,
    sendFailure: final,
    transportError: arrow('terminated', 'reportTransportError'),
  },
  completed: {
    request: arrow('completed', 'resend'),
    timerJ: arrow('terminated'),
    transportError: arrow('terminated', 'reportTransportError'),
  },
  terminated: {},
};
