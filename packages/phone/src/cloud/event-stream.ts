import type { OpenSocket, PhoneClock, SocketPort } from '../ports.ts';
import type { Api } from './api.ts';
import { EVENTS_PATH, withQuery } from './routes.ts';

export interface EventStreamEvents {
  /** One event's body; what kinds there are says the contract (`eventBody`). */
  onEvent(body: Readonly<Record<string, unknown>> & { readonly kind: string }): void;
  /** Events were missed, or this is the first connection: read everything anew. */
  onGap(): void;
  onLive(isLive: boolean): void;
}

export interface EventStreamPorts {
  readonly api: Api;
  readonly sockets: SocketPort;
  readonly clock: PhoneClock;
  readonly socketUrl: (path: string) => string;
}

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;
/** Without a ping for so many intervals the connection is dead. */
const PATIENCE = 2.5;
const FIRST_PING_SEC = 30;

/** Events of the Connector over WebSocket. After a loss it goes on from the last position that was heard. */
export class EventStream {
  readonly #ports: EventStreamPorts;
  readonly #events: EventStreamEvents;
  #isRunning = false;
  #socket: OpenSocket | undefined;
  #position: string | undefined;
  #pingSec = FIRST_PING_SEC;
  /** The Connector has said hello, and listens. */
  #isHeard = false;
  #watched: readonly string[] = [];
  #failures = 0;
  #cancelRetry: (() => void) | undefined;
  #cancelWatch: (() => void) | undefined;

  constructor(ports: EventStreamPorts, events: EventStreamEvents) {
    this.#ports = ports;
    this.#events = events;
  }

  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    void this.#connect();
  }

  stop(): void {
    this.#isRunning = false;
    this.#position = undefined;
    this.#leave();
  }

  /** Entries of the directory that are looked at; said again on each new connection. */
  watch(entryIds: readonly string[]): void {
    this.#watched = entryIds;
    if (this.#isHeard) this.#sayWatched();
  }

  #sayWatched(): void {
    this.#socket?.send(JSON.stringify({ type: 'watch', entryIds: this.#watched }));
  }

  /** The network changed: a connection that hangs is left. */
  reconnect(): void {
    if (!this.#isRunning) return;
    this.#leave();
    this.#failures = 0;
    void this.#connect();
  }

  async #connect(): Promise<void> {
    this.#cancelRetry?.();
    const ticket = await this.#ports.api.ask('eventTicket');
    if (!this.#isRunning || this.#socket !== undefined) return;
    if (!ticket.ok) return this.#retry((ticket.problem.retryAfterSec ?? 0) * 1000);
    const path = withQuery(EVENTS_PATH, { ticket: ticket.value.ticket, after: this.#position });
    const socket = this.#ports.sockets.open(this.#ports.socketUrl(path), [], {
      onOpen: () => {},
      onText: (text) => {
        if (this.#socket === socket) this.#read(text);
      },
      onClose: () => {
        if (this.#socket !== socket) return;
        this.#leave();
        this.#retry(0);
      },
    });
    this.#socket = socket;
    this.#watch();
  }

  #read(text: string): void {
    this.#watch();
    const frame = frameOf(text);
    switch (frame?.type) {
      case 'hello':
        if (typeof frame.pingSec === 'number' && frame.pingSec > 0) this.#pingSec = frame.pingSec;
        this.#watch();
        if (typeof frame.position === 'string') {
          // Resumed: what was missed comes as events, each with its own position.
          if (this.#position === undefined || frame.isResumed !== true) {
            this.#position = frame.position;
            this.#events.onGap();
          }
        }
        this.#failures = 0;
        this.#isHeard = true;
        if (this.#watched.length > 0) this.#sayWatched();
        this.#events.onLive(true);
        break;
      case 'event':
        if (typeof frame.position === 'string') this.#position = frame.position;
        if (isBody(frame.body)) this.#events.onEvent(frame.body);
        break;
      case 'bye':
        this.#leave();
        this.#retry(typeof frame.retryAfterSec === 'number' ? frame.retryAfterSec * 1000 : 0);
        break;
    }
  }

  #retry(leastMs: number): void {
    if (!this.#isRunning) return;
    const delayMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.#failures++, 10));
    this.#cancelRetry?.();
    this.#cancelRetry = this.#ports.clock.after(Math.max(delayMs, leastMs), () => void this.#connect());
  }

  #watch(): void {
    this.#cancelWatch?.();
    this.#cancelWatch = this.#ports.clock.after(this.#pingSec * PATIENCE * 1000, () => {
      this.#leave();
      this.#retry(0);
    });
  }

  #leave(): void {
    this.#cancelRetry?.();
    this.#cancelWatch?.();
    const socket = this.#socket;
    this.#socket = undefined;
    this.#isHeard = false;
    socket?.close();
    this.#events.onLive(false);
  }
}

function frameOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function isBody(value: unknown): value is Readonly<Record<string, unknown>> & { readonly kind: string } {
  return typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string';
}
