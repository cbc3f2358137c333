import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { VirtualClock } from '../time/virtual-clock.ts';
import type { TransportProblem } from './errors.ts';
import type { ListenPoint, SocketTransportOptions } from './options.ts';
import { SocketTransport } from './socket-transport.ts';
import { Recorder } from './testing.ts';
import { CA, SERVER } from './testing-certificates.ts';
import type { SendFailure, Target, TransportName } from './transport.ts';

export interface Started {
  readonly transport: SocketTransport;
  readonly heard: Recorder;
  readonly clock: VirtualClock;
  readonly problems: TransportProblem[];
  /** Where its first point hears. */
  readonly target: Target;
}

const open: { close(): unknown }[] = [];

/** Closes everything that the functions here opened; for `afterEach`. */
export async function closeAll(): Promise<void> {
  await Promise.all(open.splice(0).map((each) => each.close()));
}

/** A point on loopback with a port of the system's choice, and a certificate where one is needed. */
export function point(transport: TransportName, address = '127.0.0.1'): ListenPoint {
  const tls = transport === 'tls' || transport === 'wss' ? SERVER : undefined;
  return { transport, address, port: 0, tls };
}

/** A transport that hears, in virtual time; it believes the test authority. */
export async function start(
  points: readonly ListenPoint[],
  options: Partial<SocketTransportOptions> = {},
): Promise<Started> {
  const heard = new Recorder();
  const clock = new VirtualClock();
  const problems: TransportProblem[] = [];
  const transport = new SocketTransport({
    points,
    clock,
    events: heard,
    tlsClient: { ca: CA },
    onProblem: (problem) => problems.push(problem),
    ...options,
  });
  open.push(transport);
  await transport.listen();
  const target = transport.boundPoints()[0] ?? { transport: 'tcp', address: '127.0.0.1', port: 1 };
  return { transport, heard, clock, problems, target };
}

/** A TCP server that accepts and says nothing. */
export async function startMute(): Promise<{ readonly target: Target; readonly connected: Promise<Socket> }> {
  const server = createServer();
  const sockets: Socket[] = [];
  const connected = new Promise<Socket>((resolve) => server.once('connection', resolve));
  server.on('connection', (socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
  });
  open.push({
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { target: { transport: 'tcp', address: '127.0.0.1', port }, connected };
}

/** A bare TCP client that keeps what it hears. */
export class BareClient {
  readonly socket: Socket;
  text = '';
  isEnded = false;
  #wake: (() => void)[] = [];

  constructor({ address, port }: Target) {
    this.socket = connect({ host: address, port });
    this.socket.on('error', () => undefined);
    this.socket.on('data', (bytes) => this.#note(() => (this.text += bytes.toString('latin1'))));
    this.socket.on('close', () => this.#note(() => (this.isEnded = true)));
    open.push({ close: () => this.socket.destroy() });
  }

  write(bytes: Buffer | string): void {
    this.socket.write(bytes);
  }

  /** Resolves when the claim holds, looked at whenever something arrives or the connection ends. */
  async until(claim: (client: BareClient) => boolean): Promise<void> {
    while (!claim(this)) await new Promise<void>((resolve) => this.#wake.push(resolve));
  }

  #note(change: () => void): void {
    change();
    for (const resolve of this.#wake.splice(0)) resolve();
  }
}

/** Sends and resolves with why it failed; never resolves when it does not fail. */
export function failureOf(transport: SocketTransport, bytes: Buffer, to: Target): Promise<SendFailure> {
  return new Promise((resolve) => transport.send(bytes, to, resolve));
}

/** Lets everything that loopback sockets hold ready be handled. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}
