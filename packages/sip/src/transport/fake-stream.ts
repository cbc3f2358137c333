import type { FakeNode } from './fake-node.ts';
import { isKeepAlive } from './receive.ts';
import type { Flow, SendFailure, Target, TransportName } from './transport.ts';

/** A connection that is not established, or not heard of, for so long is given up. */
const STREAM_TIMEOUT_MS = 32_000;

type State = 'connecting' | 'open' | 'closed';

interface Waiting {
  readonly bytes: Buffer;
  readonly onFailure: (failure: SendFailure) => void;
}

/** Octets, or the end of the connection, on the way to the other end. */
interface OnItsWay {
  readonly sentMs: number;
  readonly dueMs: number;
  arrive(): void;
  giveUp(): void;
}

/** One end of a simulated connection: in order, nothing lost while the link holds. */
export class FakeStreamEnd implements Flow {
  readonly id: string;
  readonly transport: TransportName;
  readonly isReliable = true;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  other: FakeStreamEnd | undefined;
  #state: State;
  #waiting: Waiting[] = [];
  readonly #queue: OnItsWay[] = [];
  readonly #node: FakeNode;

  constructor(
    node: FakeNode,
    state: State,
    transport: TransportName,
    localPort: number,
    remoteAddress: string,
    remotePort: number,
  ) {
    this.#node = node;
    this.#state = state;
    this.transport = transport;
    this.localPort = localPort;
    this.remoteAddress = remoteAddress;
    this.remotePort = remotePort;
    this.id = `${transport} ${node.address} ${localPort} ${remoteAddress} ${remotePort}`;
    node.addStream(this);
  }

  get localAddress(): string {
    return this.#node.address;
  }

  get isOpen(): boolean {
    return this.#state === 'open' && this.#node.isAttached;
  }

  /** True while messages may be written, before the connection is established too. */
  get isUsable(): boolean {
    return this.#state !== 'closed';
  }

  get isConnecting(): boolean {
    return this.#state === 'connecting';
  }

  write(bytes: Buffer, onFailure: (failure: SendFailure) => void): void {
    if (this.#state === 'closed') return this.#node.fail(onFailure, 'closed');
    if (this.#state === 'connecting') this.#waiting.push({ bytes, onFailure });
    else this.#transmit(bytes, onFailure);
  }

  /** The peer took the connection: what waited goes out. */
  established(other: FakeStreamEnd): void {
    this.other = other;
    this.#state = 'open';
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { bytes, onFailure } of waiting) this.#transmit(bytes, onFailure);
  }

  /** The connection could not be made; nobody was told of it, so only the senders hear. */
  refuse(failure: SendFailure): void {
    const waiting = this.#waiting;
    this.#end();
    for (const { onFailure } of waiting) this.#node.fail(onFailure, failure);
  }

  /** Ends the connection here, and at the other end when the news arrives. */
  close(): void {
    if (this.#state === 'closed') return;
    const { other } = this;
    this.#end();
    if (other) this.#carry(() => other.ended(), ignore);
  }

  /** The connection is over: the other end closed it, or it could not be reached any more. */
  ended(): void {
    if (this.#state === 'closed') return;
    this.#end();
    if (this.#node.isAttached) this.#node.receiver.closed(this);
  }

  #end(): void {
    this.#state = 'closed';
    this.#waiting = [];
    this.#node.dropStream(this);
  }

  #transmit(bytes: Buffer, onFailure: (failure: SendFailure) => void): void {
    this.#node.noteSent(bytes, this);
    this.#carry(
      () => this.other?.hear(bytes),
      () => onFailure('closed'),
    );
  }

  hear(bytes: Buffer): void {
    if (!this.isOpen) return;
    if (isKeepAlive(bytes)) this.#node.counters.keepAlives++;
    else this.#node.receiver.receive(bytes, this);
  }

  #carry(arrive: () => void, giveUp: () => void): void {
    const { network } = this.#node;
    const nowMs = network.clock.nowMs();
    this.#queue.push({ dueMs: nowMs + network.drawDelayMs(), sentMs: nowMs, arrive, giveUp });
    if (this.#queue.length === 1) this.#waitForHead();
  }

  #waitForHead(leastMs = 0): void {
    const head = this.#queue[0];
    if (!head) return;
    const { network, address } = this.#node;
    const delayMs = Math.max(leastMs, head.dueMs - network.clock.nowMs());
    network.carry({ from: address, to: this.remoteAddress, arrive: () => this.#headIsDue(head) }, delayMs);
  }

  /** Only the head moves, so the order holds; over a cut link it is tried again for a while. */
  #headIsDue(head: OnItsWay): void {
    const { network } = this.#node;
    if (!network.isCut(this.#node.address, this.remoteAddress) && this.#otherIsThere()) {
      this.#queue.shift();
      this.#waitForHead();
      head.arrive();
    } else if (network.clock.nowMs() - head.sentMs < STREAM_TIMEOUT_MS) {
      this.#waitForHead(network.streamRetryMs);
    } else {
      const lost = this.#queue.splice(0);
      for (const { giveUp } of lost) giveUp();
      this.ended();
    }
  }

  #otherIsThere(): boolean {
    return this.other === undefined || this.other.#node.isAttached;
  }
}

/** Opens a connection: refused where nobody hears, timed out over a cut link; messages may be written at once. */
export function openFakeStream(node: FakeNode, target: Target): FakeStreamEnd {
  const { transport, address, port } = target;
  const { network } = node;
  const near = new FakeStreamEnd(node, 'connecting', transport, node.takePort(), address, port);
  const isCut = network.isCut(node.address, address);
  const arrive = () => {
    if (!near.isConnecting || !node.isAttached) return;
    const peer = network.nodeAt(transport, address, port);
    if (isCut) near.refuse('timeout');
    else if (peer) near.established(accept(peer, near));
    else near.refuse('unreachable');
  };
  const delayMs = isCut ? STREAM_TIMEOUT_MS : network.drawDelayMs() * 2;
  network.carry({ from: node.address, to: address, arrive }, delayMs);
  return near;
}

function accept(peer: FakeNode, near: FakeStreamEnd): FakeStreamEnd {
  const far = new FakeStreamEnd(peer, 'open', near.transport, near.remotePort, near.localAddress, near.localPort);
  far.other = near;
  return far;
}

function ignore(): void {}
