import type { Flow, ParseFailure, SipRequest, SipResponse, TransportName } from '@unisono/sip';

/**
 * Protection at the doors, as the proxy asks it. Everything here concerns the outside alone and must cost little: it is
 * asked before anything is kept of a message.
 */
export interface Guard {
  /** Asked for each datagram before it is parsed and for each connection before it is accepted; false drops it silently. */
  admit(address: string, transport: TransportName): boolean;
  /** Asked for each new request but ACK and CANCEL: a response refuses it, `'drop'` leaves it unanswered. */
  screen(request: SipRequest, flow: Flow): SipResponse | 'drop' | undefined;
  /** Told how a request from outside ended: the final status that went back, whoever gave it. */
  observe(request: SipRequest, finalStatus: number, flow: Flow): void;
  /** Told of octets that were no message. */
  onMalformed(failure: ParseFailure, flow: Flow): void;
  onFlowClosed(flow: Flow): void;
  /**
   * Told that a call is over which an INVITE from outside began: by BYE, by giving up, or because it was lost. A refused INVITE
   * needs no telling.
   */
  onCallEnded(callId: string): void;
}

/** Lets everybody in: for tests, and where another border stands in front. */
export const openGuard: Guard = {
  admit: () => true,
  screen: () => undefined,
  observe() {},
  onMalformed() {},
  onFlowClosed() {},
  onCallEnded() {},
};
