import { type HistoryEntry, historyEntry } from '@unisono/contract';
import type { Change } from '../change.ts';
import { containing, folded, fromCursor, toCursor } from '../database/json.ts';
import type { Reader } from '../database/tables.ts';
import type { SessionCaller } from '../http/caller.ts';
import { ProblemError } from '../http/problem-error.ts';

/** Incoming calls that nobody of the user's took. */
const MISSED = ['noAnswer', 'cancelled', 'busy', 'unreachable'];

/** One entry per call: one that comes again replaces nothing and harms nothing. True when it is new. */
export async function writeHistory(
  one: Change,
  tenantId: string,
  userId: string,
  entry: HistoryEntry,
): Promise<boolean> {
  const written = await one.writing
    .insertInto('history')
    .values({
      tenant_id: tenantId,
      user_id: userId,
      entry_id: entry.entryId,
      started_at_ms: entry.startedAtMs,
      direction: entry.direction,
      result: entry.result,
      search_key: searchKeyOf(entry),
      entry: JSON.stringify(entry),
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'user_id', 'entry_id']).doNothing())
    .returning('entry_id')
    .executeTakeFirst();
  return written !== undefined;
}

function searchKeyOf({ party, dialled, deflectedTo }: HistoryEntry): string {
  const texts = [party.name, party.number, dialled, deflectedTo?.name, deflectedTo?.number];
  return folded(texts.filter((text) => text !== undefined).join(' '));
}

/** Writes the name of the other party where none is written; the person's clients are told the entry anew. */
export async function nameEntry(
  one: Change,
  { tenantId, userId }: Pick<SessionCaller, 'tenantId' | 'userId'>,
  entryId: string,
  name: string,
): Promise<void> {
  const { writing } = one;
  const rows = writing.selectFrom('history').select('entry').where('tenant_id', '=', tenantId);
  const row = await rows.where('user_id', '=', userId).where('entry_id', '=', entryId).executeTakeFirst();
  if (row === undefined) return;
  const entry = historyEntry.parse(JSON.parse(row.entry));
  if (entry.party.name !== undefined) return;
  const named = { ...entry, party: { ...entry.party, name } };
  await writing
    .updateTable('history')
    .set({ entry: JSON.stringify(named), search_key: searchKeyOf(named) })
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('entry_id', '=', entryId)
    .execute();
  await one.event(tenantId, userId, { kind: 'history', entry: named });
}

export interface HistoryQuery {
  readonly cursor?: string | undefined;
  readonly limit: number;
  readonly show: 'all' | 'missed' | 'incoming' | 'outgoing';
  readonly q?: string | undefined;
}

/** A page of a person's calls, the latest first. */
export async function historyPage(reader: Reader, { tenantId, userId }: SessionCaller, query: HistoryQuery) {
  const after = query.cursor === undefined ? undefined : fromCursor(query.cursor, ['number', 'string']);
  if (query.cursor !== undefined && after === undefined)
    throw new ProblemError('invalidRequest', 'This is no cursor of this list.');
  let rows = reader.selectFrom('history').selectAll().where('tenant_id', '=', tenantId).where('user_id', '=', userId);
  if (query.show === 'missed') rows = rows.where('direction', '=', 'incoming').where('result', 'in', MISSED);
  else if (query.show !== 'all') rows = rows.where('direction', '=', query.show);
  if (query.q !== undefined && query.q !== '') rows = rows.where('search_key', 'like', containing(query.q));
  if (after !== undefined) {
    const [atMs, id] = after;
    rows = rows.where((is) =>
      is.or([is('started_at_ms', '<', atMs), is.and([is('started_at_ms', '=', atMs), is('entry_id', '<', id)])]),
    );
  }
  const found = await rows
    .orderBy('started_at_ms', 'desc')
    .orderBy('entry_id', 'desc')
    .limit(query.limit + 1)
    .execute();
  const page = found.slice(0, query.limit);
  const last = page.at(-1);
  return {
    entries: page.map((row) => historyEntry.parse(JSON.parse(row.entry))),
    unseenMissed: await unseenMissed(reader, tenantId, userId),
    ...(found.length > query.limit && last !== undefined
      ? { next: toCursor([last.started_at_ms, last.entry_id]) }
      : {}),
  };
}

async function unseenMissed(reader: Reader, tenantId: string, userId: string): Promise<number> {
  const { count } = await reader
    .selectFrom('history')
    .innerJoin('users', (join) =>
      join.onRef('users.tenant_id', '=', 'history.tenant_id').onRef('users.id', '=', 'history.user_id'),
    )
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('history.tenant_id', '=', tenantId)
    .where('history.user_id', '=', userId)
    .where('history.direction', '=', 'incoming')
    .where('history.result', 'in', MISSED)
    .whereRef('history.started_at_ms', '>', 'users.history_seen_at_ms')
    .executeTakeFirstOrThrow();
  return Number(count);
}

export async function historySeen(one: Change, { tenantId, userId }: SessionCaller): Promise<void> {
  const row = one.writing.updateTable('users').set({ history_seen_at_ms: one.nowMs });
  await row.where('tenant_id', '=', tenantId).where('id', '=', userId).execute();
  await one.event(tenantId, userId, { kind: 'historySeen' });
}

/** Throws `notFound`. */
export async function deleteEntry(one: Change, { tenantId, userId }: SessionCaller, entryId: string): Promise<void> {
  const gone = await one.writing
    .deleteFrom('history')
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('entry_id', '=', entryId)
    .returning('entry_id')
    .executeTakeFirst();
  if (gone === undefined) throw new ProblemError('notFound', 'There is no such entry.');
}
