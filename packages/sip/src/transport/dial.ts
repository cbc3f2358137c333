import { connect, isIP, type Socket } from 'node:net';
import { type TLSSocket, connect as tlsConnect } from 'node:tls';
import type { ConnectionSetup } from './connection.ts';
import type { TransportContext } from './context.ts';
import type { TlsClientOptions } from './options.ts';
import { StreamConnection } from './stream-connection.ts';
import { certificateNames, secureClientOptions } from './tls-options.ts';
import type { Target } from './transport.ts';

/** Opens a TCP connection; messages may be written at once. */
export function dialTcp(target: Target, setup: ConnectionSetup, context: TransportContext): StreamConnection {
  const { address: host, port, localAddress } = target;
  const socket = connect({ host, port, ...(localAddress === undefined ? {} : { localAddress }) });
  const connection = new StreamConnection(setup, socket, context);
  socket.once('connect', () => connection.start());
  socket.once('error', (error) => connection.failed('unreachable', error));
  return connection;
}

/** Opens a TLS connection and checks the peer's certificate for the target's name, or its address without one. */
export function dialTls(
  target: Target,
  setup: ConnectionSetup,
  context: TransportContext,
  tls: TlsClientOptions | undefined,
): StreamConnection {
  const { address: host, port, localAddress, serverName } = target;
  const name = serverName !== undefined && isIP(serverName) === 0 ? serverName : undefined;
  const socket: TLSSocket = tlsConnect({
    ...secureClientOptions(tls, name, host),
    host,
    port,
    ...(localAddress === undefined ? {} : { localAddress }),
  });
  const connection = new StreamConnection(setup, socket, context);
  let isTcpUp = false;
  (socket as Socket).once('connect', () => {
    isTcpUp = true;
  });
  socket.once('secureConnect', () => {
    connection.peerCertificateNames = certificateNames(socket);
    connection.start();
  });
  socket.once('error', (error) => connection.failed(isTcpUp ? 'tls' : 'unreachable', error));
  return connection;
}
