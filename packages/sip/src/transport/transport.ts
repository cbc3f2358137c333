import type { SipMessage } from '../message/message.ts';
import type { ParseFailure } from '../message/parse.ts';

export type TransportName = 'udp' | 'tcp' | 'tls' | 'ws' | 'wss';

/** Where to send: an address, not a name (RFC 3263 has been done). IPv6 without brackets. */
export interface Target {
  readonly transport: TransportName;
  readonly address: string;
  readonly port: number;
  /** Name that the peer's certificate must show (tls, wss). */
  readonly serverName?: string | undefined;
  /** The local address to send from, when the peer was heard on a certain one. */
  readonly localAddress?: string | undefined;
}

/**
 * The way a message came and its answers go back: one UDP address pair or one connection. Equal ways are equal objects
 * as long as they live.
 */
export interface Flow {
  readonly id: string;
  readonly transport: TransportName;
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** True for all but UDP: no retransmission timers (RFC 3261 §17). */
  readonly isReliable: boolean;
  /** False once the connection is closed or the socket gone. */
  readonly isOpen: boolean;
  /** Subject of the peer's verified certificate (mutual TLS), undefined otherwise. */
  readonly peerCertificateNames?: readonly string[] | undefined;
}

export type SendFailure = 'unreachable' | 'timeout' | 'closed' | 'too-large' | 'overloaded' | 'tls';

/** What the transport layer tells; one listener, given at construction. */
export interface TransportEvents {
  onMessage(message: SipMessage, flow: Flow): void;
  /** Something that began like a message but is none; RFC 3261 §18.3, RFC 4475. */
  onMalformed(failure: ParseFailure, flow: Flow): void;
  /** A connection ended, or its keep-alive failed. */
  onFlowClosed(flow: Flow): void;
}

/** Sends octets; the sockets behind it are real (`SocketTransport`) or simulated. */
export interface Transport {
  /**
   * Sends on an open flow, or to a target (a connection is opened or reused, RFC 5923). `bytes` must not be changed
   * afterwards. `onFailure` is called at most once, later, when it is known that the message was not sent.
   */
  send(bytes: Buffer, to: Flow | Target, onFailure: (failure: SendFailure) => void): void;
  /**
   * The address to write into Via and Contact when sending there: host and port as others reach us, IPv6 in brackets.
   * Undefined when nothing can be sent there.
   */
  localFor(to: Flow | Target): { readonly host: string; readonly port: number } | undefined;
  /** The peer has promised keep-alives: a connection on which nothing is heard for so long is closed (RFC 5626 §4.4). */
  expectKeepAlives?(flow: Flow, withinMs: number): void;
}

export function isFlow(to: Flow | Target): to is Flow {
  return 'isReliable' in to;
}
