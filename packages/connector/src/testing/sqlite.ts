import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { Kysely, SqliteDialect } from 'kysely';
import type { Store, Tables } from '../database/tables.ts';

/** A database in memory, or in a file, for tests. */
export function sqliteStore(path = ':memory:'): Store {
  const connection = new DatabaseSync(path, { timeout: 2000 });
  if (path !== ':memory:') connection.exec('pragma journal_mode = wal; pragma synchronous = full');
  const prepare = (sql: string) => {
    const statement = connection.prepare(sql);
    return {
      reader: statement.columns().length > 0,
      all: (values: readonly unknown[]) => statement.all(...(values as SQLInputValue[])),
      run: (values: readonly unknown[]) => statement.run(...(values as SQLInputValue[])),
      iterate: (values: readonly unknown[]) => statement.iterate(...(values as SQLInputValue[])),
    };
  };
  return new Kysely<Tables>({ dialect: new SqliteDialect({ database: { prepare, close: () => connection.close() } }) });
}
