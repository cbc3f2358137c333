import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { type WebSocket, WebSocketServer } from 'ws';
import { ConnectionGate, plainAddress } from './connection-gate.ts';
import type { TransportContext } from './context.ts';
import { acceptedBy, type Listener, tlsFailureAt } from './listener.ts';
import { type Certificate, DEFAULT_WS_PATHS, type ListenPoint } from './options.ts';
import { bindServer } from './stream-listener.ts';
import { certificateNames, secureServerOptions } from './tls-options.ts';
import { WS_SERVER_OPTIONS, WS_SUBPROTOCOL, WsConnection } from './ws-connection.ts';

/** Accepts WebSocket connections (RFC 7118) on an HTTP or HTTPS server of its own, or on one handed in. */
export class WsListener implements Listener {
  readonly point: ListenPoint;
  #port: number;
  readonly #context: TransportContext;
  readonly #server: Server | HttpsServer;
  readonly #isOwnServer: boolean;
  readonly #gate: ConnectionGate;
  readonly #upgrader = new WebSocketServer({
    ...WS_SERVER_OPTIONS,
    noServer: true,
    handleProtocols: () => WS_SUBPROTOCOL,
  });
  readonly #onUpgrade = (request: IncomingMessage, socket: Socket, head: Buffer) =>
    this.#upgrade(request, socket, head);

  constructor(point: ListenPoint, context: TransportContext) {
    this.point = point;
    this.#port = point.port;
    this.#context = context;
    this.#gate = new ConnectionGate(context);
    this.#isOwnServer = point.ws?.server === undefined;
    this.#server = point.ws?.server ?? this.#makeServer();
    if (this.#isOwnServer) {
      this.#server.prependListener('connection', (socket: Socket) => this.#gate.enter(socket, point.transport));
    }
    this.#server.on('upgrade', this.#onUpgrade);
  }

  get port(): number {
    const bound = this.#isOwnServer ? null : this.#server.address();
    return bound !== null && typeof bound === 'object' ? bound.port : this.#port;
  }

  async listen(): Promise<void> {
    if (this.#isOwnServer) this.#port = await bindServer(this.#server, this.point, this.#context);
  }

  setCertificate(certificate: Certificate): void {
    const { tls } = this.point;
    if (tls && 'setSecureContext' in this.#server) {
      this.#server.setSecureContext(secureServerOptions({ ...tls, ...certificate }));
    }
  }

  stop(): Promise<void> {
    this.#server.off('upgrade', this.#onUpgrade);
    if (!this.#isOwnServer) return Promise.resolve();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  destroyRest(): void {
    this.#gate.destroyAll();
  }

  #makeServer(): Server | HttpsServer {
    const { transport, tls, ws } = this.point;
    const answer = ws?.onRequest ?? answerPlainRequest;
    const { firstMessageMs } = this.#context.limits;
    const times = {
      headersTimeout: firstMessageMs,
      requestTimeout: firstMessageMs,
      keepAliveTimeout: 1000,
      connectionsCheckingInterval: Math.ceil(firstMessageMs / 3),
    };
    if (transport === 'ws') return createServer(times, answer);
    const server = createHttpsServer(
      { ...times, ...secureServerOptions(tls), handshakeTimeout: firstMessageMs, ALPNCallback: chooseHttp },
      answer,
    );
    server.on('tlsClientError', tlsFailureAt(this.point, this.#context));
    return server;
  }

  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    if (!this.#isOwnServer) {
      // Other paths of a handed-in server are somebody else's.
      if (!this.#isOurPath(request)) return;
      if (!this.#gate.enter(socket, this.point.transport)) return;
    }
    // Other paths of our own server may be somebody else's, too.
    if (!this.#isOurPath(request) && this.point.ws?.onUpgrade?.(request, socket, head)) return;
    const objection = this.#objection(request);
    if (objection) return this.#refuse(socket, objection);
    this.#upgrader.handleUpgrade(request, socket, head, (ws) => this.#accept(ws, socket));
  }

  #isOurPath(request: IncomingMessage): boolean {
    const path = (request.url ?? '').split('?')[0] as string;
    return (this.point.ws?.paths ?? DEFAULT_WS_PATHS).includes(path);
  }

  #objection(request: IncomingMessage): { status: string; why: string } | undefined {
    const { headers } = request;
    if (!this.#isOurPath(request)) return { status: '404 Not Found', why: `no WebSocket at ${request.url}` };
    const origins = this.point.ws?.origins;
    if (origins && headers.origin !== undefined && !origins.includes(headers.origin)) {
      return { status: '403 Forbidden', why: `origin ${headers.origin} is not allowed` };
    }
    const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim().toLowerCase());
    // RFC 7118 §4.1: a client without the subprotocol speaks something else.
    if (offered.includes(WS_SUBPROTOCOL)) return undefined;
    return { status: '400 Bad Request', why: 'the subprotocol sip is not offered' };
  }

  #refuse(socket: Socket, { status, why }: { status: string; why: string }): void {
    this.#context.counters.dropped++;
    const address = plainAddress(socket.remoteAddress ?? '');
    const message = `Upgrade refused: ${why}.`;
    const { transport } = this.point;
    this.#context.problem({ code: 'SIP_UPGRADE_REFUSED', transport, address, port: socket.remotePort ?? 0, message });
    const text = 'This is a SIP server. Connect by WebSocket with the subprotocol sip.\n';
    socket.on('error', noteNothing);
    socket.end(
      `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
      () => socket.destroySoon(),
    );
  }

  #accept(ws: WebSocket, socket: Socket): void {
    const connection = new WsConnection(acceptedBy(this, socket), ws, this.#context);
    if ('encrypted' in socket) connection.peerCertificateNames = certificateNames(socket as TLSSocket);
    connection.start(socket);
  }
}

/**
 * What an HTTPS server of Node offers by itself (RFC 7301). Told as a list, Node copies that list for every connection into a piece of
 * its pool of buffers, and the 64 kB around the piece stay in memory for as long as the connection does.
 */
function chooseHttp({ protocols }: { readonly protocols: readonly string[] }): string | undefined {
  return protocols.includes('http/1.1') ? 'http/1.1' : undefined;
}

const answerPlainRequest: RequestListener = (_request, response) => {
  response.writeHead(426, { 'Content-Type': 'text/plain', Connection: 'close', Upgrade: 'websocket' });
  response.end('This is a SIP server. Connect by WebSocket with the subprotocol sip.\n');
};

function noteNothing(): void {}
