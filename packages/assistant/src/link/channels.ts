import { LINK_PATH, LINK_SUBPROTOCOL, type LinkFrame, MAX_POLL_FRAMES } from '@unisono/contract';
import { type Dispatcher, WebSocket } from 'undici';
import type { HttpConnectorClient } from './connector-client.ts';
import { explainFailure } from './explain.ts';
import { LinkError } from './link-error.ts';
import type { RouteToConnector } from './proxy.ts';

/** Carries the frames of one session. */
export interface Channel {
  readonly kind: 'webSocket' | 'longPoll';
  send(frame: LinkFrame): void;
  close(): void;
}

export interface ChannelEvents {
  onOpen(): void;
  onFrame(value: unknown): void;
  /** Once, also when it never opened. `wasOpen` tells the two apart. */
  onClosed(error: LinkError, wasOpen: boolean): void;
}

/**
 * The link as a WebSocket (RFC 6455), through the proxy where there is one. Why one did not open is not told by WebSockets: `probe`
 * asks the same Connector the same way without one, and its error is the reason; when it answers, only WebSockets are blocked.
 */
export function openWebSocket(
  route: RouteToConnector,
  dispatcher: Dispatcher,
  key: string,
  probe: () => Promise<unknown>,
  events: ChannelEvents,
): Channel {
  const url = new URL(LINK_PATH, route.url.replace(/^http/, 'ws'));
  const socket = new WebSocket(url, {
    dispatcher,
    protocols: [LINK_SUBPROTOCOL],
    headers: { authorization: `Bearer ${key}` },
  });
  let [wasOpen, isClosed] = [false, false];
  const closed = (error: LinkError): void => {
    if (isClosed) return;
    isClosed = true;
    events.onClosed(error, wasOpen);
  };
  socket.addEventListener('open', () => {
    wasOpen = true;
    events.onOpen();
  });
  socket.addEventListener('message', ({ data }) => events.onFrame(frameOf(data)));
  socket.addEventListener('close', ({ code, reason }) => {
    if (!wasOpen && !isClosed) {
      const blocked = 'WebSockets do not come through to the Connector, other requests do.';
      probe().then(
        () => closed(new LinkError('refused', blocked)),
        (error: unknown) => closed(explainFailure(error, route)),
      );
      return;
    }
    const why = reason === '' ? `code ${code}` : reason;
    closed(new LinkError('unreachable', `The WebSocket of the link was closed (${why}).`));
  });
  return {
    kind: 'webSocket',
    send: (frame) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
    },
    close: () => {
      closed(new LinkError('closed', 'The link was ended.'));
      socket.close();
    },
  };
}

function frameOf(data: unknown): unknown {
  if (typeof data !== 'string') return undefined;
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

const POLL_WAIT_SEC = 25;

/** The link by long poll, where a proxy lets no WebSocket through: one request waits, another one carries what there is to tell. */
export function openLongPoll(client: HttpConnectorClient, events: ChannelEvents): Channel {
  return new LongPoll(client, events);
}

class LongPoll implements Channel {
  readonly kind = 'longPoll';
  readonly #client: HttpConnectorClient;
  readonly #events: ChannelEvents;
  readonly #stop = new AbortController();
  #waiting: LinkFrame[] = [];
  #session: string | undefined;
  #isClosed = false;
  #running: AbortController | undefined;

  constructor(client: HttpConnectorClient, events: ChannelEvents) {
    this.#client = client;
    this.#events = events;
    queueMicrotask(() => {
      if (this.#isClosed) return;
      events.onOpen();
      this.#loop().catch((error: unknown) => this.#closed(error));
    });
  }

  send(frame: LinkFrame): void {
    this.#waiting.push(frame);
    // A request that waits for something to hear makes way for what there is to tell.
    this.#running?.abort();
  }

  close(): void {
    this.#stop.abort();
    this.#closed(new LinkError('closed', 'The link was ended.'));
  }

  async #loop(): Promise<void> {
    while (!this.#isClosed) {
      const frames = this.#waiting.splice(0, MAX_POLL_FRAMES);
      const isIdle = frames.length === 0;
      this.#running = isIdle ? new AbortController() : undefined;
      const signal =
        this.#running === undefined ? this.#stop.signal : AbortSignal.any([this.#stop.signal, this.#running.signal]);
      try {
        const reply = await this.#client.poll(this.#session, frames, isIdle ? POLL_WAIT_SEC : 0, signal);
        this.#session = reply.session ?? this.#session;
        for (const frame of reply.frames) this.#events.onFrame(frame);
      } catch (error) {
        if (!this.#running?.signal.aborted || this.#stop.signal.aborted) throw error;
      }
    }
  }

  #closed(error: unknown): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#running?.abort();
    const known = error instanceof LinkError ? error : new LinkError('protocol', String(error), { cause: error });
    this.#events.onClosed(known, this.#session !== undefined);
  }
}
