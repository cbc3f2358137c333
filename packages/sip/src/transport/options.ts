import type { Server as HttpServer, IncomingMessage, RequestListener } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import type { Clock } from '../time/clock.ts';
import type { TransportProblem } from './errors.ts';
import type { TransportEvents, TransportName } from './transport.ts';

/** A place to hear on. */
export interface ListenPoint {
  readonly transport: TransportName;
  /** IPv4 or IPv6 address without brackets; `0.0.0.0` or `::` for every address of that family. */
  readonly address: string;
  /** 0 lets the system choose; `boundPoints()` tells what it chose. */
  readonly port: number;
  /** How others reach this point, when that differs from the address: behind a forwarding router, or by name. */
  readonly advertised?: { readonly host: string; readonly port?: number | undefined } | undefined;
  /** Needed for tls and wss, unless wss comes by a handed-in server. */
  readonly tls?: TlsServerOptions | undefined;
  /** For ws and wss. */
  readonly ws?: WsServerOptions | undefined;
}

/** Certificate and key in PEM. */
export interface Certificate {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
  /** Authorities whose client certificates are believed (mutual TLS). */
  readonly ca?: string | Buffer | readonly (string | Buffer)[] | undefined;
}

export interface TlsServerOptions extends Certificate {
  /** Whether the peer must show a certificate of its own; 'none' when absent. */
  readonly clientCertificate?: 'none' | 'optional' | 'required' | undefined;
  /** Oldest version spoken, `DEFAULT_MIN_TLS` when absent. */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3' | undefined;
}

/** How connections that we open are secured. */
export interface TlsClientOptions {
  /** Authorities believed; those of the system's list when absent. */
  readonly ca?: string | Buffer | readonly (string | Buffer)[] | undefined;
  /** Shown when the peer asks (mutual TLS). */
  readonly cert?: string | Buffer | undefined;
  readonly key?: string | Buffer | undefined;
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3' | undefined;
}

export interface WsServerOptions {
  /** Takes upgrades of this server instead of one of our own; it is neither told to listen nor closed by us. */
  readonly server?: HttpServer | HttpsServer | undefined;
  /** Answers plain HTTP requests on a server of our own: a page, a file. Without it they are told that this is a SIP server. */
  readonly onRequest?: RequestListener | undefined;
  /** Takes upgrades for other paths on a server of our own; true when it has taken one. Without it they are refused. */
  readonly onUpgrade?: ((request: IncomingMessage, socket: Duplex, head: Buffer) => boolean) | undefined;
  /** Request paths that lead here, `DEFAULT_WS_PATHS` when absent. */
  readonly paths?: readonly string[] | undefined;
  /** Origins of web pages that may connect (`https://phone.example.com`); any, when absent. Programs send none. */
  readonly origins?: readonly string[] | undefined;
}

export const DEFAULT_MIN_TLS = 'TLSv1.2';
export const DEFAULT_WS_PATHS: readonly string[] = ['/', '/ws'];

/** Bounds on what peers may take from us. */
export interface TransportLimits {
  /** Connections in both directions. */
  readonly maxConnections: number;
  /** Accepted connections from one source (IPv6: from one /64 network). */
  readonly maxConnectionsPerSource: number;
  /** UDP address pairs remembered. */
  readonly maxUdpFlows: number;
  /** A UDP address pair may be forgotten after this long without a datagram. */
  readonly udpFlowAgeMs: number;
  /** Octets waiting to be sent on one connection; over it the connection is closed. */
  readonly maxQueuedOctets: number;
  /** Time to open a connection, handshakes included. */
  readonly connectMs: number;
  /** Time an accepted connection has until its first whole message or keep-alive, handshakes included. */
  readonly firstMessageMs: number;
  /** Time in which a message that has begun must be whole. */
  readonly messageMs: number;
  /** Time a peer may leave our octets unread when the queue is full. */
  readonly stallMs: number;
  /** Time without anything heard after which a connection is closed. */
  readonly idleMs: number;
  /** Interval of CRLF pings on connections that we opened (RFC 5626 §4.4.1); 0 for none. */
  readonly pingIntervalMs: number;
  /** Interval of pings on WebSocket connections, either side; 0 for none. */
  readonly wsPingIntervalMs: number;
  /** Time in which a ping must be answered. */
  readonly pongMs: number;
  /** Size asked for the kernel's UDP buffers, in octets; the kernel may grant less. */
  readonly udpBufferOctets: number;
}

export const DEFAULT_LIMITS: TransportLimits = {
  maxConnections: 20_000,
  maxConnectionsPerSource: 2_000,
  maxUdpFlows: 65_536,
  udpFlowAgeMs: 600_000,
  maxQueuedOctets: 1_048_576,
  connectMs: 5_000,
  firstMessageMs: 30_000,
  messageMs: 10_000,
  stallMs: 30_000,
  // A little over an hour: a phone that only registers anew every hour keeps its connection.
  idleMs: 3_900_000,
  pingIntervalMs: 0,
  wsPingIntervalMs: 30_000,
  // RFC 5626 §4.4.1.
  pongMs: 10_000,
  udpBufferOctets: 4_194_304,
};

export interface SocketTransportOptions {
  readonly points: readonly ListenPoint[];
  readonly clock: Clock;
  readonly events: TransportEvents;
  readonly tlsClient?: TlsClientOptions | undefined;
  /** What differs from `DEFAULT_LIMITS`. */
  readonly limits?: Partial<TransportLimits> | undefined;
  /** Asked for each UDP datagram before it is parsed and for each connection before it is accepted. */
  readonly admit?: ((address: string, transport: TransportName) => boolean) | undefined;
  /** Told of what an operator may want to know: refused certificates, connections over a limit. */
  readonly onProblem?: ((problem: TransportProblem) => void) | undefined;
  /** Told what a listener threw; by default it is thrown again outside the socket's call. */
  readonly onError?: ((error: unknown) => void) | undefined;
}
