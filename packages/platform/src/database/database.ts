import { chmodSync, existsSync } from 'node:fs';
import { backup, type DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { type Compilable, Kysely } from 'kysely';
import { inTransaction, openConnection } from './connection.ts';
import { DatabaseError } from './errors.ts';
import { dialectOver } from './kysely-dialect.ts';
import { type Migrations, migrate } from './migrate.ts';
import { type Statement, startWriter, type Writer } from './writer.ts';
import type { SqlValue } from './writer-protocol.ts';

/**
 * An embedded database. Queries are built with `query` and answered at once by `read`; writing goes through `writer`, whose thread
 * waits for the disk. What a write has done is seen by queries from its `done` on.
 */
export interface Database<Schema> {
  readonly path: string;
  readonly query: Kysely<Schema>;
  readonly writer: Writer;
  /** The rows of a query. */
  read<Row>(query: Compilable<Row>): Row[];
  /**
   * Does all the statements or none before it returns, waiting for the disk: for what is rare and has to be answered at once.
   * Throws a `DatabaseError`.
   */
  writeNow(statements: readonly Statement[]): void;
  /** A number that changes whenever anybody, in this process or another, has written to the database. */
  changeMark(): number;
  /** Finishes the waiting writes and closes. */
  close(): Promise<void>;
}

/** Opens or creates the database file, readable by its owner only, and brings it up to date. Throws a `DatabaseError`. */
export async function openDatabase<Schema>(path: string, migrations: Migrations): Promise<Database<Schema>> {
  const connection = connect(path);
  const query = new Kysely<Schema>({ dialect: dialectOver(connection) });
  try {
    await migrate(query as unknown as Kysely<never>, migrations, path);
  } catch (error) {
    connection.close();
    throw error;
  }
  const writer = startWriter(path);
  const mark = connection.prepare('pragma data_version');
  return {
    path,
    query,
    writer,
    read: (builder) => {
      const { sql, parameters } = builder.compile();
      return connection.prepare(sql).all(...(parameters as SQLInputValue[])) as never[];
    },
    writeNow: (statements) => writeNow(connection, statements),
    changeMark: () => Number(mark.get()?.data_version),
    close: async () => {
      await writer.close();
      await query.destroy();
      if (connection.isOpen) connection.close();
    },
  };
}

/** The statement of a query builder, as the writer takes it. */
export function statementOf(query: Compilable): Statement {
  const { sql, parameters } = query.compile();
  return [sql, parameters as SqlValue[]];
}

function writeNow(connection: DatabaseSync, statements: readonly Statement[]): void {
  const reason = inTransaction(connection, () => {
    for (const [sql, values] of statements) connection.prepare(sql).run(...values);
  });
  if (reason !== undefined) throw new DatabaseError('refused', `the database refused a write: ${reason}`);
}

/** Writes a copy of a database file, as it is at one moment, also while others use it. Rejects with a `DatabaseError`. */
export async function copyDatabase(path: string, file: string): Promise<void> {
  const connection = connect(path);
  try {
    await copyTo(connection, file);
  } finally {
    connection.close();
  }
}

async function copyTo(connection: DatabaseSync, file: string): Promise<void> {
  // An existing file would be taken for a database to write into.
  if (existsSync(file)) throw new DatabaseError('unusable', `${file} is there already`);
  try {
    await backup(connection, file);
    chmodSync(file, 0o600);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DatabaseError('unusable', `${file} could not be written: ${reason}`, error);
  }
}

function connect(path: string): DatabaseSync {
  try {
    const connection = openConnection(path);
    chmodSync(path, 0o600);
    return connection;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DatabaseError('unusable', `the database ${path} cannot be opened: ${reason}`, error);
  }
}
