import { chmodSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { openConnection } from './connection.ts';
import { DatabaseError } from './errors.ts';
import { dialectOver } from './kysely-dialect.ts';
import { type Migrations, migrate } from './migrate.ts';
import { startWriter, type Writer } from './writer.ts';

/**
 * An embedded database. Reading goes through `query` and answers at once; writing goes through `writer`, whose thread waits for
 * the disk. What a write has done is seen by queries from its `done` on.
 */
export interface Database<Schema> {
  readonly path: string;
  readonly query: Kysely<Schema>;
  readonly writer: Writer;
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
    changeMark: () => Number(mark.get()?.data_version),
    close: async () => {
      await writer.close();
      await query.destroy();
      if (connection.isOpen) connection.close();
    },
  };
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
