import type { Clock, ServerTransaction, Timer } from '@unisono/sip';
import type { FlowRef } from '../token/tokens.ts';

export interface WaitingRoomParts {
  readonly clock: Clock;
  readonly isReachable: (client: FlowRef) => boolean;
  /** Takes the request up again. */
  readonly retry: (server: ServerTransaction) => void;
  /** Nobody came back in time. */
  readonly giveUp: (server: ServerTransaction) => void;
}

/** How long a request in a call waits for a client that lost its connection: a sender repeats for 32 s. */
export const WAIT_FOR_CLIENT_MS = 12_000;
/** Requests that may wait at once. */
const MAX_WAITING = 10_000;

interface Waiting {
  readonly server: ServerTransaction;
  readonly client: FlowRef;
  timer: Timer | undefined;
}

/** Requests of running calls for clients that are just changing networks: they go on when the client is back. */
export class WaitingRoom {
  readonly #parts: WaitingRoomParts;
  readonly #waiting = new Set<Waiting>();

  constructor(parts: WaitingRoomParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#waiting.size;
  }

  add(server: ServerTransaction, client: FlowRef): void {
    if (this.#waiting.size >= MAX_WAITING) return this.#parts.giveUp(server);
    const waiting: Waiting = { server, client, timer: undefined };
    waiting.timer = this.#parts.clock.startTimer(WAIT_FOR_CLIENT_MS, this, waiting);
    this.#waiting.add(waiting);
    server.user = { onCancel: () => this.#leave(waiting, () => server.reply(487)) };
  }

  /** Somebody came back, perhaps one of those that are waited for. */
  onReturn(): void {
    for (const waiting of [...this.#waiting]) {
      if (this.#parts.isReachable(waiting.client)) this.#leave(waiting, () => this.#parts.retry(waiting.server));
    }
  }

  onTimer(waiting: Waiting): void {
    this.#leave(waiting, () => this.#parts.giveUp(waiting.server));
  }

  close(): void {
    for (const { timer } of this.#waiting) timer?.cancel();
    this.#waiting.clear();
  }

  #leave(waiting: Waiting, then: () => void): void {
    if (!this.#waiting.delete(waiting)) return;
    waiting.timer?.cancel();
    then();
  }
}
