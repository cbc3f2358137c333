import type { ClientEffect } from './invite-client.ts';
import { arrow, type Table } from './machine.ts';

/** Non-INVITE client transaction: RFC 3261 §17.1.2, figure 6. */
export type NonInviteClientState = 'trying' | 'proceeding' | 'completed' | 'terminated';

export type NonInviteClientEvent =
  | 'provisional'
  | 'success'
  | 'failure'
  | 'timerE'
  | 'timerF'
  | 'timerK'
  | 'transportError';

const final = arrow<NonInviteClientState, ClientEffect>('completed', 'stopRetransmission', 'startK', 'deliver');
const timeout = arrow<NonInviteClientState, ClientEffect>('terminated', 'reportTimeout');

export const NON_INVITE_CLIENT: Table<NonInviteClientState, NonInviteClientEvent, ClientEffect> = {
  trying: {
    timerE: arrow('trying', 'resend', 'backOffE'),
    timerF: timeout,
    provisional: arrow('proceeding', 'deliver'),
    success: final,
    failure: final,
    transportError: arrow('terminated', 'reportTransportError'),
  },
  proceeding: {
    timerE: arrow('proceeding', 'resend', 'restartE'),
    timerF: timeout,
    provisional: arrow('proceeding', 'deliver'),
    success: final,
    failure: final,
    transportError: arrow('terminated', 'reportTransportError'),
  },
  completed: {
    timerK: arrow('terminated'),
  },
  terminated: {},
};
