import { createHash } from 'node:crypto';
import {
  type ConnectionData,
  type ConnectionItem,
  type ConnectionOutcome,
  PROBLEMS,
  type ProblemCode,
  sortedJson,
} from '@unisono/contract';
import type { Selectable } from 'kysely';
import { type Change, holdTenant } from '../change.ts';
import type { Context } from '../context.ts';
import { fromCursor, toCursor } from '../database/json.ts';
import type { Reader, Tables } from '../database/tables.ts';
import { ProblemError } from '../http/problem-error.ts';
import { tellWakeable } from '../push/wakeable.ts';

type ConnectionRow = Selectable<Tables['connections']>;

/** Which phone system uploads. */
export interface Source {
  readonly tenantId: string;
  readonly system: string;
}

/** Stores and withdraws as the entries say, in their order, and says of each what became of it. */
export async function takeConnections(
  one: Change,
  source: Source,
  items: readonly ConnectionItem[],
): Promise<ConnectionOutcome[]> {
  // Two uploads at once must not both pass the look at versions.
  await holdTenant(one, source.tenantId);
  const known = await knownPeople(one.writing, source, [...new Set(items.map(({ userId }) => userId))]);
  const changed = new Map<string, ConnectionRow>();
  const outcomes: ConnectionOutcome[] = [];
  for (const item of items) outcomes.push(await takeOne(one, source, item, known, changed));
  await writeAll(one, [...changed.values()]);
  await tellOfSleepers(one, source, [...changed.values()]);
  return outcomes;
}

interface Known {
  readonly users: ReadonlyMap<string, { readonly phone: number; readonly status: string }>;
  readonly rows: Map<string, ConnectionRow>;
  /** Phone systems that people are connected to. */
  readonly elsewhere: ReadonlyMap<string, string>;
}

async function knownPeople(
  reader: Reader,
  { tenantId, system: own }: Source,
  userIds: readonly string[],
): Promise<Known> {
  const people = await reader
    .selectFrom('users')
    .select(['id', 'phone', 'status'])
    .where('tenant_id', '=', tenantId)
    .where('id', 'in', userIds)
    .where('deleted_at_ms', 'is', null)
    .execute();
  const rows = reader.selectFrom('connections').selectAll().where('tenant_id', '=', tenantId);
  const stored = await rows.where('user_id', 'in', userIds).execute();
  return {
    users: new Map(people.map((person) => [person.id, person])),
    rows: new Map(stored.map((row) => [keyOf(row.user_id, row.system), row])),
    elsewhere: new Map(
      stored.flatMap(({ user_id, system, data_sealed }) =>
        data_sealed === null || system === own ? [] : [[user_id, system] as const],
      ),
    ),
  };
}

async function takeOne(
  one: Change,
  source: Source,
  item: ConnectionItem,
  known: Known,
  changed: Map<string, ConnectionRow>,
): Promise<ConnectionOutcome> {
  const { userId, version } = item;
  const user = known.users.get(userId);
  const before = known.rows.get(keyOf(userId, source.system));
  // A withdrawal for a person who is gone is what was wanted.
  if (user === undefined && item.op === 'withdraw') return { userId, outcome: 'withdrawn', version };
  if (user === undefined) return refused(userId, 'notFound');
  if (before !== undefined && version < before.version) return { userId, outcome: 'stale', version: before.version };
  const digest = item.op === 'put' ? digestOf(item.data) : '';
  if (before !== undefined && version === before.version) {
    const isSame = digest === before.digest && (item.op === 'put') === (before.data_sealed !== null);
    return isSame ? { userId, outcome: 'unchanged', version } : refused(userId, 'staleVersion', before.version);
  }
  if (item.op === 'put' && (user.phone !== 1 || user.status === 'disabled')) return refused(userId, 'phoneOff');
  if (item.op === 'put' && (known.elsewhere.get(userId) ?? source.system) !== source.system)
    return refused(userId, 'connectedElsewhere');
  const row = rowOf(one, source, item, digest);
  changed.set(userId, row);
  known.rows.set(keyOf(userId, source.system), row);
  if (digest !== (before?.digest ?? ''))
    await one.event(source.tenantId, userId, { kind: 'connection', isThere: item.op === 'put' });
  return { userId, outcome: item.op === 'put' ? 'stored' : 'withdrawn', version };
}

function rowOf(one: Change, { tenantId, system }: Source, item: ConnectionItem, digest: string): ConnectionRow {
  const key = { tenant_id: tenantId, user_id: item.userId, system, version: item.version, changed_at_ms: one.nowMs };
  if (item.op === 'withdraw')
    return { ...key, digest: '', data_sealed: null, desk_number: null, outside_number: null, display_name: null };
  const { desk } = item.data;
  return {
    ...key,
    digest,
    data_sealed: one.context.seal.close(JSON.stringify(item.data), place(tenantId, item.userId)),
    desk_number: desk.number,
    outside_number: desk.outsideNumber?.replace('+', '') ?? null,
    display_name: desk.displayName,
  };
}

const ROWS_AT_ONCE = 100;

/** Whose clients could be woken before the phone system had a device for them. */
async function tellOfSleepers(one: Change, { tenantId }: Source, rows: readonly ConnectionRow[]): Promise<void> {
  const connected = rows.filter(({ data_sealed }) => data_sealed !== null).map(({ user_id }) => user_id);
  if (connected.length === 0) return;
  const subscribed = one.writing
    .selectFrom('installations')
    .select('user_id')
    .distinct()
    .where('tenant_id', '=', tenantId)
    .where('user_id', 'in', connected)
    .where('push_sealed', 'is not', null);
  for (const { user_id } of await subscribed.execute()) await tellWakeable(one, tenantId, user_id);
}

async function writeAll({ writing }: Change, rows: readonly ConnectionRow[]): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE)
    await writing
      .insertInto('connections')
      .values(rows.slice(from, from + ROWS_AT_ONCE))
      .onConflict((conflict) =>
        conflict.columns(['tenant_id', 'user_id', 'system']).doUpdateSet((set) => ({
          version: set.ref('excluded.version'),
          digest: set.ref('excluded.digest'),
          data_sealed: set.ref('excluded.data_sealed'),
          desk_number: set.ref('excluded.desk_number'),
          outside_number: set.ref('excluded.outside_number'),
          display_name: set.ref('excluded.display_name'),
          changed_at_ms: set.ref('excluded.changed_at_ms'),
        })),
      )
      .execute();
}

/** The same as `connectionDigest`, which takes twenty times as long. */
function digestOf(data: ConnectionData): string {
  return createHash('sha256').update(sortedJson(data)).digest('base64url');
}

/** What the phone system of a person has uploaded, opened. */
export interface StoredConnection {
  readonly system: string;
  readonly version: number;
  readonly data: ConnectionData;
}

export async function connectionOf(
  context: Context,
  tenantId: string,
  userId: string,
  reader: Reader = context.store,
): Promise<StoredConnection | undefined> {
  const row = await reader
    .selectFrom('connections')
    .select(['system', 'version', 'data_sealed'])
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('data_sealed', 'is not', null)
    .executeTakeFirst();
  if (row === undefined || row.data_sealed === null) return undefined;
  const data = JSON.parse(context.seal.open(row.data_sealed, place(tenantId, userId))) as ConnectionData;
  return { system: row.system, version: row.version, data };
}

/** The phone system a person is connected to. */
export async function systemOf(reader: Reader, tenantId: string, userId: string): Promise<string | undefined> {
  const row = await reader
    .selectFrom('connections')
    .select('system')
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('data_sealed', 'is not', null)
    .executeTakeFirst();
  return row?.system;
}

/** The same for many; who is connected nowhere is not there. */
export async function systemsOf(
  reader: Reader,
  tenantId: string,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await reader
    .selectFrom('connections')
    .select(['user_id', 'system'])
    .where('tenant_id', '=', tenantId)
    .where('user_id', 'in', userIds)
    .where('data_sealed', 'is not', null)
    .execute();
  return new Map(rows.map(({ user_id, system }) => [user_id, system]));
}

/** Versions and fingerprints of what a phone system has stored here. */
export async function listConnections(
  reader: Reader,
  { tenantId, system }: Source,
  page: { readonly cursor?: string | undefined; readonly limit: number },
) {
  const [after] = page.cursor === undefined ? [''] : (fromCursor(page.cursor, ['string']) ?? notACursor());
  const rows = await reader
    .selectFrom('connections')
    .select(['user_id', 'version', 'digest', 'changed_at_ms'])
    .where('tenant_id', '=', tenantId)
    .where('system', '=', system)
    .where('data_sealed', 'is not', null)
    .where('user_id', '>', after)
    .orderBy('user_id')
    .limit(page.limit + 1)
    .execute();
  const shown = rows.slice(0, page.limit);
  const last = shown.at(-1);
  return {
    connections: shown.map((row) => ({
      userId: row.user_id,
      version: row.version,
      digest: row.digest,
      changedAtMs: row.changed_at_ms,
    })),
    ...(rows.length > page.limit && last !== undefined ? { next: toCursor([last.user_id]) } : {}),
  };
}

function refused(userId: string, code: ProblemCode, version?: number): ConnectionOutcome {
  const [, title, action] = PROBLEMS[code];
  return {
    userId,
    outcome: 'refused',
    code,
    message: `${title} ${action}`,
    ...(version === undefined ? {} : { version }),
  };
}

function place(tenantId: string, userId: string): string {
  return `connection ${tenantId} ${userId}`;
}

function keyOf(userId: string, system: string): string {
  return `${userId} ${system}`;
}

function notACursor(): never {
  throw new ProblemError('invalidRequest', 'This is no cursor of this list.');
}
