import type { TransportName } from './transport.ts';

export type ListenErrorCode =
  /** Another program, or another point, hears on that address and port. */
  | 'SIP_PORT_IN_USE'
  /** The address is none of this machine's. */
  | 'SIP_ADDRESS_NOT_LOCAL'
  /** The system forbids the port (below 1024 without the right to it). */
  | 'SIP_PORT_FORBIDDEN'
  /** Certificate or key is missing, malformed, or they do not belong together. */
  | 'SIP_CERTIFICATE_UNUSABLE'
  /** Anything else; `cause` holds the system's error. */
  | 'SIP_LISTEN_FAILED';

/** Thrown by `listen()`; says where and why, and what helps. */
export class ListenError extends Error {
  readonly code: ListenErrorCode;
  readonly transport: TransportName;
  readonly address: string;
  readonly port: number;

  constructor(code: ListenErrorCode, transport: TransportName, address: string, port: number, cause: unknown) {
    super(`${placeText(transport, address, port)}: ${ADVICE[code]}${detail(code, cause)}`, { cause });
    this.name = 'ListenError';
    this.code = code;
    this.transport = transport;
    this.address = address;
    this.port = port;
  }
}

const ADVICE: Readonly<Record<ListenErrorCode, string>> = {
  SIP_PORT_IN_USE: 'the port is in use. Stop the program that hears there, or choose another port.',
  SIP_ADDRESS_NOT_LOCAL: 'this machine has no such address. Choose one of its own, or 0.0.0.0 or :: for all.',
  SIP_PORT_FORBIDDEN: 'the system forbids this port. Choose one above 1023, or grant the right to it.',
  SIP_CERTIFICATE_UNUSABLE: 'certificate or key cannot be used.',
  SIP_LISTEN_FAILED: 'listening failed.',
};

function detail(code: ListenErrorCode, cause: unknown): string {
  const isTelling = code === 'SIP_CERTIFICATE_UNUSABLE' || code === 'SIP_LISTEN_FAILED';
  return isTelling && cause instanceof Error ? ` ${cause.message}` : '';
}

/** Makes a `ListenError` of what the system said. */
export function listenError(transport: TransportName, address: string, port: number, cause: unknown): ListenError {
  return new ListenError(codeOf(cause), transport, address, port, cause);
}

function codeOf(cause: unknown): ListenErrorCode {
  const system = errorCode(cause);
  if (system === 'EADDRINUSE') return 'SIP_PORT_IN_USE';
  if (system === 'EADDRNOTAVAIL') return 'SIP_ADDRESS_NOT_LOCAL';
  if (system === 'EACCES' || system === 'EPERM') return 'SIP_PORT_FORBIDDEN';
  return system.startsWith('ERR_OSSL') || system === 'SIP_NO_CERTIFICATE'
    ? 'SIP_CERTIFICATE_UNUSABLE'
    : 'SIP_LISTEN_FAILED';
}

/** The code of a system error, '' when it has none. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

export type ProblemCode =
  /** A connection could not be opened. */
  | 'SIP_CONNECT_FAILED'
  /** The TLS handshake failed, either side: the peer's certificate, its name, or no common version. */
  | 'SIP_TLS_FAILED'
  /** A connection was turned away: too many, or its source is not admitted. */
  | 'SIP_CONNECTION_REFUSED'
  /** A WebSocket upgrade was turned away: path, origin, or no `sip` subprotocol. */
  | 'SIP_UPGRADE_REFUSED'
  /** A connection was closed by us: too slow, silent, or more to send than it takes. */
  | 'SIP_CONNECTION_DROPPED'
  /** A socket that hears reported an error. */
  | 'SIP_SOCKET_ERROR';

/** Something that an operator may want to read; nothing was thrown, and senders were told by their own way. */
export interface TransportProblem {
  readonly code: ProblemCode;
  readonly transport: TransportName;
  readonly address: string;
  readonly port: number;
  /** What happened, for people. */
  readonly message: string;
}

function placeText(transport: TransportName, address: string, port: number): string {
  return `${transport} ${address.includes(':') ? `[${address}]` : address}:${port}`;
}
