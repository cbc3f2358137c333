import { Worker } from 'node:worker_threads';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { DatabaseError } from './errors.ts';
import type { ThreadReply, ThreadRequest } from './shared-protocol.ts';
import type { SqlValue } from './writer-protocol.ts';

/** Lets Kysely speak to a SQLite file through a thread, so that nobody's event loop waits for the disk. */
export function threadDialect(path: string): Dialect {
  return {
    createDriver: () => new ThreadDriver(path),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new ThreadAdapter(),
    createIntrospector: (database) => new SqliteIntrospector(database),
  };
}

/** Kysely would let one connection follow the other; here the thread keeps writers apart, and readers need not wait. */
class ThreadAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

type Ran = Extract<ThreadReply, { rows: unknown[] }>;

/** The thread, and whose turn it is to write: one transaction or one writing statement at a time, in the order of asking. */
class SqliteThread {
  readonly #path: string;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, { resolve(ran: Ran): void; reject(error: Error): void }>();
  #lastId = 0;
  #turn: Promise<void> = Promise.resolve();
  #ended: DatabaseError | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#worker = new Worker(new URL('./shared-thread.ts', import.meta.url), { workerData: path });
    this.#worker.on('message', (reply: ThreadReply) => this.#replied(reply));
    this.#worker.on('error', (error) => this.#end(error.message, error));
    this.#worker.on('exit', () => this.#end('it is closed'));
    this.#worker.unref();
  }

  run(on: ThreadRequest['on'], sql: string, values: readonly SqlValue[] = []): Promise<Ran> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    this.#lastId++;
    const id = this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<Ran>();
    // What somebody waits for keeps the process alive.
    if (this.#waiting.size === 0) this.#worker.ref();
    this.#waiting.set(id, { resolve, reject });
    this.#worker.postMessage({ id, on, sql, values } satisfies ThreadRequest);
    return promise;
  }

  /** Waits for the turn to write, and gives how it ends. */
  async turn(): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = this.#turn;
    this.#turn = before.then(() => promise);
    await before;
    return resolve;
  }

  async close(): Promise<void> {
    if (this.#ended !== undefined) return;
    const ended = new Promise((resolve) => this.#worker.once('exit', resolve));
    this.#worker.ref();
    this.#worker.postMessage('close');
    await ended;
  }

  #replied(reply: ThreadReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if ('rows' in reply) waiting?.resolve(reply);
    else waiting?.reject(Object.assign(new Error(reply.failure.message), { errcode: reply.failure.errcode }));
  }

  #end(reason: string, cause?: unknown): void {
    this.#ended ??= new DatabaseError('closed', `the database ${this.#path} cannot be used: ${reason}`, cause);
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}

class ThreadDriver implements Driver {
  readonly #path: string;
  #thread: SqliteThread | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async init(): Promise<void> {
    this.#thread = new SqliteThread(this.#path);
  }

  async acquireConnection(): Promise<ThreadConnection> {
    if (this.#thread === undefined) throw new Error('the driver was not started');
    return new ThreadConnection(this.#thread);
  }

  beginTransaction(connection: ThreadConnection): Promise<void> {
    return connection.begin();
  }

  commitTransaction(connection: ThreadConnection): Promise<void> {
    return connection.end('commit');
  }

  rollbackTransaction(connection: ThreadConnection): Promise<void> {
    return connection.end('rollback');
  }

  async releaseConnection(connection: ThreadConnection): Promise<void> {
    connection.release();
  }

  async destroy(): Promise<void> {
    await this.#thread?.close();
  }
}

/** One user of the thread: outside a transaction reads go past those who write. */
class ThreadConnection implements DatabaseConnection {
  readonly #thread: SqliteThread;
  #endTurn: (() => void) | undefined;

  constructor(thread: SqliteThread) {
    this.#thread = thread;
  }

  async begin(): Promise<void> {
    this.#endTurn = await this.#thread.turn();
    try {
      await this.#thread.run('writer', 'begin immediate');
    } catch (error) {
      this.release();
      throw error;
    }
  }

  async end(how: 'commit' | 'rollback'): Promise<void> {
    try {
      await this.#thread.run('writer', how);
    } catch (error) {
      // A commit that failed leaves its transaction open, and the next one could not begin; a full disk has ended it already.
      if (how === 'commit') await this.#thread.run('writer', 'rollback').catch(() => {});
      else if (!/no transaction is active/.test(String(error))) throw error;
      if (how === 'commit') throw error;
    } finally {
      this.release();
    }
  }

  release(): void {
    this.#endTurn?.();
    this.#endTurn = undefined;
  }

  async executeQuery<Row>({ sql, parameters, query }: CompiledQuery): Promise<QueryResult<Row>> {
    const values = parameters as readonly SqlValue[];
    if (this.#endTurn !== undefined) return result(await this.#thread.run('writer', sql, values));
    if (query.kind === 'SelectQueryNode') return result(await this.#thread.run('reader', sql, values));
    const endTurn = await this.#thread.turn();
    try {
      return result(await this.#thread.run('writer', sql, values));
    } finally {
      endTurn();
    }
  }

  // biome-ignore lint/correctness/useYield: rows of a thread come together.
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('rows are not streamed here: page through them');
  }
}

function result<Row>({ rows, changes }: Ran): QueryResult<Row> {
  return { rows: rows as Row[], ...(changes === undefined ? {} : { numAffectedRows: BigInt(changes) }) };
}
