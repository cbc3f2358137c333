import type { RelayWorker } from './worker.ts';

/** A worker that dies at once when it is started is not started again at once. */
export const RESTART_MS = 1_000;

export interface PoolOptions {
  readonly size: number;
  /** Makes the worker for a place; `onDeath` is called when it has died. */
  readonly start: (place: number, onDeath: (reason: string) => void) => RelayWorker;
  /** A worker has died; its calls are gone. */
  readonly onDeath: (worker: RelayWorker, reason: string) => void;
  readonly nowMs: () => number;
}

/** The workers of an engine. Each call is given to the one with the fewest; the dead are replaced. */
export class WorkerPool {
  readonly #options: PoolOptions;
  readonly #workers: RelayWorker[];
  readonly #startedMs: number[] = [];
  readonly #timers = new Map<number, NodeJS.Timeout>();
  #isClosed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#workers = Array.from({ length: options.size }, (_, place) => this.#start(place));
  }

  get configured(): number {
    return this.#workers.length;
  }

  get available(): number {
    return this.#workers.filter(({ isAlive }) => isAlive).length;
  }

  /** For a new call: the one with the fewest, of those that are ready if any is; undefined while none lives. */
  pick(): RelayWorker | undefined {
    const alive = this.#workers.filter(({ isAlive }) => isAlive);
    const ready = alive.filter(({ isReady }) => isReady);
    let best: RelayWorker | undefined;
    for (const worker of ready.length > 0 ? ready : alive) if (!best || worker.calls < best.calls) best = worker;
    return best;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    await Promise.all(this.#workers.map((worker) => worker.close()));
  }

  /** The workers themselves, for tests that kill one. */
  get workers(): readonly RelayWorker[] {
    return this.#workers;
  }

  #start(place: number): RelayWorker {
    this.#startedMs[place] = this.#options.nowMs();
    const worker = this.#options.start(place, (reason) => this.#bury(place, worker, reason));
    return worker;
  }

  #bury(place: number, worker: RelayWorker, reason: string): void {
    if (this.#isClosed) return;
    this.#options.onDeath(worker, reason);
    const livedMs = this.#options.nowMs() - (this.#startedMs[place] ?? 0);
    if (livedMs >= RESTART_MS) this.#workers[place] = this.#start(place);
    else
      this.#timers.set(
        place,
        setTimeout(() => this.#replace(place), RESTART_MS - livedMs),
      );
  }

  #replace(place: number): void {
    this.#timers.delete(place);
    if (!this.#isClosed) this.#workers[place] = this.#start(place);
  }
}
