import { chmodSync, closeSync, openSync } from 'node:fs';
import { Kysely, PostgresDialect } from 'kysely';
import { Pool, types } from 'pg';
import { DatabaseError } from './errors.ts';
import { threadDialect } from './shared-dialect.ts';

/** A database for a service: whoever uses it waits for it, and the event loop does not. */
export interface SharedDatabase<Schema> {
  readonly query: Kysely<Schema>;
  readonly kind: 'sqlite' | 'postgres';
  close(): Promise<void>;
}

const POOL_SIZE = 10;
const CONNECT_MS = 5000;
const STATEMENT_MS = 30_000;
/** Type ids of PostgreSQL: eight-octet integers (also counts) and sums of them, all of ours below 2⁵³. */
const INT8 = 20;
const NUMERIC = 1700;

/** Opens a SQLite file, created readable by its owner only, or a PostgreSQL database (`postgres://…`). Throws a `DatabaseError`. */
export function openSharedDatabase<Schema>(target: string): SharedDatabase<Schema> {
  return /^postgres(ql)?:\/\//.test(target) ? openPostgres(target) : openFile(target);
}

function openFile<Schema>(path: string): SharedDatabase<Schema> {
  try {
    closeSync(openSync(path, 'a', 0o600));
    chmodSync(path, 0o600);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DatabaseError('unusable', `the database ${path} cannot be opened: ${reason}`, error);
  }
  const query = new Kysely<Schema>({ dialect: threadDialect(path) });
  return { query, kind: 'sqlite', close: () => query.destroy() };
}

function openPostgres<Schema>(connectionString: string): SharedDatabase<Schema> {
  const pool = new Pool({
    connectionString,
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    types: {
      getTypeParser: (id, format) => (id === INT8 || id === NUMERIC ? Number : types.getTypeParser(id, format)),
    },
  });
  // A connection that ends while nobody uses it: the next one who asks gets another.
  pool.on('error', () => {});
  const query = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  return { query, kind: 'postgres', close: () => query.destroy() };
}
