import { newCounters, type TransportCounters } from './counters.ts';
import type { FakeNetwork } from './fake-network.ts';
import { type FakeStreamEnd, openFakeStream } from './fake-stream.ts';
import { hostText } from './host-text.ts';
import { isKeepAlive, Receiver } from './receive.ts';
import {
  type Flow,
  isFlow,
  type SendFailure,
  type Target,
  type Transport,
  type TransportEvents,
  type TransportName,
} from './transport.ts';

/** One node of a fake network: a `Transport` with one address and port for all its transports. */
export class FakeNode implements Transport {
  readonly network: FakeNetwork;
  readonly address: string;
  readonly port: number;
  readonly transports: readonly TransportName[];
  readonly counters: TransportCounters = newCounters();
  readonly receiver: Receiver;
  #isAttached = true;
  #nextPort = 49_152;
  readonly #flows = new Map<string, FakeDatagramFlow>();
  readonly #streams = new Map<string, FakeStreamEnd>();

  constructor(
    network: FakeNetwork,
    address: string,
    port: number,
    transports: readonly TransportName[],
    events: TransportEvents,
  ) {
    this.network = network;
    this.address = address;
    this.port = port;
    this.transports = transports;
    this.receiver = new Receiver(events, this.counters, rethrow);
  }

  get isAttached(): boolean {
    return this.#isAttached;
  }

  send(bytes: Buffer, to: Flow | Target, onFailure: (failure: SendFailure) => void): void {
    if (!this.#isAttached) return this.fail(onFailure, 'closed');
    if (to.transport === 'udp') return this.#sendDatagram(bytes, to, onFailure);
    const stream = isFlow(to) ? (to as FakeStreamEnd) : this.#streamTo(to);
    stream.write(bytes, onFailure);
  }

  localFor(to: Flow | Target): { host: string; port: number } | undefined {
    return this.#isAttached ? { host: hostText(to.localAddress ?? this.address), port: this.port } : undefined;
  }

  /** Leaves in good order: connections end, the peers are told, the own listener nothing more. Twice does nothing. */
  close(): void {
    if (!this.#isAttached) return;
    for (const stream of [...this.#streams.values()]) stream.close();
    this.vanish();
  }

  /** Leaves like a machine whose plug was pulled: nobody is told, and what comes for it is lost. */
  vanish(): void {
    this.#isAttached = false;
    this.network.remove(this);
  }

  /** Tells a sender later, as real sockets do. */
  fail(onFailure: (failure: SendFailure) => void, failure: SendFailure, delayMs = 0): void {
    this.counters.failed++;
    const notice = { from: this.address, to: this.address, arrive: () => onFailure(failure) };
    this.network.carry(notice, delayMs);
  }

  /** Notes a message as sent and shows it to the tap. */
  noteSent(bytes: Buffer, flow: Flow): void {
    this.counters.sent++;
    this.network.tap?.({
      atMs: this.network.clock.nowMs(),
      transport: flow.transport,
      from: { address: flow.localAddress, port: flow.localPort },
      to: { address: flow.remoteAddress, port: flow.remotePort },
      bytes,
    });
  }

  /** Hears a datagram. */
  hear(bytes: Buffer, address: string, port: number): void {
    if (!this.#isAttached) return;
    if (isKeepAlive(bytes)) this.counters.keepAlives++;
    else this.receiver.receive(bytes, this.#datagramFlow(address, port));
  }

  /** Takes up one end of a stream, opened by this node or by the other. */
  addStream(stream: FakeStreamEnd): void {
    this.#streams.set(streamKey(stream), stream);
  }

  dropStream(stream: FakeStreamEnd): void {
    if (this.#streams.get(streamKey(stream)) === stream) this.#streams.delete(streamKey(stream));
  }

  takePort(): number {
    return this.#nextPort++;
  }

  #sendDatagram(bytes: Buffer, to: Flow | Target, onFailure: (failure: SendFailure) => void): void {
    if (!this.transports.includes('udp')) return this.fail(onFailure, 'unreachable');
    const flow = isFlow(to) ? to : this.#datagramFlow(to.address, to.port);
    this.noteSent(bytes, flow);
    const { network, address, port } = this;
    const { remoteAddress, remotePort } = flow;
    network.carryDatagram({
      from: address,
      to: remoteAddress,
      arrive: () => network.nodeAt('udp', remoteAddress, remotePort)?.hear(bytes, address, port),
    });
  }

  #datagramFlow(address: string, port: number): FakeDatagramFlow {
    const key = `${address} ${port}`;
    const known = this.#flows.get(key);
    if (known) return known;
    const flow = new FakeDatagramFlow(this, address, port);
    this.#flows.set(key, flow);
    return flow;
  }

  #streamTo(target: Target): FakeStreamEnd {
    const open = this.#streams.get(`${target.transport} ${target.address} ${target.port}`);
    return open?.isUsable ? open : openFakeStream(this, target);
  }
}

class FakeDatagramFlow implements Flow {
  readonly transport = 'udp';
  readonly isReliable = false;
  readonly id: string;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly #node: FakeNode;

  constructor(node: FakeNode, address: string, port: number) {
    this.#node = node;
    this.remoteAddress = address;
    this.remotePort = port;
    this.id = `udp ${node.address} ${node.port} ${address} ${port}`;
  }

  get localAddress(): string {
    return this.#node.address;
  }

  get localPort(): number {
    return this.#node.port;
  }

  get isOpen(): boolean {
    return this.#node.isAttached;
  }
}

function streamKey(stream: FakeStreamEnd): string {
  return `${stream.transport} ${stream.remoteAddress} ${stream.remotePort}`;
}

/** In a test a listener that throws is a failure to be seen. */
function rethrow(error: unknown): void {
  throw error;
}
