import type { Timer, TimerTarget } from '../time/clock.ts';
import type { TransportContext } from './context.ts';
import type { Flow, SendFailure, TransportName } from './transport.ts';

/** Why a connection ended. */
export type CloseReason =
  /** The peer closed it, or it broke. */
  | 'peer'
  /** This transport is closing. */
  | 'shutdown'
  /** It was not established in time. */
  | 'connect-timeout'
  /** It could not be established. */
  | 'unreachable'
  /** Its TLS handshake failed. */
  | 'tls'
  /** Nothing useful was heard in time: no first message, or one that never became whole. */
  | 'slow'
  /** Nothing was heard for long. */
  | 'idle'
  /** A ping was not answered. */
  | 'keep-alive'
  /** The peer does not take what is sent to it. */
  | 'overloaded'
  /** What was heard cannot be cut into messages. */
  | 'malformed'
  /** Whoever uses this transport wants no more of the peer. */
  | 'turned-away';

/** How a socket ends: after the peer has ended too, as soon as its octets are out, or at once. */
export type EndManner = 'gently' | 'flushed' | 'now';

type ConnectionTimer = 'connect' | 'first' | 'message' | 'idle' | 'ping' | 'pong' | 'stall' | 'linger';

/** How long a connection that is ending may take to hand over its last octets. */
const LINGER_MS = 2_000;

interface Waiting {
  readonly bytes: Buffer;
  readonly onFailure: (failure: SendFailure) => void;
}

export type ConnectionState =
  /** Handshakes are under way; messages wait. */
  | 'connecting'
  | 'open'
  /** No message passes any more; its socket may still be ending. */
  | 'closed';

/** One connection as shown to an operator. */
export interface ConnectionLine {
  readonly id: string;
  /** 'client' when we opened it. */
  readonly role: 'client' | 'server';
  readonly state: ConnectionState;
  /** Time since something was heard. */
  readonly silentMs: number;
  readonly queuedOctets: number;
  readonly peerNames: readonly string[];
}

export interface ConnectionSetup {
  readonly transport: TransportName;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly role: 'client' | 'server';
  /** The name that the peer's certificate was checked for. */
  readonly serverName?: string | undefined;
  /** Host and port to write into Via and Contact for what goes out here. */
  readonly local: { readonly host: string; readonly port: number } | undefined;
}

/**
 * What connections have in common, whatever carries them: states, the wait for being established, a bounded queue, time
 * limits, keep-alive, and one way to end. Subclasses move octets.
 */
export abstract class Connection implements Flow, TimerTarget<ConnectionTimer> {
  readonly id: string;
  readonly transport: TransportName;
  readonly isReliable = true;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly role: 'client' | 'server';
  readonly serverName: string | undefined;
  readonly setup: ConnectionSetup;
  localAddress = '';
  localPort = 0;
  peerCertificateNames: readonly string[] | undefined;
  protected readonly context: TransportContext;
  #state: ConnectionState = 'connecting';
  #waiting: Waiting[] = [];
  #waitingOctets = 0;
  #heardMs: number;
  #hasSpoken = false;
  #idleMs: number;
  readonly #timers = new Map<ConnectionTimer, Timer>();

  constructor(setup: ConnectionSetup, context: TransportContext) {
    this.setup = setup;
    this.transport = setup.transport;
    this.remoteAddress = setup.remoteAddress;
    this.remotePort = setup.remotePort;
    this.role = setup.role;
    this.serverName = setup.serverName;
    this.context = context;
    this.id = context.connections.nextId(setup);
    this.#heardMs = context.clock.nowMs();
    this.#idleMs = context.limits.idleMs;
    context.connections.add(this);
    if (setup.role === 'client') this.startTimer('connect', context.limits.connectMs);
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** True while messages may be written, before it is established too. */
  get isUsable(): boolean {
    return this.#state !== 'closed';
  }

  /** What an operator may want to see of it. */
  describe(): ConnectionLine {
    return {
      id: this.id,
      role: this.role,
      state: this.#state,
      silentMs: this.context.clock.nowMs() - this.#heardMs,
      queuedOctets: this.#state === 'open' ? this.queuedOctets() : this.#waitingOctets,
      peerNames: this.peerCertificateNames ?? [],
    };
  }

  /** Sends one message, in order; before the connection is established it waits. */
  write(bytes: Buffer, onFailure: (failure: SendFailure) => void): void {
    if (this.#state === 'closed') return this.context.fail(onFailure, 'closed');
    const queued = this.#waitingOctets + (this.#state === 'open' ? this.queuedOctets() : 0);
    if (queued + bytes.length > this.context.limits.maxQueuedOctets) {
      this.context.fail(onFailure, 'overloaded');
      this.close('overloaded');
      return;
    }
    if (this.#state === 'open') this.#transmit({ bytes, onFailure });
    else {
      this.#waiting.push({ bytes, onFailure });
      this.#waitingOctets += bytes.length;
    }
  }

  /** Ends the connection; what was handed to the socket before still goes out. Calling it again does nothing. */
  close(reason: CloseReason): void {
    if (this.#state === 'closed') return;
    const wasOpen = this.#state === 'open';
    this.#state = 'closed';
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    this.context.connections.unlist(this);
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingOctets = 0;
    for (const { onFailure } of waiting) this.context.fail(onFailure, failureOf(reason));
    const manner = wasOpen ? (MANNERS.get(reason) ?? 'now') : 'now';
    if (manner !== 'now') this.startTimer('linger', LINGER_MS);
    this.endSocket(manner);
    if (DROPS.has(reason)) this.report('SIP_CONNECTION_DROPPED', DROPS.get(reason) as string);
    // Whoever closes the transport knows; after that it tells nothing more.
    if (wasOpen && reason !== 'shutdown') this.context.receiver.closed(this);
  }

  /** From now on it is closed when nothing is heard for so long. */
  expectWithin(idleMs: number): void {
    if (this.#state !== 'open' || idleMs === this.#idleMs) return;
    this.#idleMs = idleMs;
    this.startTimer('idle', idleMs);
  }

  /** To be called when the socket reports an error: it could not be established, or it broke. */
  failed(reason: 'unreachable' | 'tls', error: Error): void {
    if (this.#state === 'connecting') {
      const isTls = reason === 'tls';
      const what = isTls ? 'TLS handshake failed' : 'The connection could not be opened';
      this.report(isTls ? 'SIP_TLS_FAILED' : 'SIP_CONNECT_FAILED', `${what}: ${error.message}.`);
      this.close(reason);
    } else this.close('peer');
  }

  onTimer(timer: ConnectionTimer): void {
    this.#timers.delete(timer);
    const { limits, clock } = this.context;
    switch (timer) {
      case 'connect':
        return this.close('connect-timeout');
      case 'first':
      case 'message':
        return this.close('slow');
      case 'stall':
        return this.close('overloaded');
      case 'pong':
        return this.close('keep-alive');
      case 'linger':
        return this.endSocket('now');
      case 'ping':
        this.startTimer('pong', limits.pongMs);
        return this.sendPing();
      case 'idle': {
        const leftMs = this.#heardMs + this.#idleMs - clock.nowMs();
        return leftMs <= 0 ? this.close('idle') : this.startTimer('idle', leftMs);
      }
    }
  }

  /** Octets handed to the socket and not yet taken by the kernel. */
  protected abstract queuedOctets(): number;
  /** Hands octets to the socket; `done` is called once, with an error when they were not sent. */
  protected abstract transmit(bytes: Buffer, done: (error?: Error | null) => void): void;
  protected abstract sendPing(): void;
  /** Ends the socket. May be called twice. */
  protected abstract endSocket(manner: EndManner): void;

  /** To be called when the socket, its handshakes included, is ready. */
  protected opened(localAddress: string, localPort: number, pingIntervalMs: number): void {
    if (this.#state !== 'connecting') return;
    this.#state = 'open';
    this.localAddress = localAddress;
    this.localPort = localPort;
    this.stopTimer('connect');
    const { limits, counters } = this.context;
    if (this.role === 'server') {
      counters.accepted++;
      this.startTimer('first', limits.firstMessageMs);
    } else counters.opened++;
    this.startTimer('idle', this.#idleMs);
    if (pingIntervalMs > 0) this.startTimer('ping', pingIntervalMs);
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingOctets = 0;
    for (const each of waiting) this.#transmit(each);
  }

  /** To be called when octets arrive. */
  protected heard(): void {
    this.#heardMs = this.context.clock.nowMs();
  }

  /** To be called when something whole arrives: a message or a keep-alive. */
  protected spoken(): void {
    if (this.#hasSpoken) return;
    this.#hasSpoken = true;
    this.stopTimer('first');
  }

  /** To be called when a pong arrives, or anything else that proves the peer alive. */
  protected ponged(pingIntervalMs: number): void {
    if (!this.#timers.has('pong')) return;
    this.stopTimer('pong');
    this.startTimer('ping', pingIntervalMs);
  }

  /** True while a ping waits for its answer. */
  protected get awaitsPong(): boolean {
    return this.#timers.has('pong');
  }

  protected startTimer(timer: ConnectionTimer, delayMs: number): void {
    this.#timers.get(timer)?.cancel();
    this.#timers.set(timer, this.context.clock.startTimer(delayMs, this, timer));
  }

  protected stopTimer(timer: ConnectionTimer): void {
    this.#timers.get(timer)?.cancel();
    this.#timers.delete(timer);
  }

  protected isTimerRunning(timer: ConnectionTimer): boolean {
    return this.#timers.has(timer);
  }

  /** To be called when the socket is gone. */
  protected socketClosed(): void {
    this.close('peer');
    this.stopTimer('linger');
    this.context.connections.remove(this);
  }

  protected report(code: 'SIP_CONNECTION_DROPPED' | 'SIP_CONNECT_FAILED' | 'SIP_TLS_FAILED', message: string): void {
    const { transport, remoteAddress: address, remotePort: port } = this;
    this.context.problem({ code, transport, address, port, message });
  }

  #transmit({ bytes, onFailure }: Waiting): void {
    const { context } = this;
    context.counters.sent++;
    this.transmit(bytes, (error) => {
      if (!error) return;
      context.counters.failed++;
      onFailure('closed');
    });
  }
}

/** Reasons after which the last octets should still reach the peer; all others end at once. */
const MANNERS: ReadonlyMap<CloseReason, EndManner> = new Map([
  ['malformed', 'gently'],
  ['idle', 'gently'],
  ['peer', 'gently'],
  ['shutdown', 'flushed'],
]);

const DROPS: ReadonlyMap<CloseReason, string> = new Map([
  ['slow', 'Closed: the peer did not finish a message in time.'],
  ['keep-alive', 'Closed: a ping was not answered.'],
  ['overloaded', 'Closed: the peer takes less than is sent to it.'],
  ['malformed', 'Closed: the stream cannot be cut into messages.'],
]);

function failureOf(reason: CloseReason): SendFailure {
  switch (reason) {
    case 'connect-timeout':
      return 'timeout';
    case 'unreachable':
    case 'tls':
    case 'overloaded':
      return reason;
    default:
      return 'closed';
  }
}
