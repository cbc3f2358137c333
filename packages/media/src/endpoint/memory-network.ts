import type { MediaClock, MediaRandom } from '../time.ts';
import type { BindResult, DatagramHandler, RtpSocket, RtpSocketFactory } from './socket.ts';

/** How the network treats datagrams. */
export interface MemoryNetworkConditions {
  readonly delayMs: number;
  /** Up to so much is added to the delay, differently for each datagram: they overtake each other. */
  readonly jitterMs: number;
  /** Share that gets lost, 0 … 1. */
  readonly lossRatio: number;
  /** Share that arrives twice, 0 … 1. */
  readonly duplicateRatio: number;
}

const PERFECT: MemoryNetworkConditions = { delayMs: 1, jitterMs: 0, lossRatio: 0, duplicateRatio: 0 };
const FIRST_EPHEMERAL_PORT = 49_152;

interface Delivery {
  readonly datagram: Buffer;
  readonly from: MemorySocket;
  readonly port: number;
  readonly address: string;
}

/** A network in memory for tests and simulation: every address exists, datagrams take virtual time. */
export class MemoryRtpNetwork implements RtpSocketFactory {
  readonly #clock: MediaClock;
  readonly #random: MediaRandom;
  readonly #conditions: MemoryNetworkConditions;
  readonly #sockets = new Map<string, MemorySocket>();
  #nextPort = FIRST_EPHEMERAL_PORT;

  constructor(clock: MediaClock, random: MediaRandom, conditions: Partial<MemoryNetworkConditions> = {}) {
    this.#clock = clock;
    this.#random = random;
    this.#conditions = { ...PERFECT, ...conditions };
  }

  /** Sockets that are open. */
  get open(): number {
    return this.#sockets.size;
  }

  bind(address: string, port: number): Promise<BindResult> {
    return Promise.resolve(this.bindNow(address, port));
  }

  /** As `bind`, without waiting. Port 0 takes any. */
  bindNow(address: string, port: number): BindResult {
    const number = port === 0 ? this.#nextPort++ : port;
    const key = keyOf(address, number);
    if (this.#sockets.has(key)) return { ok: false, code: 'in-use', message: `${key} is in use` };
    const socket = new MemorySocket(this, address, number);
    this.#sockets.set(key, socket);
    return { ok: true, socket };
  }

  /** Called by sockets. */
  send(from: MemorySocket, datagram: Buffer, port: number, address: string): void {
    if (this.#chance(this.#conditions.lossRatio)) return;
    const delivery = { datagram, from, port, address };
    this.#deliverLater(delivery);
    if (this.#chance(this.#conditions.duplicateRatio)) {
      this.#deliverLater({ ...delivery, datagram: Buffer.from(datagram) });
    }
  }

  /** Called by sockets. */
  release(socket: MemorySocket): void {
    this.#sockets.delete(keyOf(socket.address, socket.port));
  }

  onTimer({ datagram, from, port, address }: Delivery): void {
    this.#sockets.get(keyOf(address, port))?.deliver(datagram, from.address, from.port);
  }

  #deliverLater(delivery: Delivery): void {
    const { delayMs, jitterMs } = this.#conditions;
    this.#clock.startTimer(delayMs + (jitterMs > 0 ? this.#random.int(jitterMs + 1) : 0), this, delivery);
  }

  #chance(ratio: number): boolean {
    return ratio > 0 && this.#random.int(1_000_000) < ratio * 1_000_000;
  }
}

class MemorySocket implements RtpSocket {
  readonly address: string;
  readonly port: number;
  readonly #network: MemoryRtpNetwork;
  #handler: DatagramHandler | null = null;
  #isOpen = true;

  constructor(network: MemoryRtpNetwork, address: string, port: number) {
    this.#network = network;
    this.address = address;
    this.port = port;
  }

  receive(handler: DatagramHandler): void {
    this.#handler = handler;
  }

  send(buffer: Buffer, octets: number, port: number, address: string): void {
    if (this.#isOpen) this.#network.send(this, Buffer.from(buffer.subarray(0, octets)), port, address);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#network.release(this);
  }

  deliver(datagram: Buffer, address: string, port: number): void {
    if (this.#isOpen) this.#handler?.(datagram, address, port);
  }
}

function keyOf(address: string, port: number): string {
  return `${address} ${port}`;
}
