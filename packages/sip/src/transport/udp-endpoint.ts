import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { TransportContext } from './context.ts';
import { errorCode, listenError } from './errors.ts';
import { FlowTable } from './flow-table.ts';
import { isUnspecified, passThrough } from './local-address.ts';
import type { ListenPoint } from './options.ts';
import { isKeepAlive } from './receive.ts';
import { answerStun, isStun } from './stun.ts';
import type { Flow, SendFailure } from './transport.ts';

/** Longest keep-alive of line breaks or NULs; longer ones are parsed and found malformed. */
const MAX_KEEP_ALIVE_OCTETS = 8;

/** A datagram that waits for its turn. */
interface Outgoing {
  readonly bytes: Buffer;
  readonly address: string;
  readonly port: number;
  readonly onFailure: (failure: SendFailure) => void;
}

/** One UDP socket and the flows of the peers heard on it. */
export class UdpEndpoint {
  readonly point: ListenPoint;
  readonly isIpv6: boolean;
  #port: number;
  #isOpen = false;
  readonly #context: TransportContext;
  readonly #socket: Socket;
  readonly #flows: FlowTable<UdpFlow>;
  #outbox: Outgoing[] = [];

  constructor(point: ListenPoint, context: TransportContext) {
    this.point = point;
    this.isIpv6 = isIPv6(point.address);
    this.#port = point.port;
    this.#context = context;
    const { limits, clock } = context;
    this.#flows = new FlowTable(limits.maxUdpFlows, limits.udpFlowAgeMs, clock);
    this.#socket = createSocket({
      type: this.isIpv6 ? 'udp6' : 'udp4',
      ipv6Only: this.isIpv6,
      lookup: passThrough,
      recvBufferSize: limits.udpBufferOctets,
      sendBufferSize: limits.udpBufferOctets,
    });
  }

  get port(): number {
    return this.#port;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get flowCount(): number {
    return this.#flows.size;
  }

  /** Resolves when datagrams are heard; rejects with a `ListenError`. */
  listen(): Promise<void> {
    const { address, port } = this.point;
    return new Promise((resolve, reject) => {
      const onError = (cause: unknown) => reject(listenError('udp', address, port, cause));
      this.#socket.once('error', onError);
      this.#socket.once('listening', () => {
        this.#socket.off('error', onError);
        this.#onListening();
        resolve();
      });
      this.#socket.bind({ address, port, exclusive: true });
    });
  }

  send(bytes: Buffer, address: string, port: number, onFailure: (failure: SendFailure) => void): void {
    const { counters } = this.#context;
    if (!this.#isOpen) return this.#context.fail(onFailure, 'closed');
    counters.sent++;
    const isFirst = this.#outbox.push({ bytes, address, port, onFailure }) === 1;
    if (isFirst) setImmediate(this.#sendAll);
  }

  /**
   * Under load several datagrams are received before the event loop goes on. All that is answered to them goes out together
   * then: it wakes the process at the other end once, and leaves the caches of the processor to parsing meanwhile.
   */
  readonly #sendAll = (): void => {
    const due = this.#outbox;
    this.#outbox = [];
    for (const one of due) this.#sendNow(one);
  };

  #sendNow({ bytes, address, port, onFailure }: Outgoing): void {
    try {
      this.#socket.send(bytes, port, address, (error) => {
        if (error) this.#onSendError(error, onFailure);
      });
    } catch (error) {
      this.#context.fail(onFailure, sendFailureOf(error));
    }
  }

  /** The flow to a peer; the same object as long as it is remembered. */
  flowTo(address: string, port: number): UdpFlow {
    const key = `${address} ${port}`;
    const known = this.#flows.get(key);
    if (known) return known;
    const flow = new UdpFlow(this, address, port);
    this.#flows.set(key, flow);
    return flow;
  }

  /** The address datagrams to a peer bear: the bound one, or the one that the kernel chooses. */
  localAddressTowards(address: string): string {
    const bound = this.point.address;
    return isUnspecified(bound) ? (this.#context.localAddresses.towards(address) ?? bound) : bound;
  }

  close(): Promise<void> {
    this.#flows.clear();
    if (this.#isOpen) this.#sendAll();
    this.#isOpen = false;
    return new Promise((resolve) => {
      try {
        this.#socket.close(() => resolve());
      } catch {
        resolve();
      }
    });
  }

  #onListening(): void {
    this.#port = this.#socket.address().port;
    this.#isOpen = true;
    this.#socket.on('message', (bytes, from) => this.#onDatagram(bytes, from));
    this.#socket.on('error', (error) => this.#reportError(error));
  }

  #onDatagram(bytes: Buffer, from: RemoteInfo): void {
    const { counters } = this.#context;
    if (!this.#context.admit(from.address, 'udp')) {
      counters.dropped++;
    } else if (bytes.length <= MAX_KEEP_ALIVE_OCTETS && isKeepAlive(bytes)) {
      counters.keepAlives++;
    } else if (isStun(bytes)) {
      this.#onStun(bytes, from);
    } else {
      this.#context.receiver.receive(bytes, this.flowTo(from.address, from.port));
    }
  }

  #onStun(bytes: Buffer, from: RemoteInfo): void {
    this.#context.counters.keepAlives++;
    const answer = answerStun(bytes, from.address, from.port);
    if (answer) this.#socket.send(answer, from.port, from.address, ignore);
  }

  #onSendError(error: Error, onFailure: (failure: SendFailure) => void): void {
    this.#context.counters.failed++;
    onFailure(sendFailureOf(error));
  }

  #reportError(error: Error): void {
    const { address } = this.point;
    const message = `The socket reported ${error.message}.`;
    this.#context.problem({ code: 'SIP_SOCKET_ERROR', transport: 'udp', address, port: this.#port, message });
  }
}

/** A pair of UDP addresses. */
export class UdpFlow implements Flow {
  readonly id: string;
  readonly transport = 'udp';
  readonly isReliable = false;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly endpoint: UdpEndpoint;

  constructor(endpoint: UdpEndpoint, address: string, port: number) {
    this.endpoint = endpoint;
    this.remoteAddress = address;
    this.remotePort = port;
    this.id = `udp ${endpoint.point.address} ${endpoint.port} ${address} ${port}`;
  }

  get localAddress(): string {
    return this.endpoint.localAddressTowards(this.remoteAddress);
  }

  get localPort(): number {
    return this.endpoint.port;
  }

  get isOpen(): boolean {
    return this.endpoint.isOpen;
  }
}

function sendFailureOf(error: unknown): SendFailure {
  const code = errorCode(error);
  if (code === 'EMSGSIZE') return 'too-large';
  if (code === 'ENOBUFS' || code === 'EAGAIN' || code === 'ENOMEM') return 'overloaded';
  return 'unreachable';
}

function ignore(): void {}
