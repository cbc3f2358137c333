import { connect, isIP, type Socket } from 'node:net';
import { type TLSSocket, connect as tlsConnect } from 'node:tls';
import { WebSocket } from 'ws';
import type { Connection, ConnectionSetup } from './connection.ts';
import type { TransportContext } from './context.ts';
import { hostText } from './host-text.ts';
import type { TlsClientOptions } from './options.ts';
import { StreamConnection } from './stream-connection.ts';
import { certificateNames, secureClientOptions } from './tls-options.ts';
import type { Target } from './transport.ts';
import { WS_CLIENT_OPTIONS, WS_SUBPROTOCOL, WsConnection } from './ws-connection.ts';

/** Opens a connection to a target other than UDP; messages may be written at once. */
export function dial(
  target: Target,
  setup: ConnectionSetup,
  context: TransportContext,
  tls: TlsClientOptions | undefined,
): Connection {
  switch (target.transport) {
    case 'tls':
      return dialTls(target, setup, context, tls);
    case 'ws':
      return dialWs(target, setup, context, openTcp(target));
    case 'wss':
      return dialWs(target, setup, context, openTls(target, tls));
    default:
      return dialTcp(target, setup, context);
  }
}

function dialTcp(target: Target, setup: ConnectionSetup, context: TransportContext): Connection {
  const socket = openTcp(target);
  const connection = new StreamConnection(setup, socket, context);
  socket.once('connect', () => connection.start());
  socket.once('error', (error) => connection.failed('unreachable', error));
  return connection;
}

function dialTls(
  target: Target,
  setup: ConnectionSetup,
  context: TransportContext,
  tls: TlsClientOptions | undefined,
): Connection {
  const socket = openTls(target, tls);
  const connection = new StreamConnection(setup, socket, context);
  const phase = watchPhase(socket);
  socket.once('secureConnect', () => {
    connection.peerCertificateNames = certificateNames(socket);
    connection.start();
  });
  socket.once('error', (error) => connection.failed(phase(), error));
  return connection;
}

/** RFC 7118: the upgrade asks for the subprotocol `sip`, and a server that does not select it is none. */
function dialWs(target: Target, setup: ConnectionSetup, context: TransportContext, socket: Socket): Connection {
  const host = target.serverName ?? hostText(target.address);
  const ws = upgrade(`${target.transport}://${host}:${target.port}/`, socket);
  const connection = new WsConnection(setup, ws, context);
  const phase = watchPhase(socket);
  ws.once('open', () => {
    if (target.transport === 'wss') connection.peerCertificateNames = certificateNames(socket as TLSSocket);
    connection.start(socket);
  });
  ws.once('error', (error) => connection.failed(phase(), error));
  return connection;
}

function upgrade(url: string, socket: Socket): WebSocket {
  const socketOf = () => socket;
  try {
    const options = { ...WS_CLIENT_OPTIONS, createConnection: socketOf as unknown as typeof connect };
    return new WebSocket(url, WS_SUBPROTOCOL, options);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function openTcp({ address: host, port, localAddress }: Target): Socket {
  return connect({ host, port, ...(localAddress === undefined ? {} : { localAddress }) });
}

/** The peer's certificate is checked for the target's name, or for its address when there is none. */
function openTls({ address: host, port, localAddress, serverName }: Target, tls: TlsClientOptions | undefined) {
  const name = serverName !== undefined && isIP(serverName) === 0 ? serverName : undefined;
  return tlsConnect({
    ...secureClientOptions(tls, name, host),
    host,
    port,
    ...(localAddress === undefined ? {} : { localAddress }),
  });
}

/** Tells what failed, should the socket fail now: the way to the peer, or what it shows in the TLS handshake. */
function watchPhase(socket: Socket): () => 'unreachable' | 'tls' {
  let isHandshaking = false;
  if (!('encrypted' in socket)) return () => 'unreachable';
  socket.once('connect', () => {
    isHandshaking = true;
  });
  socket.once('secureConnect', () => {
    isHandshaking = false;
  });
  return () => (isHandshaking ? 'tls' : 'unreachable');
}
