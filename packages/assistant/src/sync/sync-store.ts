import type { SyncUser } from '@unisono/contract';
import { type AssistantDatabase, type Statement, statementOf, written } from '../store/index.ts';
import type { DirectoryPerson, SyncClass, SyncRow, Upload } from './types.ts';

/** How far the copy of the directory is. */
export interface PullState {
  /** The whole pull that is under way or was finished last. */
  readonly generation: number;
  /** Where a pull that was interrupted goes on, a whole one or one of changes. */
  readonly next?: string | undefined;
  /** Set while a whole pull is under way. */
  readonly isWhole?: boolean | undefined;
  /** From where the next pull of changes begins; absent: everything has to be pulled. */
  readonly delta?: string | undefined;
  /** ETag of the last whole pull. */
  readonly etag?: string | undefined;
}

/** What came of one run. */
export interface SyncReport {
  readonly id: string;
  /** Why it ran: `schedule`, `change`, `demand`, `start`. */
  readonly trigger: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /**
   * `done`; `stopped`: it would have withdrawn too much and asks first; `failed`: the Connector could not be reached, and the
   * next run goes on where this one ended.
   */
  readonly outcome: 'done' | 'stopped' | 'failed';
  readonly message: string;
  /** How many people were in each class before the run. */
  readonly counts: Readonly<Record<SyncClass, number>>;
  readonly uploaded: number;
  readonly withdrawn: number;
  readonly refused: number;
  /** Requests to the Connector; absent in reports of earlier versions. */
  readonly requests?: number | undefined;
  /** Everybody who is not in step, bounded. */
  readonly rows: readonly SyncRow[];
}

/** What synchronising remembers. Every method is durable when it returns. */
export interface SyncStore {
  pull(): PullState;
  /** A page of the directory and where to go on, together. */
  savePage(
    users: readonly SyncUser[],
    removed: readonly string[],
    state: PullState,
    isLastOfWhole: boolean,
  ): Promise<void>;
  /** People behind an id, in the order of ids. */
  directory(after: string, limit: number): DirectoryPerson[];
  uploads(): Map<string, Upload>;
  saveUploads(uploads: ReadonlyMap<string, Upload>, atMs: number): Promise<void>;
  saveReport(report: SyncReport): Promise<void>;
  reports(limit: number): SyncReport[];
  /** Forgets the directory and what was uploaded, so that the next run asks the Connector for everything. */
  forget(): void;
}

const ROWS_AT_ONCE = 200;
const KEPT_REPORTS = 100;

export function createSyncStore(database: AssistantDatabase): SyncStore {
  const { query, read, writeNow } = database;
  const value = (name: string): string | undefined =>
    read(query.selectFrom('assistant_values').select('value').where('name', '=', name))[0]?.value;
  return {
    pull: () => JSON.parse(value('pull') ?? '{"generation":0}') as PullState,
    savePage: (users, removed, state, isLastOfWhole) =>
      written(database, [
        ...upsertPeople(database, users, state.generation),
        ...chunks(removed).map((ids) => statementOf(query.deleteFrom('assistant_directory').where('id', 'in', ids))),
        ...(isLastOfWhole
          ? [statementOf(query.deleteFrom('assistant_directory').where('generation', '<', state.generation))]
          : []),
        putValue(database, 'pull', JSON.stringify(state)),
      ]),
    directory: (after, limit) =>
      read(
        query.selectFrom('assistant_directory').select('person').where('id', '>', after).orderBy('id').limit(limit),
      ).map(({ person }) => JSON.parse(person) as DirectoryPerson),
    uploads: () =>
      new Map(
        read(query.selectFrom('assistant_uploads').selectAll()).map(({ person, user, digest, version }) => [
          person,
          { user, digest, version },
        ]),
      ),
    saveUploads: async (uploads, atMs) => {
      if (uploads.size > 0) await written(database, upsertUploads(database, uploads, atMs));
    },
    saveReport: async (report) => {
      const { id, startedAtMs, endedAtMs, outcome } = report;
      const row = { id, started_at_ms: startedAtMs, ended_at_ms: endedAtMs, outcome, report: JSON.stringify(report) };
      const kept = query
        .selectFrom('assistant_sync_runs')
        .select('id')
        .orderBy('started_at_ms', 'desc')
        .limit(KEPT_REPORTS);
      await written(database, [
        statementOf(query.insertInto('assistant_sync_runs').values(row)),
        statementOf(query.deleteFrom('assistant_sync_runs').where('id', 'not in', kept)),
      ]);
    },
    reports: (limit) =>
      read(query.selectFrom('assistant_sync_runs').select('report').orderBy('started_at_ms', 'desc').limit(limit)).map(
        ({ report }) => JSON.parse(report) as SyncReport,
      ),
    forget: () =>
      writeNow([
        statementOf(query.deleteFrom('assistant_directory')),
        statementOf(query.deleteFrom('assistant_uploads')),
        putValue(database, 'pull', '{"generation":0}'),
      ]),
  };
}

function upsertPeople({ query }: AssistantDatabase, users: readonly SyncUser[], generation: number): Statement[] {
  return chunks(users).map((some) =>
    statementOf(
      query
        .insertInto('assistant_directory')
        .values(
          some.map(({ id, email, displayName }) => ({
            id,
            person: JSON.stringify({ id, email, displayName } satisfies DirectoryPerson),
            generation,
          })),
        )
        .onConflict((conflict) =>
          conflict.column('id').doUpdateSet((set) => ({
            person: set.ref('excluded.person'),
            generation: set.ref('excluded.generation'),
          })),
        ),
    ),
  );
}

function upsertUploads({ query }: AssistantDatabase, uploads: ReadonlyMap<string, Upload>, atMs: number): Statement[] {
  return chunks([...uploads]).map((some) =>
    statementOf(
      query
        .insertInto('assistant_uploads')
        .values(some.map(([person, upload]) => ({ person, ...upload, at_ms: atMs })))
        .onConflict((conflict) =>
          conflict.column('person').doUpdateSet((set) => ({
            user: set.ref('excluded.user'),
            digest: set.ref('excluded.digest'),
            version: set.ref('excluded.version'),
            at_ms: set.ref('excluded.at_ms'),
          })),
        ),
    ),
  );
}

/** Sets a single value. */
export function putValue({ query }: AssistantDatabase, name: string, value: string): Statement {
  return statementOf(
    query
      .insertInto('assistant_values')
      .values({ name, value })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ value })),
  );
}

function chunks<T>(all: readonly T[]): T[][] {
  const parts: T[][] = [];
  for (let from = 0; from < all.length; from += ROWS_AT_ONCE) parts.push(all.slice(from, from + ROWS_AT_ONCE));
  return parts;
}
