import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { ConnectionSetup } from './connection.ts';
import { plainAddress } from './connection-gate.ts';
import type { TransportContext } from './context.ts';
import { hostText } from './host-text.ts';
import { isUnspecified } from './local-address.ts';
import type { Certificate, ListenPoint } from './options.ts';

/** Something that hears at a point and accepts connections. */
export interface Listener {
  readonly point: ListenPoint;
  /** The port it hears on; once listening, the one the system chose. */
  readonly port: number;
  listen(): Promise<void>;
  /** Accepts no more; resolves when the last of its connections is gone. */
  stop(): Promise<void>;
  /** Ends what it accepted and what has not ended by itself. */
  destroyRest(): void;
  setCertificate(certificate: Certificate): void;
}

/**
 * What to write into Via and Contact for a point: what it advertises, else where it is bound, else the local address that
 * leads to the peer.
 */
export function advertisedBy(
  { point, port }: { readonly point: ListenPoint; readonly port: number },
  localAddress: string,
): { readonly host: string; readonly port: number } {
  const { advertised, address } = point;
  if (advertised) return { host: advertised.host, port: advertised.port ?? port };
  return { host: hostText(isUnspecified(address) ? localAddress : address), port };
}

/** What a connection is that this listener has accepted on that socket. */
export function acceptedBy(listener: Listener, socket: Socket): ConnectionSetup {
  return {
    transport: listener.point.transport,
    remoteAddress: plainAddress(socket.remoteAddress ?? ''),
    remotePort: socket.remotePort ?? 0,
    role: 'server',
    local: advertisedBy(listener, plainAddress(socket.localAddress ?? '')),
  };
}

/** Tells of a handshake that failed at a point, and ends its connection. */
export function tlsFailureAt({ transport }: ListenPoint, context: TransportContext) {
  return (error: Error, socket: TLSSocket): void => {
    const [address, port] = [plainAddress(socket.remoteAddress ?? ''), socket.remotePort ?? 0];
    const message = `TLS handshake failed: ${error.message}.`;
    context.problem({ code: 'SIP_TLS_FAILED', transport, address, port, message });
    socket.destroy();
  };
}
