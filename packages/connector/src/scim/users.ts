import { emailKey } from '@unisono/contract';
import Types from 'scimmy/types';
import type { Change } from '../change.ts';
import type { Reader } from '../database/tables.ts';
import { addUser, type By, changeUser, type UserRow } from '../people/directory.ts';
import { ScimError } from './error.ts';
import { asRecord, type Resource, resourceOf, type Wanted } from './resource.ts';

export const MAX_RESULTS = 200;
const MAX_FILTER_LENGTH = 1000;

export interface ListQuery {
  readonly filter?: string | undefined;
  readonly startIndex: number;
  readonly count: number;
}

/** A page of people (RFC 7644 §3.4.2). The filters that providers ask with are answered by an index, others by looking at everybody. */
export async function listUsers(reader: Reader, tenantId: string, query: ListQuery, location: string) {
  const all = reader
    .selectFrom('users')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('deleted_at_ms', 'is', null);
  const from = Math.max(1, query.startIndex) - 1;
  const count = Math.min(MAX_RESULTS, Math.max(0, query.count));
  if (query.filter !== undefined) {
    const rows = await (indexed(query.filter) === undefined ? all : byIndex(all, indexed(query.filter)))
      .orderBy('id')
      .execute();
    const found = matching(
      query.filter,
      rows.map((row) => resourceOf(row, location)),
    );
    return listResponse(found.slice(from, from + count), found.length, from + 1);
  }
  const { total } = await reader
    .selectFrom('users')
    .select((select) => select.fn.countAll<number>().as('total'))
    .where('tenant_id', '=', tenantId)
    .where('deleted_at_ms', 'is', null)
    .executeTakeFirstOrThrow();
  const rows = count === 0 ? [] : await all.orderBy('id').offset(from).limit(count).execute();
  return listResponse(
    rows.map((row) => resourceOf(row, location)),
    Number(total),
    from + 1,
  );
}

type Indexed = { readonly column: 'email_key' | 'external_id' | 'id'; readonly value: string };

/** `userName eq "…"` and its like, which is nearly all that providers ask. */
function indexed(filter: string): Indexed | undefined {
  const match =
    /^\s*(userName|externalId|id|emails(?:\[type eq "work"\])?\.value)\s+eq\s+("(?:[^"\\]|\\.)*")\s*$/i.exec(filter);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(match[2]);
  } catch {
    return undefined;
  }
  if (typeof value !== 'string') return undefined;
  const attribute = match[1].toLowerCase();
  if (attribute === 'externalid') return { column: 'external_id', value };
  return attribute === 'id' ? { column: 'id', value } : { column: 'email_key', value: emailKey(value) };
}

function byIndex<Query extends { where(column: Indexed['column'], is: '=', value: string): Query }>(
  query: Query,
  by: Indexed | undefined,
): Query {
  return by === undefined ? query : query.where(by.column, '=', by.value);
}

/** Throws `invalidFilter`. What an index has found already needs no second look: addresses are compared in their own way. */
function matching(filter: string, resources: Resource[]): Resource[] {
  if (indexed(filter) !== undefined) return resources;
  if (filter.length > MAX_FILTER_LENGTH) throw new ScimError(400, 'invalidFilter', 'The filter is too long.');
  if (UNFINISHED.test(filter.replace(QUOTED, '""')))
    throw new ScimError(400, 'invalidFilter', 'A comparison has nothing to compare with.');
  try {
    const found = new Set(
      new Types.Filter(withoutCase(filter)).match(resources.map(lowered)).map((one) => asRecord(one).id),
    );
    return resources.filter(({ id }) => found.has(id));
  } catch (error) {
    throw new ScimError(400, 'invalidFilter', error instanceof Error ? error.message : 'The filter cannot be read.');
  }
}

const QUOTED = /"(?:[^"\\]|\\.)*"/g;
const UNFINISHED = /\s(eq|ne|co|sw|ew|gt|lt|ge|le)\s*($|\)|\]|\s(and|or)\s)/i;
const TIME = /^"?\d{4}-\d\d-\d\dT/;

/** The attributes that are kept here compare without case (RFC 7643 §2.2, caseExact); times stay as they are. */
function withoutCase(filter: string): string {
  return filter.replace(QUOTED, (text) => (TIME.test(text) ? text : text.toLowerCase()));
}

function lowered(value: Resource): Resource {
  const text = JSON.stringify(value, (name, member) =>
    typeof member === 'string' && name !== 'id' && !TIME.test(member) ? member.toLowerCase() : member,
  );
  return JSON.parse(text) as Resource;
}

export function listResponse(resources: readonly unknown[], totalResults: number, startIndex: number) {
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults,
    startIndex,
    itemsPerPage: resources.length,
    Resources: resources,
  };
}

/** Throws `emailTaken`. Who is provisioned has Unify Phone unless the extension says otherwise. */
export async function createUser(one: Change, by: By, wanted: Wanted): Promise<UserRow> {
  const { email, firstName, lastName, externalId, language, isActive, phone = true } = wanted;
  const optional = {
    ...(externalId === undefined ? {} : { externalId }),
    ...(language === undefined ? {} : { language }),
  };
  const row = await addUser(one, by, { email, firstName, lastName, role: 'user', phone, ...optional });
  return isActive ? row : changeUser(one, by, row.id, { disabled: true });
}

/** Makes a person as the resource says. Throws `notFound`, `emailTaken`, `preconditionFailed`. */
export async function replaceUser(
  one: Change,
  by: By,
  userId: string,
  wanted: Wanted,
  version?: number,
): Promise<UserRow> {
  const { email, firstName, lastName, externalId, language, isActive, phone } = wanted;
  return changeUser(
    one,
    by,
    userId,
    {
      email,
      firstName,
      lastName,
      externalId: externalId ?? null,
      disabled: !isActive,
      ...(language === undefined ? {} : { language }),
      ...(phone === undefined ? {} : { phone }),
    },
    version,
  );
}
