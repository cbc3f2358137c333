/** The gateway's way to its peers without sockets: datagrams go from queue to queue, and time passes as told. */
import type { Clock, Flow, SendFailure, Target, Timer, TimerTarget, Transport, TransportEvents } from '@unisono/sip';
import { TimerWheel } from '@unisono/sip';
import { newCounters } from '../../packages/sip/src/transport/counters.ts';
import { Receiver } from '../../packages/sip/src/transport/receive.ts';

const ADDRESS = '127.0.0.1';
const SERVER_PORT = 5060;

/** Time that moves only when told to, with the wheel of timers that the system's clock has. */
export class SteppedClock implements Clock {
  #nowMs = 0;
  readonly #epochMs = Date.UTC(2026, 0, 1);
  readonly #wheel = new TimerWheel(0);

  nowMs(): number {
    return this.#nowMs;
  }

  epochMs(): number {
    return this.#epochMs + Math.floor(this.#nowMs);
  }

  startTimer<Tag>(delayMs: number, target: TimerTarget<Tag>, tag: Tag): Timer {
    return this.#wheel.start(this.#nowMs, delayMs, target, tag);
  }

  advance(ms: number): void {
    this.#nowMs += ms;
    this.#wheel.advanceTo(this.#nowMs, (error) => {
      throw error;
    });
  }
}

interface Peer {
  readonly flow: Flow;
  readonly onMessage: (text: string) => void;
}

/** Carries datagrams between one gateway and peers that are told apart by their ports. */
export class Wire implements Transport {
  /** CPU time in the gateway, of this thread. */
  gatewayCpuMs = 0;
  readonly #receiver: Receiver;
  readonly #peers = new Map<number, Peer>();
  #toGateway: [bytes: Buffer, flow: Flow][] = [];
  #toPeers: [bytes: Buffer, port: number][] = [];

  constructor(events: TransportEvents) {
    this.#receiver = new Receiver(events, newCounters(), (error) => {
      throw error;
    });
  }

  /** A peer at that port: `onMessage` takes what is sent to it. */
  peerAt(port: number, onMessage: (text: string) => void): { send(text: string): void } {
    const flow: Flow = {
      id: `udp ${port}`,
      transport: 'udp',
      localAddress: ADDRESS,
      localPort: SERVER_PORT,
      remoteAddress: ADDRESS,
      remotePort: port,
      isReliable: false,
      isOpen: true,
    };
    this.#peers.set(port, { flow, onMessage });
    return { send: (text) => this.sendFrom(port, text) };
  }

  /** A datagram from a peer to the gateway. */
  sendFrom(port: number, text: string): void {
    const peer = this.#peers.get(port);
    if (peer) this.#toGateway.push([Buffer.from(text, 'latin1'), peer.flow]);
  }

  send(bytes: Buffer, to: Flow | Target, _onFailure: (failure: SendFailure) => void): void {
    this.#toPeers.push([bytes, 'remotePort' in to ? to.remotePort : to.port]);
  }

  localFor(): { readonly host: string; readonly port: number } {
    return { host: ADDRESS, port: SERVER_PORT };
  }

  /** Carries until nothing is under way. The gateway takes what is there in one go, so that the clock is read seldom. */
  carry(): void {
    while (this.#toGateway.length > 0) {
      this.#deliverToGateway();
      const due = this.#toPeers;
      this.#toPeers = [];
      for (const [bytes, port] of due) this.#peers.get(port)?.onMessage(bytes.toString('latin1'));
    }
  }

  /** Does something that is the gateway's work, and counts its time. */
  measured(act: () => void): void {
    const before = process.threadCpuUsage();
    act();
    const { user, system } = process.threadCpuUsage(before);
    this.gatewayCpuMs += (user + system) / 1_000;
  }

  #deliverToGateway(): void {
    const due = this.#toGateway;
    this.#toGateway = [];
    this.measured(() => {
      for (const [bytes, flow] of due) this.#receiver.receive(bytes, flow);
    });
  }
}
