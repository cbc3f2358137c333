import { rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { NowPort } from '@unisono/assistant';
import type { Logger } from '@unisono/platform';
import type { Clock } from '@unisono/sip';

/** Socket of the data folder at which a gateway tells its Assistant what is going on. */
export const NOW_SOCKET = 'gateway.sock';
/** Whoever asks here with a mark is answered when something has changed after it, or when this long nothing has. */
export const CHANGES_PATH = '/changes';
export const HOLD_MS = 20_000;

/** What changes too fast to be written down. Contacts are in the database. */
export type LiveNow = ReturnType<typeof pictureOf>;

export interface NowSource {
  readonly now: NowPort;
  /** Calls back when calls have changed; gives the function that ends it. */
  onCallsChanged(listener: () => void): () => void;
}

function pictureOf(now: NowPort) {
  return { calls: now.calls(), trunks: now.trunks() };
}

/**
 * Tells who asks on the socket of calls and trunks of this moment, and of changes the moment they happen. Only the owner of the data
 * folder may ask. That it cannot be opened is logged and keeps nobody from calling. Gives the function that ends it.
 */
export async function serveNow(path: string, source: NowSource, clock: Clock, log: Logger): Promise<() => void> {
  const waiting = new Waiting(source, clock);
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://gateway');
    if (url.pathname === CHANGES_PATH) waiting.ask(response, Number(url.searchParams.get('after') ?? 0));
    else answer(response, pictureOf(source.now));
  });
  // The lock of the folder is ours, so a socket that lies there is what a killed process left.
  rmSync(path, { force: true });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ path }, resolve);
    });
  } catch (err) {
    log.error({ err, path }, 'an Assistant of its own process will not see running calls');
  }
  server.unref();
  return () => {
    server.close();
    waiting.close();
    server.closeAllConnections();
  };
}

/** Those who wait to hear that calls have changed. */
class Waiting {
  readonly #source: NowSource;
  readonly #clock: Clock;
  readonly #responses = new Map<ServerResponse, { readonly mark: number; readonly timer: { cancel(): void } }>();
  readonly #unsubscribe: () => void;
  #isAnswering = false;

  constructor(source: NowSource, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
    this.#unsubscribe = source.onCallsChanged(() => this.#changed());
  }

  ask(response: ServerResponse, mark: number): void {
    const changed = this.#source.now.changedCalls(mark);
    // Another mark also means that this gateway counts from the beginning.
    if (changed.mark !== mark) return answer(response, changed);
    const timer = this.#clock.startTimer(HOLD_MS, { onTimer: () => this.#answer(response, mark) }, 'hold');
    this.#responses.set(response, { mark, timer });
    response.on('close', () => this.#forget(response));
  }

  close(): void {
    this.#unsubscribe();
    for (const response of this.#responses.keys()) this.#forget(response);
  }

  /** What happens together is told together, and after the work on the call. */
  #changed(): void {
    if (this.#isAnswering || this.#responses.size === 0) return;
    this.#isAnswering = true;
    setImmediate(() => {
      this.#isAnswering = false;
      for (const [response, { mark }] of this.#responses) this.#answer(response, mark);
    });
  }

  #answer(response: ServerResponse, mark: number): void {
    this.#forget(response);
    answer(response, this.#source.now.changedCalls(mark));
  }

  #forget(response: ServerResponse): void {
    this.#responses.get(response)?.timer.cancel();
    this.#responses.delete(response);
  }
}

function answer(response: ServerResponse, body: unknown): void {
  response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
}
