// The thread of a shared SQLite database: what waits for the disk waits here.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { openConnection } from './connection.ts';
import type { ThreadReply, ThreadRequest } from './shared-protocol.ts';
import type { SqlValue } from './writer-protocol.ts';

const MAX_KEPT_STATEMENTS = 500;

class Connection {
  readonly #database: DatabaseSync;
  readonly #kept = new Map<string, { readonly statement: StatementSync; readonly isReader: boolean }>();

  constructor(path: string) {
    this.#database = openConnection(path);
  }

  run(sql: string, values: readonly SqlValue[]): { rows: unknown[]; changes: number | undefined } {
    const { statement, isReader } = this.#prepared(sql);
    if (isReader) return { rows: statement.all(...values), changes: undefined };
    return { rows: [], changes: Number(statement.run(...values).changes) };
  }

  close(): void {
    this.#database.close();
  }

  #prepared(sql: string) {
    const known = this.#kept.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    const prepared = { statement, isReader: statement.columns().length > 0 };
    if (this.#kept.size < MAX_KEPT_STATEMENTS) this.#kept.set(sql, prepared);
    return prepared;
  }
}

const path = workerData as string;
const connections = { writer: new Connection(path), reader: new Connection(path) };

parentPort?.on('message', (request: ThreadRequest | 'close') => {
  if (request === 'close') {
    connections.reader.close();
    connections.writer.close();
    parentPort?.close();
    return;
  }
  parentPort?.postMessage(answer(request));
});

function answer({ id, on, sql, values }: ThreadRequest): ThreadReply {
  try {
    return { id, ...connections[on].run(sql, values) };
  } catch (error) {
    const { message, errcode } = error as { readonly message: string; readonly errcode?: number };
    return { id, failure: { message, errcode } };
  }
}
