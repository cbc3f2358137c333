import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import { ConnectionGate } from './connection-gate.ts';
import type { TransportContext } from './context.ts';
import { listenError } from './errors.ts';
import { acceptedBy, type Listener, tlsFailureAt } from './listener.ts';
import type { Certificate, ListenPoint } from './options.ts';
import { StreamConnection } from './stream-connection.ts';
import { certificateNames, secureServerOptions } from './tls-options.ts';

/** Accepts TCP or TLS connections at one point. */
export class StreamListener implements Listener {
  readonly point: ListenPoint;
  #port: number;
  readonly #server: Server;
  readonly #gate: ConnectionGate;
  readonly #context: TransportContext;

  constructor(point: ListenPoint, context: TransportContext) {
    this.point = point;
    this.#port = point.port;
    this.#context = context;
    this.#gate = new ConnectionGate(context);
    this.#server = point.transport === 'tls' ? this.#makeTlsServer() : createServer();
    this.#server.prependListener('connection', (socket) => {
      if (this.#gate.enter(socket, point.transport) && point.transport === 'tcp') this.#accept(socket, undefined);
    });
  }

  get port(): number {
    return this.#port;
  }

  listen(): Promise<void> {
    return bindServer(this.#server, this.point, this.#context).then((port) => {
      this.#port = port;
    });
  }

  /** Uses another certificate for connections from now on; those that stand are not touched. */
  setCertificate(certificate: Certificate): void {
    const { point } = this;
    if (point.transport === 'tls' && point.tls) {
      (this.#server as TlsServer).setSecureContext(secureServerOptions({ ...point.tls, ...certificate }));
    }
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  destroyRest(): void {
    this.#gate.destroyAll();
  }

  #makeTlsServer(): Server {
    const { point } = this;
    const { firstMessageMs } = this.#context.limits;
    const server = createTlsServer({ ...secureServerOptions(point.tls), handshakeTimeout: firstMessageMs });
    server.on('secureConnection', (socket) => this.#accept(socket, certificateNames(socket)));
    server.on('tlsClientError', tlsFailureAt(this.point, this.#context));
    return server;
  }

  #accept(socket: Socket, names: readonly string[] | undefined): void {
    const connection = new StreamConnection(acceptedBy(this, socket), socket, this.#context);
    connection.peerCertificateNames = names;
    connection.start();
  }
}

/** Lets a server hear at a point; resolves with its port, rejects with a `ListenError`. */
export function bindServer(server: Server, point: ListenPoint, context: TransportContext): Promise<number> {
  const { transport, address, port } = point;
  return new Promise((resolve, reject) => {
    const onError = (cause: unknown) => reject(listenError(transport, address, port, cause));
    server.once('error', onError);
    server.listen({ host: address, port, ipv6Only: true, exclusive: true, backlog: 1024 }, () => {
      server.off('error', onError);
      server.on('error', (error) => {
        const message = `The socket reported ${error.message}.`;
        context.problem({ code: 'SIP_SOCKET_ERROR', transport, address, port, message });
      });
      const bound = server.address();
      resolve(bound !== null && typeof bound === 'object' ? bound.port : port);
    });
  });
}
