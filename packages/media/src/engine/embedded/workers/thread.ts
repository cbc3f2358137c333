import { Worker } from 'node:worker_threads';
import type { ApplyResult, CallConfig, CallLost, LegReport } from '../control.ts';
import type { RelaySettings } from '../relay/room.ts';
import {
  type RelayWorker,
  WORKER_GONE,
  WORKER_LATE,
  type WorkerMessage,
  type WorkerReply,
  type WorkerRequest,
} from './worker.ts';

export interface ThreadOptions {
  readonly settings: RelaySettings;
  readonly controlMs: number;
  readonly onLost: CallLost;
  /** It has died, and with it its calls. Not told after `close`. */
  readonly onDeath: (reason: string) => void;
}

type Question =
  | { readonly kind: 'apply'; readonly callId: string; readonly config: CallConfig }
  | { readonly kind: 'remove' | 'report'; readonly callId: string }
  | { readonly kind: 'close' };

interface Waiting {
  readonly resolve: (reply: WorkerReply) => void;
  readonly timer: NodeJS.Timeout;
  readonly late: WorkerReply;
  readonly gone: WorkerReply;
}

/** A busy machine may take so long to load the code of a thread. */
const START_MS = 30_000;

/** A relay room in a thread of its own. Only control crosses; whatever is asked is answered in time, or as failed. */
export class ThreadWorker implements RelayWorker {
  calls = 0;
  readonly #options: ThreadOptions;
  readonly #thread: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #isReady = false;
  #state: 'alive' | 'closing' | 'dead' = 'alive';
  #reason = 'it ended by itself';

  constructor(options: ThreadOptions) {
    this.#options = options;
    this.#thread = new Worker(new URL('./thread-main.ts', import.meta.url), {
      workerData: options.settings,
      name: 'unisono-media',
    });
    this.#thread.on('message', (message: WorkerMessage) => this.#hear(message));
    this.#thread.on('error', (error: Error) => {
      this.#reason = error.message;
    });
    this.#thread.on('exit', () => this.#die());
    // The engine is closed by whoever made it; a forgotten one must not hold the process.
    this.#thread.unref();
  }

  get isAlive(): boolean {
    return this.#state === 'alive';
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  async apply(callId: string, config: CallConfig): Promise<ApplyResult> {
    return (await this.#ask({ kind: 'apply', callId, config }, WORKER_LATE, WORKER_GONE)) as ApplyResult;
  }

  async remove(callId: string): Promise<void> {
    await this.#ask({ kind: 'remove', callId }, undefined, undefined);
  }

  async report(callId: string): Promise<readonly LegReport[]> {
    return (await this.#ask({ kind: 'report', callId }, [], [])) as readonly LegReport[];
  }

  async close(): Promise<void> {
    if (this.#state === 'dead') return;
    const asked = this.#ask({ kind: 'close' }, undefined, undefined);
    this.#state = 'closing';
    await asked;
    await this.#thread.terminate();
  }

  /** Ends the thread in the middle of its work, as a fault would. For tests. */
  async kill(): Promise<void> {
    await this.#thread.terminate();
  }

  #ask(question: Question, late: WorkerReply, gone: WorkerReply): Promise<WorkerReply> {
    if (this.#state !== 'alive') return Promise.resolve(gone);
    const id = this.#nextId++;
    return new Promise((resolve) => {
      const limitMs = this.#options.controlMs + (this.#isReady ? 0 : START_MS);
      const timer = setTimeout(() => this.#settle(id, late), limitMs);
      this.#waiting.set(id, { resolve, timer, late, gone });
      this.#thread.postMessage({ ...question, id } satisfies WorkerRequest);
    });
  }

  #hear(message: WorkerMessage): void {
    this.#isReady = true;
    if (message.kind === 'reply') this.#settle(message.id, message.result);
    else if (message.kind === 'lost') this.#options.onLost(message.callId, message.loss, message.message);
  }

  #settle(id: number, reply: WorkerReply): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id);
    clearTimeout(waiting.timer);
    waiting.resolve(reply);
  }

  #die(): void {
    const isExpected = this.#state === 'closing';
    this.#state = 'dead';
    for (const [id, { gone }] of [...this.#waiting]) this.#settle(id, gone);
    if (!isExpected) this.#options.onDeath(this.#reason);
  }
}
