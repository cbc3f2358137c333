import { newCounters, type TransportCounters } from './counters.ts';
import { Receiver } from './receive.ts';
import { type Flow, isFlow, type SendFailure, type Target, type Transport, type TransportEvents } from './transport.ts';

/**
 * The address of both ends: the IPv4 dummy address (RFC 7600 §4.8), which no machine has and no network carries. Ends are
 * told apart by their ports.
 */
export const LINK_ADDRESS = '192.0.0.8';

export interface InProcessLinkOptions {
  /** Runs a delivery after the present call has returned, deliveries in the order given. */
  readonly defer: (deliver: () => void) => void;
  /** Told what a listener threw. */
  readonly onError: (error: unknown) => void;
}

/** Two SIP nodes of one process joined without sockets: what one end sends, the other receives, in order and unchanged. */
export class InProcessLink {
  readonly a: LinkEnd;
  readonly b: LinkEnd;
  #isOpen = true;

  constructor(options: InProcessLinkOptions) {
    this.a = new LinkEnd(this, 5060, 5061, options);
    this.b = new LinkEnd(this, 5061, 5060, options);
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Both ends fall silent. */
  close(): void {
    this.#isOpen = false;
  }

  /** The other end of an end. */
  opposite(end: LinkEnd): LinkEnd {
    return end === this.a ? this.b : this.a;
  }
}

/** One end of a link: a `Transport` with one flow, reliable, that never closes by itself. */
export class LinkEnd implements Transport {
  readonly flow: Flow;
  readonly counters: TransportCounters = newCounters();
  readonly #link: InProcessLink;
  readonly #port: number;
  readonly #options: InProcessLinkOptions;
  #receiver: Receiver | undefined;

  constructor(link: InProcessLink, port: number, remotePort: number, options: InProcessLinkOptions) {
    this.#link = link;
    this.#port = port;
    this.#options = options;
    this.flow = new LinkFlow(link, port, remotePort);
  }

  /** Where the other end sends to. */
  get target(): Target {
    return { transport: 'tcp', address: LINK_ADDRESS, port: this.#port };
  }

  /** From here on `events` hears what the other end sends; what came before is lost. */
  attach(events: TransportEvents): this {
    this.#receiver = new Receiver(events, this.counters, this.#options.onError);
    return this;
  }

  send(bytes: Buffer, to: Flow | Target, onFailure: (failure: SendFailure) => void): void {
    const failure = this.#link.isOpen ? (leadsToLink(to) ? undefined : 'unreachable') : 'closed';
    if (failure) {
      this.counters.failed++;
      return this.#options.defer(() => onFailure(failure));
    }
    this.counters.sent++;
    const other = this.#link.opposite(this);
    this.#options.defer(() => other.#hear(bytes));
  }

  localFor(to: Flow | Target): { readonly host: string; readonly port: number } | undefined {
    return leadsToLink(to) ? { host: LINK_ADDRESS, port: this.#port } : undefined;
  }

  #hear(bytes: Buffer): void {
    if (this.#link.isOpen) this.#receiver?.receive(bytes, this.flow);
  }
}

class LinkFlow implements Flow {
  readonly transport = 'tcp';
  readonly isReliable = true;
  readonly localAddress = LINK_ADDRESS;
  readonly remoteAddress = LINK_ADDRESS;
  readonly id: string;
  readonly localPort: number;
  readonly remotePort: number;
  readonly #link: InProcessLink;

  constructor(link: InProcessLink, localPort: number, remotePort: number) {
    this.#link = link;
    this.localPort = localPort;
    this.remotePort = remotePort;
    this.id = `link ${localPort}`;
  }

  get isOpen(): boolean {
    return this.#link.isOpen;
  }
}

/** True for the flow of a link and for targets at its address. */
export function leadsToLink(to: Flow | Target): boolean {
  return isFlow(to) ? to instanceof LinkFlow : to.address === LINK_ADDRESS;
}

/** A node's own sockets and its end of a link as one transport: what leads to the link's address takes the link. */
export class TransportWithLink implements Transport {
  readonly #transport: Transport;
  readonly #end: LinkEnd;

  constructor(transport: Transport, end: LinkEnd) {
    this.#transport = transport;
    this.#end = end;
  }

  send(bytes: Buffer, to: Flow | Target, onFailure: (failure: SendFailure) => void): void {
    this.#way(to).send(bytes, to, onFailure);
  }

  localFor(to: Flow | Target): { readonly host: string; readonly port: number } | undefined {
    return this.#way(to).localFor(to);
  }

  #way(to: Flow | Target): Transport {
    return leadsToLink(to) ? this.#end : this.#transport;
  }
}
