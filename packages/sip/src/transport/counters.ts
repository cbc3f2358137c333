/** What passed a transport since it was made. */
export interface TransportCounters {
  /** Well-formed messages handed up. */
  received: number;
  /** Messages handed to a socket. */
  sent: number;
  /** Messages that could not be sent. */
  failed: number;
  /** What began like a message and was none. */
  malformed: number;
  /** Datagrams and connections turned away before parsing: not admitted, or over a limit. */
  dropped: number;
  /** Keep-alives heard (CRLF, STUN, WebSocket pong). */
  keepAlives: number;
  /** Connections accepted and opened. */
  accepted: number;
  opened: number;
}

export function newCounters(): TransportCounters {
  return { received: 0, sent: 0, failed: 0, malformed: 0, dropped: 0, keepAlives: 0, accepted: 0, opened: 0 };
}
