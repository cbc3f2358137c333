import { createHash } from 'node:crypto';
import type { Actor } from '../access/roles.ts';
import { type AssistantDatabase, type AssistantTables, type Statement, statementOf } from '../store/index.ts';

/** What was done, without secrets. */
export interface AuditFact {
  /** `create`, `update`, `delete`, `signIn`, … */
  readonly action: string;
  /** `stations/4020`, `administrators/anna`, `sync`. */
  readonly target: string;
  /** What exactly, by field. */
  readonly detail: readonly FieldChange[] | Readonly<Record<string, unknown>>;
}

export interface FieldChange {
  readonly field: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

export interface AuditEntry extends AuditFact {
  readonly sequence: number;
  readonly atMs: number;
  readonly actor: string;
  readonly hash: string;
}

export interface AuditQuery {
  readonly beforeSequence?: number | undefined;
  /** Of this target, or of everything that begins with it. */
  readonly target?: string | undefined;
  readonly actor?: string | undefined;
  readonly limit: number;
}

/** Where the chain is broken; undefined: nothing was changed or taken out in between. */
export type ChainProblem = { readonly sequence: number; readonly problem: string } | undefined;

/**
 * Every administrative change. Each entry holds the hash of the one before it, so that a changed or removed entry shows. What
 * was cut off at the end shows against the last hash that was noted elsewhere: each goes to the process log.
 */
export interface AuditLog {
  /** Statements that add the facts, to be written together with what they tell. */
  statements(actor: Actor, facts: readonly AuditFact[], atMs: number): Statement[];
  read(query: AuditQuery): readonly AuditEntry[];
  latestOf(target: string): AuditEntry | undefined;
  verify(): ChainProblem;
}

const BEGINNING = '0'.repeat(64);
const VERIFIED_AT_ONCE = 5_000;
type Row = AssistantTables['assistant_audit'];

export function createAuditLog(database: AssistantDatabase): AuditLog {
  return {
    statements: (actor, facts, atMs) => chained(database, actor, facts, atMs),
    read: (query) => readEntries(database, query),
    latestOf: (target) => {
      const { query, read } = database;
      const latest = query.selectFrom('assistant_audit').selectAll().where('target', '=', target);
      const [row] = read(latest.orderBy('sequence', 'desc').limit(1));
      return row && entryOf(row);
    },
    verify: () => verifyChain(database),
  };
}

function chained(database: AssistantDatabase, actor: Actor, facts: readonly AuditFact[], atMs: number): Statement[] {
  const { query, read } = database;
  const [last] = read(
    query.selectFrom('assistant_audit').select(['sequence', 'hash']).orderBy('sequence', 'desc').limit(1),
  );
  let sequence = last?.sequence ?? 0;
  let previous = last?.hash ?? BEGINNING;
  return facts.map(({ action, target, detail }) => {
    sequence++;
    const row = { sequence, at_ms: atMs, actor: actor.name, action, target, detail: JSON.stringify(detail) };
    const hash = hashOf(row, previous);
    const statement = statementOf(
      query.insertInto('assistant_audit').values({ ...row, previous_hash: previous, hash }),
    );
    previous = hash;
    return statement;
  });
}

function hashOf(row: Omit<Row, 'previous_hash' | 'hash'>, previous: string): string {
  const said = JSON.stringify([row.sequence, row.at_ms, row.actor, row.action, row.target, row.detail, previous]);
  return createHash('sha256').update(said).digest('hex');
}

function readEntries({ query, read }: AssistantDatabase, wanted: AuditQuery): readonly AuditEntry[] {
  let rows = query.selectFrom('assistant_audit').selectAll().orderBy('sequence', 'desc').limit(wanted.limit);
  if (wanted.beforeSequence !== undefined) rows = rows.where('sequence', '<', wanted.beforeSequence);
  if (wanted.actor !== undefined) rows = rows.where('actor', '=', wanted.actor);
  if (wanted.target !== undefined) rows = rows.where('target', 'like', `${wanted.target.replace(/[%_]/g, '')}%`);
  return read(rows).map(entryOf);
}

function entryOf(row: Row): AuditEntry {
  const { sequence, at_ms: atMs, actor, action, target, hash } = row;
  return { sequence, atMs, actor, action, target, hash, detail: JSON.parse(row.detail) as AuditFact['detail'] };
}

function verifyChain({ query, read }: AssistantDatabase): ChainProblem {
  let previous = BEGINNING;
  let sequence = 0;
  for (;;) {
    const rows = read(
      query
        .selectFrom('assistant_audit')
        .selectAll()
        .where('sequence', '>', sequence)
        .orderBy('sequence')
        .limit(VERIFIED_AT_ONCE),
    );
    for (const row of rows) {
      if (row.sequence !== sequence + 1)
        return { sequence: sequence + 1, problem: `Entry ${sequence + 1} is missing.` };
      if (row.previous_hash !== previous || row.hash !== hashOf(row, previous))
        return { sequence: row.sequence, problem: `Entry ${row.sequence} was changed after it was written.` };
      ({ sequence, hash: previous } = row);
    }
    if (rows.length < VERIFIED_AT_ONCE) return undefined;
  }
}
