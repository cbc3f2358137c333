import type { ServerEffect } from './invite-server.ts';
import { arrow, type Table } from './machine.ts';

/** Non-INVITE server transaction: RFC 3261 §17.2.2, figure 8. */
export type NonInviteServerState = 'trying' | 'proceeding' | 'completed' | 'terminated';

export type NonInviteServerEvent =
  | 'request'
  | 'sendProvisional'
  | 'sendSuccess'
  | 'sendFailure'
  | 'timerJ'
  | 'transportError';

const final = arrow<NonInviteServerState, ServerEffect>('completed', 'send', 'startJ');

export const NON_INVITE_SERVER: Table<NonInviteServerState, NonInviteServerEvent, ServerEffect> = {
  trying: {
    sendProvisional: arrow('proceeding', 'send'),
    sendSuccess: final,
    sendFailure: final,
  },
  proceeding: {
    request: arrow('proceeding', 'resend'),
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
