import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { SqliteDialect, type SqliteStatement } from 'kysely';

/** Statements kept ready; beyond that they are prepared anew each time. */
const MAX_KEPT_STATEMENTS = 300;

/** Lets Kysely speak through a `node:sqlite` connection, which stays the caller's to close. */
export function dialectOver(connection: DatabaseSync): SqliteDialect {
  const kept = new Map<string, SqliteStatement>();
  const prepare = (sql: string): SqliteStatement => {
    const known = kept.get(sql);
    if (known !== undefined) return known;
    const statement = asKyselyStatement(connection.prepare(sql));
    if (kept.size < MAX_KEPT_STATEMENTS) kept.set(sql, statement);
    return statement;
  };
  return new SqliteDialect({ database: { prepare, close: () => {} } });
}

function asKyselyStatement(statement: StatementSync): SqliteStatement {
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...inputs(parameters)),
    run: (parameters) => statement.run(...inputs(parameters)),
    iterate: (parameters) => statement.iterate(...inputs(parameters)),
  };
}

function inputs(parameters: readonly unknown[]): SQLInputValue[] {
  return parameters as SQLInputValue[];
}
