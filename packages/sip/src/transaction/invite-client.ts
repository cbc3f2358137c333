import { arrow, type Table } from './machine.ts';

/** INVITE client transaction: RFC 3261 §17.1.1, figure 5, with `accepted` from RFC 6026 §7.2. */
export type InviteClientState = 'calling' | 'proceeding' | 'completed' | 'accepted' | 'terminated';

export type InviteClientEvent =
  | 'provisional'
  | 'success'
  | 'failure'
  | 'timerA'
  | 'timerB'
  | 'timerD'
  | 'timerM'
  | 'transportError';

export type ClientEffect =
  | 'resend'
  /** Pass the response to the transaction user. */
  | 'deliver'
  /** Acknowledge a response of 300–699 (§17.1.1.3). */
  | 'ack'
  | 'doubleA'
  | 'backOffE'
  | 'restartE'
  | 'stopRetransmission'
  | 'startD'
  | 'startK'
  | 'startM'
  /** Tell the transaction user that no answer came. */
  | 'reportTimeout'
  | 'reportTransportError';

export const INVITE_CLIENT: Table<InviteClientState, InviteClientEvent, ClientEffect> = {
  calling: {
    timerA: arrow('calling', 'resend', 'doubleA'),
    timerB: arrow('terminated', 'reportTimeout'),
    provisional: arrow('proceeding', 'stopRetransmission', 'deliver'),
    success: arrow('accepted', 'stopRetransmission', 'startM', 'deliver'),
    failure: arrow('completed', 'stopRetransmission', 'ack', 'startD', 'deliver'),
    transportError: arrow('terminated', 'reportTransportError'),
  },
  proceeding: {
    provisional: arrow('proceeding', 'deliver'),
    success: arrow('accepted', 'startM', 'deliver'),
    failure: arrow('completed', 'ack', 'startD', 'deliver'),
  },
  completed: {
    failure: arrow('completed', 'ack'),
    timerD: arrow('terminated'),
    transportError: arrow('terminated', 'reportTransportError'),
  },
  accepted: {
    // RFC 6026 §7.2: retransmitted and forked 2xx go up; the user acknowledges each.
    success: arrow('accepted', 'deliver'),
    timerM: arrow('terminated'),
  },
  terminated: {},
};
