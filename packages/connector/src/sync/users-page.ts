import type { Language, RemovedUser, SyncPage, SyncUser, UserStatus } from '@unisono/contract';
import { fromCursor, toCursor } from '../database/json.ts';
import type { Reader } from '../database/tables.ts';
import { ProblemError } from '../http/problem-error.ts';
import { displayName, type UserRow } from '../people/directory.ts';
import { tenantById } from '../tenants/tenants.ts';

export interface PageQuery {
  readonly tenantId: string;
  readonly system: string;
  readonly cursor?: string | undefined;
  readonly since?: string | undefined;
  readonly limit: number;
}

/** What stands for the whole list, as an entity tag (RFC 9110 §8.8.3). */
export async function usersTag(reader: Reader, tenantId: string): Promise<string> {
  return `"u${(await tenantById(reader, tenantId)).user_revision}"`;
}

/**
 * A page of all Unify Phone users by id, or of the changes since a delta in the order in which they were made. A walk over all pages takes
 * the number of the last change at its beginning along: what changes while it goes on is in the delta from there. Throws
 * `cursorExpired` for a delta from before what has been forgotten, `invalidRequest` for what is no cursor.
 */
export async function usersPage(reader: Reader, query: PageQuery): Promise<SyncPage> {
  const tenant = await tenantById(reader, query.tenantId);
  if (query.since !== undefined) return changesPage(reader, query, tenant);
  const begun = query.cursor === undefined ? (['', tenant.user_revision] as const) : readCursor(query.cursor);
  const [after, revision] = begun;
  const rows = await selectUsers(reader, query)
    .where('users.id', '>', after)
    .where('users.phone', '=', 1)
    .where('users.status', '<>', 'disabled')
    .where('users.deleted_at_ms', 'is', null)
    .orderBy('users.id')
    .limit(query.limit + 1)
    .execute();
  const page = rows.slice(0, query.limit);
  const users = page.map(syncUser);
  const last = page.at(-1);
  if (rows.length > query.limit && last !== undefined)
    return { users, removed: [], next: toCursor([last.id, revision]) };
  return { users, removed: [], delta: toCursor([revision]) };
}

async function changesPage(
  reader: Reader,
  query: PageQuery,
  tenant: { readonly user_revision: number; readonly pruned_revision: number },
): Promise<SyncPage> {
  const [since] = fromCursor(query.cursor ?? query.since ?? '', ['number']) ?? notACursor();
  if (since < tenant.pruned_revision || since > tenant.user_revision) throw new ProblemError('cursorExpired');
  const rows = await selectUsers(reader, query)
    .where('users.revision', '>', since)
    .orderBy('users.revision')
    .limit(query.limit + 1)
    .execute();
  const page = rows.slice(0, query.limit);
  const isIn = (row: UserRow): boolean => row.phone === 1 && row.status !== 'disabled' && row.deleted_at_ms === null;
  const found = { users: page.filter(isIn).map(syncUser), removed: page.filter((row) => !isIn(row)).map(removedUser) };
  const last = page.at(-1);
  const reached = toCursor([last?.revision ?? since]);
  return rows.length > query.limit ? { ...found, next: reached } : { ...found, delta: reached };
}

function selectUsers(reader: Reader, { tenantId, system }: PageQuery) {
  return reader
    .selectFrom('users')
    .leftJoin('connections', (join) =>
      join
        .onRef('connections.tenant_id', '=', 'users.tenant_id')
        .onRef('connections.user_id', '=', 'users.id')
        .on('connections.system', '=', system)
        .on('connections.data_sealed', 'is not', null),
    )
    .selectAll('users')
    .select(['connections.version as connection_version', 'connections.digest as connection_digest'])
    .where('users.tenant_id', '=', tenantId);
}

type FoundUser = UserRow & { readonly connection_version: number | null; readonly connection_digest: string | null };

function syncUser(row: FoundUser): SyncUser {
  const { connection_version: version, connection_digest: digest } = row;
  return {
    id: row.id,
    email: row.email,
    firstName: row.first_name,
    lastName: row.last_name,
    displayName: displayName(row),
    status: row.status as UserStatus,
    changedAtMs: row.changed_at_ms,
    ...(row.language === null ? {} : { language: row.language as Language }),
    ...(version === null || digest === null ? {} : { connection: { version, digest } }),
  };
}

function removedUser(row: UserRow): RemovedUser {
  if (row.deleted_at_ms !== null) return { id: row.id, reason: 'deleted' };
  return { id: row.id, reason: row.status === 'disabled' ? 'disabled' : 'phoneOff' };
}

function readCursor(cursor: string): [string, number] {
  return fromCursor(cursor, ['string', 'number']) ?? notACursor();
}

function notACursor(): never {
  throw new ProblemError('invalidRequest', 'This is no cursor of this list.');
}
