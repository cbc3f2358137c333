import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { type Compilable, Kysely, SqliteDialect } from 'kysely';
import { ASSISTANT_MIGRATIONS, type AssistantDatabase } from '../store/index.ts';
import type { AssistantTables } from '../store/tables.ts';

/** For tests: the Assistant's tables in memory, or in a file. */
export async function memoryDatabase(path = ':memory:'): Promise<AssistantDatabase> {
  const connection = new DatabaseSync(path);
  const prepare = (sql: string) => {
    const statement = connection.prepare(sql);
    const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[];
    return {
      reader: statement.columns().length > 0,
      all: (parameters: readonly unknown[]) => statement.all(...values(parameters)),
      run: (parameters: readonly unknown[]) => statement.run(...values(parameters)),
      iterate: (parameters: readonly unknown[]) => statement.iterate(...values(parameters)),
    };
  };
  const query = new Kysely<AssistantTables>({ dialect: new SqliteDialect({ database: { prepare, close() {} } }) });
  const isNew = connection.prepare("select 1 from sqlite_master where name = 'assistant_audit'").get() === undefined;
  if (isNew) for (const { up } of Object.values(ASSISTANT_MIGRATIONS)) await up(query as unknown as Kysely<never>);
  return {
    query,
    read: <Row>(builder: Compilable<Row>) => {
      const { sql, parameters } = builder.compile();
      return connection.prepare(sql).all(...(parameters as SQLInputValue[])) as Row[];
    },
    writeNow: (statements) => {
      connection.exec('begin immediate');
      try {
        for (const [sql, values] of statements) connection.prepare(sql).run(...(values as SQLInputValue[]));
        connection.exec('commit');
      } catch (error) {
        connection.exec('rollback');
        throw error;
      }
    },
  };
}
