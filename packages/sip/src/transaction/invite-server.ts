import { arrow, type Table } from './machine.ts';

/** INVITE server transaction: RFC 3261 §17.2.1, figure 7, with `accepted` from RFC 6026 §7.1. */
export type InviteServerState = 'proceeding' | 'completed' | 'confirmed' | 'accepted' | 'terminated';

export type InviteServerEvent =
  | 'request'
  | 'ack'
  /** The user has answered nothing for 200 ms (§17.2.1). */
  | 'slow'
  | 'sendProvisional'
  | 'sendSuccess'
  | 'sendFailure'
  | 'timerG'
  | 'timerH'
  | 'timerI'
  | 'timerL'
  | 'transportError';

export type ServerEffect =
  | 'send'
  | 'resend'
  /** Answer 100 in the user's stead. */
  | 'sendTrying'
  /** Pass the ACK of a 2xx to the transaction user. */
  | 'deliverAck'
  | 'startG'
  | 'backOffG'
  | 'startH'
  | 'startI'
  | 'startJ'
  | 'startL'
  | 'stopTimers'
  /** Tell the transaction user that no ACK came. */
  | 'reportTimeout'
  | 'reportTransportError';

export const INVITE_SERVER: Table<InviteServerState, InviteServerEvent, ServerEffect> = {
  proceeding: {
    request: arrow('proceeding', 'resend'),
    slow: arrow('proceeding', 'sendTrying'),
    sendProvisional: arrow('proceeding', 'send'),
    sendSuccess: arrow('accepted', 'stopTimers', 'send', 'startL'),
    sendFailure: arrow('completed', 'stopTimers', 'send', 'startG', 'startH'),
    transportError: arrow('proceeding', 'reportTransportError'),
  },
  completed: {
    request: arrow('completed', 'resend'),
    ack: arrow('confirmed', 'stopTimers', 'startI'),
    timerG: arrow('completed', 'resend', 'backOffG'),
    timerH: arrow('terminated', 'reportTimeout'),
    transportError: arrow('completed', 'reportTransportError'),
  },
  confirmed: {
    timerI: arrow('terminated'),
  },
  accepted: {
    // RFC 6026 §7.1: request retransmissions are absorbed; 2xx retransmissions belong to the user.
    ack: arrow('accepted', 'deliverAck'),
    sendSuccess: arrow('accepted', 'send'),
    timerL: arrow('terminated'),
    transportError: arrow('accepted', 'reportTransportError'),
  },
  terminated: {},
};
