import { isIPv6, type Socket } from 'node:net';
import type { TransportContext } from './context.ts';
import { errorCode } from './errors.ts';
import type { TransportName } from './transport.ts';

/** Counts raw connections from their first moment, before any handshake, and turns away those over the limits. */
export class ConnectionGate {
  #total = 0;
  readonly #bySource = new Map<string, number>();
  readonly #sockets = new Set<Socket>();
  readonly #context: TransportContext;

  constructor(context: TransportContext) {
    this.#context = context;
  }

  /** Lets a raw socket in until it closes; destroys it and gives false when it may not come in. */
  enter(socket: Socket, transport: TransportName): boolean {
    const address = plainAddress(socket.remoteAddress ?? '');
    const why = address === '' ? 'gone already' : this.#objection(address, transport);
    if (why !== undefined) {
      this.#refuse(socket, transport, address, why);
      return false;
    }
    const source = sourceOf(address);
    this.#total++;
    this.#bySource.set(source, (this.#bySource.get(source) ?? 0) + 1);
    this.#sockets.add(socket);
    socket.once('close', () => this.#leave(socket, source));
    return true;
  }

  /** Ends everything that is inside, handshakes under way too. */
  destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #objection(address: string, transport: TransportName): string | undefined {
    const { limits, connections } = this.#context;
    if (!this.#context.admit(address, transport)) return 'its source is not admitted';
    if (Math.max(this.#total, connections.size) >= limits.maxConnections) {
      return `there are ${limits.maxConnections} connections already`;
    }
    const count = this.#bySource.get(sourceOf(address)) ?? 0;
    if (count < limits.maxConnectionsPerSource) return undefined;
    return `there are ${limits.maxConnectionsPerSource} connections from this source already`;
  }

  #refuse(socket: Socket, transport: TransportName, address: string, why: string): void {
    this.#context.counters.dropped++;
    const message = `Connection turned away: ${why}.`;
    const port = socket.remotePort ?? 0;
    this.#context.problem({ code: 'SIP_CONNECTION_REFUSED', transport, address, port, message });
    socket.on('error', errorCode);
    socket.destroy();
  }

  #leave(socket: Socket, source: string): void {
    this.#sockets.delete(socket);
    this.#total--;
    const left = (this.#bySource.get(source) ?? 1) - 1;
    if (left <= 0) this.#bySource.delete(source);
    else this.#bySource.set(source, left);
  }
}

/** An IPv4 address that came as an IPv6-mapped one, in its own form. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}

/** One customer: an IPv4 address, or the /64 network of an IPv6 address, within which anyone may pick any. */
export function sourceOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('::');
  const groups = head.split(':');
  return tail === undefined || groups.length >= 4 ? groups.slice(0, 4).join(':') : `${head}::`;
}
