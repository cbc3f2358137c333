import { Worker } from 'node:worker_threads';
import { DatabaseError } from './errors.ts';
import type { Answer, Batch, SqlValue } from './writer-protocol.ts';

/** One statement with the values of its question marks. */
export type Statement = readonly [sql: string, values: readonly SqlValue[]];
export type Done = (error?: DatabaseError) => void;

/**
 * Writes to the database without holding up the event loop. Writes that come while the disk is busy share the next commit, so
 * that thousands a second are possible although each one is on the disk before it is called done.
 */
export interface Writer {
  /**
   * Does all the statements or none, in the order of the calls, and then calls `done` once: without an error only when they are
   * durable. The values belong to the writer from here on. `gatherMs`: how long it may wait for others to share its commit.
   */
  write(statements: readonly Statement[], done: Done, gatherMs?: number): void;
  /** The same as a promise; rejects with a `DatabaseError`. */
  written(statements: readonly Statement[]): Promise<void>;
  /** Writes taken and not done yet. */
  readonly waiting: number;
  /** Does what is waiting, then ends. Writes after that get the error `closed`. */
  close(): Promise<void>;
}

/** Writes that may wait before new ones are refused as `overloaded`. */
export const MAX_WAITING_WRITES = 100_000;

/**
 * How long a write waits for others to share its commit, unless it says otherwise. A commit costs about as much as a hundred
 * writes; under load this is the difference between a core and a tenth of one.
 */
export const GATHER_MS = 20;

/** The same for writes that nobody waits for. */
export const UNHURRIED_MS = 100;

/** Writes that share one commit at most: bounds how long one transaction takes. */
const MAX_BATCH_WRITES = 2_000;

interface Waiting {
  statements: readonly Statement[];
  done: Done;
}

/** Starts the thread that writes to the database file. */
export function startWriter(path: string, maxWaiting = MAX_WAITING_WRITES): Writer {
  return new ThreadWriter(path, maxWaiting);
}

class ThreadWriter implements Writer {
  readonly #worker: Worker;
  readonly #maxWaiting: number;
  readonly #statementIds = new Map<string, number>();
  #queue: Waiting[] = [];
  #inFlight: Waiting[] = [];
  #ended: DatabaseError | undefined;
  #drained: (() => void) | undefined;
  #gathering: NodeJS.Timeout | undefined;
  /** What the most hurried write of the queue bears. */
  #gatherMs = UNHURRIED_MS;
  #isClosing = false;

  constructor(path: string, maxWaiting: number) {
    this.#maxWaiting = maxWaiting;
    this.#worker = new Worker(new URL('./writer-thread.ts', import.meta.url), { workerData: path });
    this.#worker.on('message', (answer: Answer) => this.#answered(answer));
    this.#worker.on('error', (error) =>
      this.#end(new DatabaseError('closed', `writing ${path} failed: ${error.message}`, error)),
    );
    // Without anything waiting the thread does not keep the process alive.
    this.#worker.unref();
  }

  get waiting(): number {
    return this.#queue.length + this.#inFlight.length;
  }

  write(statements: readonly Statement[], done: Done, gatherMs = GATHER_MS): void {
    const refusal = this.#refusal();
    if (refusal !== undefined) {
      queueMicrotask(() => done(refusal));
      return;
    }
    this.#queue.push({ statements, done });
    const isMoreHurried = gatherMs < this.#gatherMs;
    if (isMoreHurried) this.#gatherMs = gatherMs;
    this.#gather(isMoreHurried);
  }

  written(statements: readonly Statement[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.write(statements, (error) => (error === undefined ? resolve() : reject(error)));
    });
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    if (this.#ended === undefined && this.waiting > 0) {
      if (this.#inFlight.length === 0) this.#send();
      await new Promise<void>((resolve) => {
        this.#drained = resolve;
      });
    }
    this.#end(new DatabaseError('closed', 'the database is closed'));
    await this.#worker.terminate();
  }

  #refusal(): DatabaseError | undefined {
    if (this.#ended !== undefined) return this.#ended;
    if (this.waiting < this.#maxWaiting) return undefined;
    return new DatabaseError('overloaded', `${this.waiting} writes are waiting for the disk already`);
  }

  #gather(isMoreHurried: boolean): void {
    if (this.#inFlight.length > 0 || (this.#gathering !== undefined && !isMoreHurried)) return;
    if (this.#isClosing) return this.#send();
    clearTimeout(this.#gathering);
    this.#gathering = setTimeout(() => this.#send(), this.#gatherMs);
  }

  #send(): void {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    this.#inFlight = this.#queue.splice(0, MAX_BATCH_WRITES);
    if (this.#queue.length === 0) this.#gatherMs = UNHURRIED_MS;
    if (this.#inFlight.length === 0) {
      this.#worker.unref();
      this.#drained?.();
      return;
    }
    this.#worker.ref();
    this.#worker.postMessage(this.#batchOf(this.#inFlight));
  }

  /** Statements travel as numbers; their text goes along the first time. */
  #batchOf(writes: readonly Waiting[]): Batch {
    const newSql: string[] = [];
    const idOf = (sql: string): number => {
      const known = this.#statementIds.get(sql);
      if (known !== undefined) return known;
      const id = this.#statementIds.size;
      this.#statementIds.set(sql, id);
      newSql.push(sql);
      return id;
    };
    const shape: number[] = [];
    const values: SqlValue[] = [];
    for (const { statements } of writes) {
      shape.push(statements.length);
      for (const [sql, own] of statements) {
        shape.push(idOf(sql), own.length);
        values.push(...own);
      }
    }
    return { newSql, shape: Uint32Array.from(shape), values };
  }

  #answered({ failures }: Answer): void {
    const finished = this.#inFlight;
    this.#inFlight = [];
    const reasons = new Map(failures.map(({ index, reason }) => [index, reason]));
    if (this.#queue.length > 0 && !this.#isClosing) this.#gather(false);
    else this.#send();
    finished.forEach(({ done }, index) => {
      const reason = reasons.get(index);
      done(reason === undefined ? undefined : new DatabaseError('refused', `the database refused a write: ${reason}`));
    });
  }

  #end(error: DatabaseError): void {
    this.#ended ??= error;
    const lost = [...this.#inFlight, ...this.#queue];
    this.#inFlight = [];
    this.#queue = [];
    for (const { done } of lost) done(this.#ended);
    this.#drained?.();
  }
}
