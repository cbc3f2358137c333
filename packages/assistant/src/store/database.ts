import type { Compilable, Kysely } from 'kysely';
import type { AssistantTables } from './tables.ts';

export type SqlValue = string | number | bigint | null | Uint8Array;

/** One statement with the values of its question marks. */
export type Statement = readonly [sql: string, values: readonly SqlValue[]];

/**
 * The database as the Assistant needs it: an embedded one that answers at once. Made by the caller, who also runs
 * `ASSISTANT_MIGRATIONS`.
 */
export interface AssistantDatabase {
  readonly query: Kysely<AssistantTables>;
  /** The rows of a query. */
  read<Row>(query: Compilable<Row>): Row[];
  /** Does all the statements or none, durable when it returns. Throws when it did none. */
  writeNow(statements: readonly Statement[]): void;
  /** Writes without holding up calls, where the caller has such a thing: durable when it resolves. */
  readonly writer?: { written(statements: readonly Statement[]): Promise<void> };
}

/**
 * Does all the statements or none, durable when it resolves. What goes through the writer waits for the disk in a thread of its own;
 * `writeNow` beside a busy writer waits for the writer's disk, too, and with it every call.
 */
export async function written(
  { writer, writeNow }: AssistantDatabase,
  statements: readonly Statement[],
): Promise<void> {
  if (writer === undefined) writeNow(statements);
  else await writer.written(statements);
}

/** The statement of a query builder. */
export function statementOf(query: Compilable): Statement {
  const { sql, parameters } = query.compile();
  return [sql, parameters as SqlValue[]];
}
