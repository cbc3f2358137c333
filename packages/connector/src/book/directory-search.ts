import type { DirectoryEntry } from '@unisono/contract';
import type { Context } from '../context.ts';
import { containing, fromCursor, toCursor } from '../database/json.ts';
import type { SessionCaller } from '../http/caller.ts';
import { ProblemError } from '../http/problem-error.ts';
import { connectionOf } from '../sync/connections.ts';
import { colleagueAt, colleaguesById, type Found, findColleagues, type Position } from './colleagues.ts';
import { keysPattern } from './keys.ts';
import type { LdapSearch } from './ldap.ts';
import { numberKey } from './numbers.ts';

export interface SearchQuery {
  readonly q: string;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/**
 * People of the tenant and numbers of its phone systems, then shared contacts, then what the LDAP directories say (on the first page only). Every word has to be found,
 * in a name, an address or a number; digits also find names by the letters on a telephone's keys.
 */
export async function searchDirectory(
  context: Context,
  ldap: LdapSearch,
  { tenantId }: SessionCaller,
  query: SearchQuery,
) {
  const begin =
    query.cursor === undefined
      ? (['people', '', ''] as const)
      : fromCursor(query.cursor, ['string', 'string', 'string']);
  if (begin === undefined) throw new ProblemError('invalidRequest', 'This is no cursor of this list.');
  const words = query.q
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, 8);
  const [part, ...after] = begin;
  const start = ['', ''] as const;
  const people = part === 'people' ? await findColleagues(context.store, tenantId, words, after, query.limit + 1) : [];
  if (people.length > query.limit) return pageOf(people, query.limit, 'people');
  const room = query.limit - people.length;
  const contacts = await findContacts(context, tenantId, words, part === 'people' ? start : after, room + 1);
  const found = query.cursor === undefined && words.length > 0 ? await ldap.search(tenantId, query.q, query.limit) : [];
  const outside = { entries: [...people.map(({ entry }) => entry), ...contacts.map(({ entry }) => entry), ...found] };
  if (contacts.length <= room) return outside;
  const shown = contacts.slice(0, room);
  const position = shown.at(-1)?.position ?? (part === 'people' ? start : after);
  return {
    entries: [...people.map(({ entry }) => entry), ...shown.map(({ entry }) => entry), ...found],
    next: toCursor(['contacts', ...position]),
  };
}

function pageOf(found: readonly Found[], limit: number, part: string) {
  const page = found.slice(0, limit);
  return { entries: page.map(({ entry }) => entry), next: toCursor([part, ...(page.at(-1)?.position ?? [])]) };
}

async function findContacts(
  context: Context,
  tenantId: string,
  words: readonly string[],
  [key, id]: Position,
  limit: number,
): Promise<Found[]> {
  let rows = context.store.selectFrom('contacts').selectAll().where('tenant_id', '=', tenantId);
  for (const word of words) {
    const keys = keysPattern(word);
    rows = rows.where((is) =>
      is.or([
        is('search_key', 'like', containing(word)),
        ...(keys === undefined ? [] : [is('name_keys', 'like', keys)]),
      ]),
    );
  }
  const found = await rows
    .where((is) => is.or([is('search_key', '>', key), is.and([is('search_key', '=', key), is('id', '>', id)])]))
    .orderBy('search_key')
    .orderBy('id')
    .limit(limit)
    .execute();
  return found.map((row) => ({ entry: contactEntry(row), position: [row.search_key, row.id] }));
}

function contactEntry(row: {
  id: string;
  name: string;
  company: string | null;
  email: string | null;
  numbers: string;
}): DirectoryEntry {
  return {
    entryId: row.id,
    source: 'contact',
    name: row.name,
    numbers: JSON.parse(row.numbers),
    ...(row.company === null ? {} : { company: row.company }),
    ...(row.email === null ? {} : { email: row.email }),
  };
}

/** One entry. Throws `notFound`. */
export async function entryById(
  context: Context,
  { tenantId }: SessionCaller,
  entryId: string,
): Promise<DirectoryEntry> {
  const colleague = (await colleaguesById(context.store, tenantId, [entryId])).get(entryId);
  if (colleague !== undefined) return colleague;
  const rows = context.store.selectFrom('contacts').selectAll().where('tenant_id', '=', tenantId);
  const contact = await rows.where('id', '=', entryId).executeTakeFirst();
  if (contact !== undefined) return contactEntry(contact);
  throw new ProblemError('notFound', 'There is no such entry.');
}

/** Whose number it is, read by the dialling rules of who asks: own people first, then shared contacts, then LDAP. */
export async function ownerOf(context: Context, ldap: LdapSearch, caller: SessionCaller, number: string) {
  const { tenantId, userId } = caller;
  const key = numberKey(number, (await connectionOf(context, tenantId, userId))?.data.dialling);
  if (key === '') return {};
  const colleague = await colleagueAt(context.store, tenantId, key);
  if (colleague !== undefined) return { name: colleague.name, entry: colleague };
  const contact = await context.store
    .selectFrom('contact_numbers')
    .innerJoin('contacts', (join) =>
      join
        .onRef('contacts.tenant_id', '=', 'contact_numbers.tenant_id')
        .onRef('contacts.id', '=', 'contact_numbers.contact_id'),
    )
    .selectAll('contacts')
    .where('contact_numbers.tenant_id', '=', tenantId)
    .where('contact_numbers.number_key', '=', key)
    .executeTakeFirst();
  if (contact !== undefined) return { name: contact.name, entry: contactEntry(contact) };
  const entry = await ldap.ownerOf(tenantId, key);
  return entry === undefined ? {} : { name: entry.name, entry };
}
