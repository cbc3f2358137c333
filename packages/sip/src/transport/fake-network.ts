import type { Clock } from '../time/clock.ts';
import type { Random } from '../time/random.ts';
import { FakeNode } from './fake-node.ts';
import type { TransportEvents, TransportName } from './transport.ts';

/** How a fake network treats what is sent. Probabilities between 0 and 1; all absent: perfect, immediate, in order. */
export interface FakeNetworkOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Time from one node to another, a number or [least, most]. */
  readonly delayMs?: number | readonly [number, number];
  /** Share of datagrams that vanish. Streams lose nothing, as TCP does. */
  readonly loss?: number;
  /** Share of datagrams that arrive twice. */
  readonly duplicate?: number;
  /** Share of datagrams held back so that later ones overtake them. */
  readonly reorder?: number;
}

/** One message handed to the network, whether it arrives or not. */
export interface Sent {
  readonly atMs: number;
  readonly transport: TransportName;
  readonly from: { readonly address: string; readonly port: number };
  readonly to: { readonly address: string; readonly port: number };
  readonly bytes: Buffer;
}

/** Something under way that does its work on arrival. */
export interface Parcel {
  readonly from: string;
  readonly to: string;
  arrive(): void;
}

/** How long a datagram is held back to be overtaken, beside its delay. */
const REORDER_MS = 30;
/** What is sent on a stream over a cut link is tried again after this long, as TCP does. */
const STREAM_RETRY_MS = 1000;

/**
 * Any number of nodes in one thread, their messages carried by timers of the handed-in clock. With a `VirtualClock` and a
 * `SeededRandom` a run is repeatable.
 */
export class FakeNetwork {
  readonly clock: Clock;
  readonly random: Random;
  /** Called with every message a node sends, before its fate is drawn. */
  tap: ((sent: Sent) => void) | undefined;
  /** Changed at any time, they hold for what is sent from then on. */
  delayMs: number | readonly [number, number];
  loss: number;
  duplicate: number;
  reorder: number;
  readonly #nodes = new Map<string, FakeNode>();
  readonly #cuts = new Set<string>();
  #inFlight = 0;

  constructor(options: FakeNetworkOptions) {
    this.clock = options.clock;
    this.random = options.random;
    this.delayMs = options.delayMs ?? 0;
    this.loss = options.loss ?? 0;
    this.duplicate = options.duplicate ?? 0;
    this.reorder = options.reorder ?? 0;
  }

  /** Messages and connection signals under way. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /**
   * Places a node that hears on `address` and `port` by the given transports (UDP when none is named). Throws when
   * another node hears there.
   */
  attach(address: string, port: number, events: TransportEvents, transports: readonly TransportName[] = ['udp']) {
    const node = new FakeNode(this, address, port, transports, events);
    for (const transport of transports) {
      const key = pointKey(transport, address, port);
      if (this.#nodes.has(key)) throw new Error(`A fake node hears on ${key} already.`);
      this.#nodes.set(key, node);
    }
    return node;
  }

  /** The node hearing there. */
  nodeAt(transport: TransportName, address: string, port: number): FakeNode | undefined {
    return this.#nodes.get(pointKey(transport, address, port));
  }

  /** Takes a node's points off the network; it is `node.close()` and `node.vanish()` that people call. */
  remove(node: FakeNode): void {
    for (const transport of node.transports) this.#nodes.delete(pointKey(transport, node.address, node.port));
  }

  /** Breaks the link between two addresses, in both directions, or all links of one. What is under way arrives. */
  cut(a: string, b?: string): void {
    this.#cuts.add(cutKey(a, b));
  }

  restore(a: string, b?: string): void {
    this.#cuts.delete(cutKey(a, b));
  }

  isCut(a: string, b: string): boolean {
    return this.#cuts.size > 0 && [cutKey(a, b), cutKey(a), cutKey(b)].some((key) => this.#cuts.has(key));
  }

  /** Sends a parcel that may be lost, doubled or overtaken. */
  carryDatagram(parcel: Parcel): void {
    if (this.isCut(parcel.from, parcel.to) || this.#happens(this.loss)) return;
    this.carry(parcel, this.drawDelayMs() + (this.#happens(this.reorder) ? REORDER_MS : 0));
    if (this.#happens(this.duplicate)) this.carry(parcel, this.drawDelayMs());
  }

  /** Lets a parcel arrive after `delayMs`. */
  carry(parcel: Parcel, delayMs: number): void {
    this.#inFlight++;
    this.clock.startTimer(delayMs, this, parcel);
  }

  /** For how long a stream over a cut link waits before it tries again. */
  get streamRetryMs(): number {
    return STREAM_RETRY_MS;
  }

  drawDelayMs(): number {
    if (typeof this.delayMs === 'number') return this.delayMs;
    const [least, most] = this.delayMs;
    return least + this.random.int(most - least + 1);
  }

  onTimer(parcel: Parcel): void {
    this.#inFlight--;
    parcel.arrive();
  }

  #happens(share: number): boolean {
    return share > 0 && this.random.int(1_000_000) < share * 1_000_000;
  }
}

function pointKey(transport: TransportName, address: string, port: number): string {
  return `${transport} ${address} ${port}`;
}

function cutKey(a: string, b = '*'): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}
