import {
  type DirectoryUser,
  emailKey,
  type Language,
  type NewUser,
  type UserPatch,
  type UserStatus,
} from '@unisono/contract';
import type { Selectable } from 'kysely';
import { nameKeys } from '../book/keys.ts';
import { ACCESS_TOPIC, type Change, holdTenant, userTopic } from '../change.ts';
import { isTaken } from '../database/failures.ts';
import { containing, folded, fromCursor, toCursor } from '../database/json.ts';
import type { Reader, Tables } from '../database/tables.ts';
import { ProblemError } from '../http/problem-error.ts';
import { endSessions } from '../sign-in/sessions.ts';

export type UserRow = Selectable<Tables['users']>;

/** Who does it, and where. */
export interface By {
  readonly tenantId: string;
  readonly actor: string;
}

/** Adds a person. Throws `emailTaken`. */
export async function addUser(one: Change, by: By, user: Omit<NewUser, 'invite'>): Promise<UserRow> {
  const revision = await one.nextRevision(by.tenantId);
  const row = newRow(one, by.tenantId, user, revision);
  await refuseTaken(row.email, () => one.writing.insertInto('users').values(row).execute());
  one.audit({ ...by, action: 'person created', subject: `${row.email} (${row.id})` });
  return row;
}

export function newRow(one: Change, tenantId: string, user: Omit<NewUser, 'invite'>, revision: number): UserRow {
  return {
    tenant_id: tenantId,
    id: one.newId('u'),
    email: user.email,
    email_key: emailKey(user.email),
    first_name: user.firstName,
    last_name: user.lastName,
    language: user.language ?? null,
    role: user.role,
    status: 'invited',
    phone: user.phone ? 1 : 0,
    external_id: user.externalId ?? null,
    version: 1,
    revision,
    created_at_ms: one.nowMs,
    changed_at_ms: one.nowMs,
    deleted_at_ms: null,
    search_key: searchKey(user.firstName, user.lastName, user.email),
    name_keys: nameKeys(`${user.firstName} ${user.lastName}`),
    password: null,
    totp_sealed: null,
    totp_confirmed: 0,
    totp_step: 0,
    recovery_codes: '[]',
    event_position: 0,
    history_seen_at_ms: 0,
  };
}

export function searchKey(firstName: string, lastName: string, email: string): string {
  return folded(`${firstName} ${lastName} ${firstName} ${email}`);
}

/** The person, deleted ones not. Throws `notFound`. */
export async function userRow(reader: Reader, tenantId: string, userId: string): Promise<UserRow> {
  const row = reader.selectFrom('users').selectAll().where('tenant_id', '=', tenantId).where('id', '=', userId);
  const found = await row.where('deleted_at_ms', 'is', null).executeTakeFirst();
  if (found === undefined) throw new ProblemError('notFound', 'There is no such person.');
  return found;
}

export async function userByEmail(reader: Reader, tenantId: string, email: string): Promise<UserRow | undefined> {
  const row = reader.selectFrom('users').selectAll().where('tenant_id', '=', tenantId);
  return row.where('email_key', '=', emailKey(email)).executeTakeFirst();
}

/**
 * Changes what is given; `expectedVersion` is what the caller has read. Throws `notFound`, `preconditionFailed`, `emailTaken`. Who is
 * disabled is signed out everywhere.
 */
export async function changeUser(
  one: Change,
  by: By,
  userId: string,
  patch: UserPatch,
  expectedVersion?: number,
): Promise<UserRow> {
  // Held first: of two who change at once the second must see what the first has done.
  await holdTenant(one, by.tenantId);
  const before = await userRow(one.writing, by.tenantId, userId);
  if (expectedVersion !== undefined && before.version !== expectedVersion)
    throw new ProblemError('preconditionFailed', `Version ${before.version} is in force, not ${expectedVersion}.`);
  const wanted = changedRow(before, patch);
  const changed = Object.keys(wanted).filter((name) => wanted[name as keyof UserRow] !== before[name as keyof UserRow]);
  if (changed.length === 0) return before;
  const revision = await one.nextRevision(by.tenantId);
  const after = { ...wanted, version: before.version + 1, revision, changed_at_ms: one.nowMs };
  await refuseTaken(after.email, () =>
    one.writing
      .updateTable('users')
      .set(Object.fromEntries(WRITTEN.map((name) => [name, after[name]])))
      .where('tenant_id', '=', by.tenantId)
      .where('id', '=', userId)
      .execute(),
  );
  one.audit({ ...by, action: 'person changed', subject: `${after.email} (${userId})`, details: { changed } });
  if (after.status === 'disabled') await endSessions(one, by.tenantId, userId, 'disabled');
  await one.event(by.tenantId, userId, { kind: 'profile' });
  return after;
}

/** What a change of a person writes; the rest of the row belongs to others. */
const WRITTEN = [
  'email',
  'email_key',
  'first_name',
  'last_name',
  'language',
  'role',
  'phone',
  'external_id',
  'status',
  'search_key',
  'name_keys',
  'version',
  'revision',
  'changed_at_ms',
] as const satisfies readonly (keyof UserRow)[];

function changedRow(row: UserRow, patch: UserPatch): UserRow {
  const email = patch.email ?? row.email;
  const [first_name, last_name] = [patch.firstName ?? row.first_name, patch.lastName ?? row.last_name];
  return {
    ...row,
    email,
    email_key: emailKey(email),
    first_name,
    last_name,
    language: patch.language === undefined ? row.language : patch.language,
    role: patch.role ?? row.role,
    phone: patch.phone === undefined ? row.phone : Number(patch.phone),
    external_id: patch.externalId === undefined ? row.external_id : patch.externalId,
    status: statusAfter(row, patch.disabled),
    search_key: searchKey(first_name, last_name, email),
    name_keys: nameKeys(`${first_name} ${last_name}`),
  };
}

/** Who is enabled again is active if they had signed in before: a password or another way is known. */
function statusAfter(row: UserRow, disabled: boolean | undefined): string {
  if (disabled === true) return 'disabled';
  if (disabled === false && row.status === 'disabled') return row.password === null ? 'invited' : 'active';
  return row.status;
}

/** Takes a person out; the row is kept for the records until retention erases it. Throws `notFound`, `preconditionFailed`. */
export async function deleteUser(one: Change, by: By, userId: string, expectedVersion?: number): Promise<void> {
  await holdTenant(one, by.tenantId);
  const row = await userRow(one.writing, by.tenantId, userId);
  if (expectedVersion !== undefined && row.version !== expectedVersion)
    throw new ProblemError('preconditionFailed', `Version ${row.version} is in force, not ${expectedVersion}.`);
  await endSessions(one, by.tenantId, userId, 'deleted');
  const revision = await one.nextRevision(by.tenantId);
  await one.writing
    .updateTable('users')
    .set({
      email_key: null,
      deleted_at_ms: one.nowMs,
      revision,
      password: null,
      totp_sealed: null,
      version: row.version + 1,
    })
    .where('tenant_id', '=', by.tenantId)
    .where('id', '=', userId)
    .execute();
  for (const table of [
    'connections',
    'identities',
    'tickets',
    'pushes',
    'favourites',
    'notification_settings',
    'presence',
  ] as const)
    await one.writing.deleteFrom(table).where('tenant_id', '=', by.tenantId).where('user_id', '=', userId).execute();
  one.audit({ ...by, action: 'person deleted', subject: `${row.email} (${userId})` });
  one.signal(userTopic(by.tenantId, userId));
  one.signal(ACCESS_TOPIC);
}

export interface UserQuery {
  readonly cursor?: string | undefined;
  readonly limit: number;
  readonly q?: string | undefined;
}

/** A page of people by address. */
export async function listUsers(reader: Reader, tenantId: string, query: UserQuery) {
  const all = reader.selectFrom('users').where('tenant_id', '=', tenantId).where('deleted_at_ms', 'is', null);
  const found = query.q === undefined ? all : all.where('search_key', 'like', containing(query.q));
  const { total } = await found.select((select) => select.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
  const after = query.cursor === undefined ? [''] : fromCursor(query.cursor, ['string']);
  if (after === undefined) throw new ProblemError('invalidRequest', 'This is no cursor of this list.');
  const rows = await found
    .selectAll()
    .where('email_key', '>', after[0] ?? '')
    .orderBy('email_key')
    .limit(query.limit + 1)
    .execute();
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    users: await Promise.all(page.map((row) => userView(reader, row))),
    total: Number(total),
    ...(rows.length > query.limit && last !== undefined ? { next: toCursor([last.email_key ?? '']) } : {}),
  };
}

/** Until when the link of the last invitation is good; undefined: it was used, has ended, or there was none. */
async function openInvitation(reader: Reader, row: UserRow): Promise<DirectoryUser['invitation']> {
  if (row.status !== 'invited') return undefined;
  const ticket = await reader
    .selectFrom('tickets')
    .select(['created_at_ms', 'expires_at_ms'])
    .where('tenant_id', '=', row.tenant_id)
    .where('user_id', '=', row.id)
    .where('purpose', '=', 'invitation')
    .orderBy('created_at_ms', 'desc')
    .executeTakeFirst();
  return ticket && { sentAtMs: ticket.created_at_ms, expiresAtMs: ticket.expires_at_ms };
}

/** A person as administrators see it. */
export async function userView(reader: Reader, row: UserRow): Promise<DirectoryUser> {
  const connection = await reader
    .selectFrom('connections')
    .select('system')
    .where('tenant_id', '=', row.tenant_id)
    .where('user_id', '=', row.id)
    .where('data_sealed', 'is not', null)
    .executeTakeFirst();
  const invitation = await openInvitation(reader, row);
  return {
    id: row.id,
    email: row.email,
    firstName: row.first_name,
    lastName: row.last_name,
    displayName: displayName(row),
    role: row.role as DirectoryUser['role'],
    status: row.status as UserStatus,
    phone: row.phone === 1,
    version: row.version,
    createdAtMs: row.created_at_ms,
    changedAtMs: row.changed_at_ms,
    connected: connection !== undefined,
    secondFactor: row.totp_confirmed === 1,
    ...(invitation === undefined ? {} : { invitation }),
    ...(row.language === null ? {} : { language: row.language as Language }),
    ...(row.external_id === null ? {} : { externalId: row.external_id }),
  };
}

export function displayName(row: Pick<UserRow, 'first_name' | 'last_name'>): string {
  return `${row.first_name} ${row.last_name}`;
}

/** The version in an If-Match header: `"7"`, or anything for `*`. Throws `invalidRequest`. */
export function versionOf(header: string | undefined): number | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  const match = /^(?:W\/)?"(\d{1,15})"$/.exec(header.trim());
  if (match === null) throw new ProblemError('invalidRequest', 'If-Match has to be a version in quotes: "7".');
  return Number(match[1]);
}

async function refuseTaken(email: string, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (isTaken(error)) throw new ProblemError('emailTaken', `Somebody else of this tenant has the address ${email}.`);
    throw error;
  }
}
