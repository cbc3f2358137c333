import { isIPv6 } from 'node:net';
import { Connection, type ConnectionLine, type ConnectionSetup } from './connection.ts';
import { ConnectionTable } from './connection-table.ts';
import type { TransportContext } from './context.ts';
import { newCounters, type TransportCounters } from './counters.ts';
import { dial } from './dial.ts';
import { listenError } from './errors.ts';
import { hostText } from './host-text.ts';
import { advertisedBy, type Listener } from './listener.ts';
import { isUnspecified, LocalAddresses } from './local-address.ts';
import { type Certificate, DEFAULT_LIMITS, type ListenPoint, type SocketTransportOptions } from './options.ts';
import { Receiver } from './receive.ts';
import { StreamListener } from './stream-listener.ts';
import { type Flow, isFlow, type SendFailure, type Target, type Transport, type TransportName } from './transport.ts';
import { UdpEndpoint, UdpFlow } from './udp-endpoint.ts';
import { WsListener } from './ws-listener.ts';

/** A point and the port that it really has. */
export interface BoundPoint {
  readonly transport: TransportName;
  readonly address: string;
  readonly port: number;
}

/** What a transport holds and has seen, for the operator. */
export interface TransportSnapshot {
  readonly points: readonly BoundPoint[];
  readonly udpFlows: number;
  readonly connections: number;
  readonly counters: Readonly<TransportCounters>;
}

/** The transport layer (RFC 3261 §18) on real sockets: `listen()`, then messages flow until `close()`. */
export class SocketTransport implements Transport {
  readonly #options: SocketTransportOptions;
  readonly #context: TransportContext;
  readonly #counters: TransportCounters = newCounters();
  readonly #connections = new ConnectionTable();
  readonly #localAddresses: LocalAddresses;
  #udp: readonly UdpEndpoint[] = [];
  #listeners: readonly Listener[] = [];
  #isOpen = false;

  constructor(options: SocketTransportOptions) {
    this.#options = options;
    this.#localAddresses = new LocalAddresses(options.clock);
    this.#context = this.#makeContext();
  }

  /**
   * Resolves when every point hears; rejects with the first point's `ListenError`, and then nothing hears. To be called
   * once.
   */
  async listen(): Promise<void> {
    const made = this.#options.points.map((point) => this.#makePoint(point));
    this.#udp = made.filter((each) => each instanceof UdpEndpoint);
    this.#listeners = made.filter((each): each is Listener => !(each instanceof UdpEndpoint));
    const results = await Promise.allSettled(made.map((each) => each.listen()));
    this.#isOpen = true;
    const failed = results.find((result) => result.status === 'rejected');
    if (!failed) return;
    await this.close();
    throw failed.reason;
  }

  /**
   * Ends all sockets and connections, after what was sent before is out, and tells the listener nothing more; resolves when
   * they are gone. Calling it again does nothing.
   */
  async close(): Promise<void> {
    this.#isOpen = false;
    const ended = [...this.#udp.map((each) => each.close()), ...this.#listeners.map((each) => each.stop())];
    for (const connection of this.#connections) connection.close('shutdown');
    await this.#connections.drained();
    for (const listener of this.#listeners) listener.destroyRest();
    await Promise.all(ended);
    this.#udp = [];
    this.#listeners = [];
  }

  send(bytes: Buffer, to: Flow | Target, onFailure: (failure: SendFailure) => void): void {
    if (to instanceof UdpFlow) to.endpoint.send(bytes, to.remoteAddress, to.remotePort, onFailure);
    else if (to instanceof Connection) to.write(bytes, onFailure);
    else if (isFlow(to) || !this.#isOpen) this.#context.fail(onFailure, 'closed');
    else if (to.transport === 'udp') this.#sendUdp(bytes, to, onFailure);
    else this.#sendStream(bytes, to, onFailure);
  }

  localFor(to: Flow | Target): { readonly host: string; readonly port: number } | undefined {
    if (to instanceof UdpFlow) return advertisedBy(to.endpoint, to.localAddress);
    if (to instanceof Connection) return to.setup.local ?? ownAddress(to);
    if (isFlow(to) || !this.#isOpen) return undefined;
    const point = to.transport === 'udp' ? this.#endpointFor(to) : this.#listenerFor(to);
    const local = to.localAddress ?? this.#localAddresses.towards(to.address);
    if (point) return advertisedBy(point, local ?? point.point.address);
    // Without a point of that transport, peers reach us by the connection that we open, and by nothing else.
    if (to.transport === 'udp' || local === undefined) return undefined;
    return { host: hostText(local), port: DEFAULT_PORTS[to.transport] };
  }

  /** Ends the connection of a flow: nothing more is wanted of the peer. Does nothing for UDP. */
  disconnect(flow: Flow): void {
    if (flow instanceof Connection) flow.close('turned-away');
  }

  expectKeepAlives(flow: Flow, withinMs: number): void {
    if (flow instanceof Connection) flow.expectWithin(withinMs);
  }

  /** The points and the ports that they really have. */
  boundPoints(): BoundPoint[] {
    const points = this.#options.points.map((point) => this.#boundBy(point));
    return points.filter((point) => point !== undefined);
  }

  /** Uses another certificate for connections from now on, at all points with TLS, or at those of one port. */
  setCertificate(certificate: Certificate, port?: number): void {
    for (const listener of this.#listeners) {
      if (port === undefined || listener.port === port) listener.setCertificate(certificate);
    }
  }

  snapshot(): TransportSnapshot {
    return {
      points: this.boundPoints(),
      udpFlows: this.#udp.reduce((sum, endpoint) => sum + endpoint.flowCount, 0),
      connections: this.#connections.size,
      counters: { ...this.#counters },
    };
  }

  /** One line per connection, for the operator. */
  *connections(): Generator<ConnectionLine> {
    for (const connection of this.#connections) yield connection.describe();
  }

  #makeContext(): TransportContext {
    const { clock, events, limits, admit = always, onProblem = ignore, onError = rethrowLater } = this.#options;
    const counters = this.#counters;
    return {
      clock,
      limits: { ...DEFAULT_LIMITS, ...limits },
      counters,
      receiver: new Receiver(events, counters, onError),
      connections: this.#connections,
      localAddresses: this.#localAddresses,
      admit,
      problem: onProblem,
      fail(onFailure, failure) {
        counters.failed++;
        queueMicrotask(() => onFailure(failure));
      },
    };
  }

  #makePoint(point: ListenPoint): UdpEndpoint | Listener {
    const { transport, address, port } = point;
    try {
      if (transport === 'udp') return new UdpEndpoint(point, this.#context);
      if (transport === 'ws' || transport === 'wss') return new WsListener(point, this.#context);
      return new StreamListener(point, this.#context);
    } catch (error) {
      throw listenError(transport, address, port, error);
    }
  }

  #boundBy(point: ListenPoint): BoundPoint | undefined {
    const found = [...this.#udp, ...this.#listeners].find((each) => each.point === point);
    return found && { transport: point.transport, address: point.address, port: found.port };
  }

  #sendUdp(bytes: Buffer, to: Target, onFailure: (failure: SendFailure) => void): void {
    const endpoint = this.#endpointFor(to);
    if (endpoint) endpoint.send(bytes, to.address, to.port, onFailure);
    else this.#context.fail(onFailure, 'unreachable');
  }

  #sendStream(bytes: Buffer, to: Target, onFailure: (failure: SendFailure) => void): void {
    const { limits, fail } = this.#context;
    let connection = this.#connections.find(to);
    if (!connection && this.#connections.size >= limits.maxConnections) return fail(onFailure, 'overloaded');
    connection ??= this.#dial(to);
    if (connection) connection.write(bytes, onFailure);
    else fail(onFailure, 'unreachable');
  }

  /** Undefined when it cannot even be tried: a malformed address, an unusable certificate of ours. */
  #dial(target: Target): Connection | undefined {
    const setup: ConnectionSetup = {
      transport: target.transport,
      remoteAddress: target.address,
      remotePort: target.port,
      role: 'client',
      serverName: target.serverName,
      local: this.localFor(target),
    };
    try {
      return dial(this.#fromOurAddress(target), setup, this.#context, this.#options.tlsClient);
    } catch (error) {
      const { transport, address, port } = target;
      const message = `The connection could not be tried: ${error instanceof Error ? error.message : error}.`;
      this.#context.problem({ code: 'SIP_CONNECT_FAILED', transport, address, port, message });
      return undefined;
    }
  }

  /** A peer knows us by the address that we hear on: what is bound to one connects from there, too, as UDP does by itself. */
  #fromOurAddress(target: Target): Target {
    const bound = this.#listenerFor(target)?.point.address;
    if (target.localAddress !== undefined || bound === undefined || isUnspecified(bound)) return target;
    // From loopback nothing leads to other machines.
    return isLoopback(bound) && !isLoopback(target.address) ? target : { ...target, localAddress: bound };
  }

  #endpointFor(to: Target): UdpEndpoint | undefined {
    return this.#udp.length === 1 && to.localAddress === undefined ? this.#onlyEndpoint(to) : this.#pick(this.#udp, to);
  }

  #onlyEndpoint(to: Target): UdpEndpoint | undefined {
    const only = this.#udp[0];
    return only?.isIpv6 === to.address.includes(':') ? only : undefined;
  }

  #listenerFor(to: Target): Listener | undefined {
    return this.#pick(
      this.#listeners.filter(({ point }) => point.transport === to.transport),
      to,
    );
  }

  /** The point on the address that leads to the target, else one on all addresses, else any of the same family. */
  #pick<Point extends { readonly point: ListenPoint }>(points: readonly Point[], to: Target): Point | undefined {
    const family = points.filter(({ point }) => isIPv6(point.address) === to.address.includes(':'));
    if (family.length <= 1) return family[0];
    const local = to.localAddress ?? this.#localAddresses.towards(to.address);
    const exact = family.find(({ point }) => point.address === local);
    return exact ?? family.find(({ point }) => isUnspecified(point.address)) ?? family[0];
  }
}

const DEFAULT_PORTS: Readonly<Record<TransportName, number>> = { udp: 5060, tcp: 5060, tls: 5061, ws: 80, wss: 443 };

function ownAddress(flow: Flow): { host: string; port: number } {
  return { host: hostText(flow.localAddress), port: flow.localPort };
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

function always(): boolean {
  return true;
}

function ignore(): void {}

function rethrowLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
