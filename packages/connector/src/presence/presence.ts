import type { Presence, UserState } from '@unisono/contract';
import { sql } from 'kysely';
import { numberKey } from '../book/numbers.ts';
import { type Change, presenceTopic } from '../change.ts';
import type { Context } from '../context.ts';
import type { Reader } from '../database/tables.ts';
import type { SessionCaller } from '../http/caller.ts';
import { connectionOf } from '../sync/connections.ts';

/** What colleagues are told of somebody: less than the phone system says. */
function presenceOf(state: UserState): Presence {
  if (state.callCount > 0) return 'inCall';
  return state.isDeskRegistered || state.clientCount > 0 ? 'free' : 'away';
}

/** Keeps what the phone system says of a person; who watches them hears of it when it is something else for colleagues. */
export async function notePresence(one: Change, tenantId: string, userId: string, state: UserState): Promise<void> {
  const presence = presenceOf(state);
  const changed = await one.writing
    .insertInto('presence')
    .values({ tenant_id: tenantId, user_id: userId, state: presence, is_hidden: 0 })
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'user_id'])
        .doUpdateSet({ state: presence })
        .where('presence.state', '<>', presence),
    )
    .returning('state')
    .executeTakeFirst();
  if (changed !== undefined) one.signal(presenceTopic(tenantId, userId));
}

/** Colleagues see this person's state, or do not. */
export async function sharePresence(
  one: Change,
  { tenantId, userId }: SessionCaller,
  isShared: boolean,
): Promise<void> {
  const is_hidden = isShared ? 0 : 1;
  await one.writing
    .insertInto('presence')
    .values({ tenant_id: tenantId, user_id: userId, state: 'away', is_hidden })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'user_id']).doUpdateSet({ is_hidden }))
    .execute();
  one.signal(presenceTopic(tenantId, userId));
  const own = one.writing
    .selectFrom('stations')
    .innerJoin('users', (join) =>
      join.onRef('users.tenant_id', '=', 'stations.tenant_id').onRef('users.email_key', '=', 'stations.email_key'),
    )
    .select('stations.id')
    .where('stations.tenant_id', '=', tenantId);
  for (const { id } of await own.where('users.id', '=', userId).execute()) one.signal(presenceTopic(tenantId, id));
}

export async function sharesPresence(reader: Reader, tenantId: string, userId: string): Promise<boolean> {
  const row = reader.selectFrom('presence').select('is_hidden').where('tenant_id', '=', tenantId);
  return (await row.where('user_id', '=', userId).executeTakeFirst())?.is_hidden !== 1;
}

/** The states of people and numbers of directory entries, of those who let them be seen and of whom a phone system has told. */
export async function presencesOf(
  reader: Reader,
  tenantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Presence>> {
  if (ids.length === 0) return new Map();
  const rows = await reader
    .selectFrom('presence')
    .select(['user_id', 'state'])
    .where('tenant_id', '=', tenantId)
    .where('user_id', 'in', [...ids])
    .where('is_hidden', '=', 0)
    .execute();
  const stations = await reader
    .selectFrom('stations')
    .select(['id', 'presence'])
    .where('tenant_id', '=', tenantId)
    .where('id', 'in', [...ids])
    .where(({ not, exists }) => not(exists(hiddenOwner(reader))))
    .execute();
  return new Map([
    ...rows.map(({ user_id, state }) => [user_id, state] as const),
    ...stations.flatMap(({ id, presence }) => (presence === null ? [] : [[id, presence] as const])),
  ]);
}

/** The person with the address of a number of the phone system, when they hide what they are doing. */
function hiddenOwner(reader: Reader) {
  return reader
    .selectFrom('users')
    .innerJoin('presence', (join) =>
      join.onRef('presence.tenant_id', '=', 'users.tenant_id').onRef('presence.user_id', '=', 'users.id'),
    )
    .select('users.id')
    .whereRef('users.tenant_id', '=', sql.ref('stations.tenant_id'))
    .whereRef('users.email_key', '=', sql.ref('stations.email_key'))
    .where('presence.is_hidden', '=', 1);
}

/** Whose numbers these are: numbers as written by the caller, by person of the tenant or entry of its phone systems. */
export async function peopleAt(
  context: Context,
  { tenantId, userId }: SessionCaller,
  numbers: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (numbers.length === 0) return new Map();
  const dialling = (await connectionOf(context, tenantId, userId))?.data.dialling;
  const written = Map.groupBy(numbers, (number) => numberKey(number, dialling));
  const keys = [...written.keys()];
  const rows = await context.store
    .selectFrom('connections')
    .select(['user_id', 'desk_number', 'outside_number'])
    .where('tenant_id', '=', tenantId)
    .where('data_sealed', 'is not', null)
    .where((is) => is.or([is('desk_number', 'in', keys), is('outside_number', 'in', keys)]))
    .execute();
  // A connected person's state is told as theirs, and counts.
  const theirs = new Set(rows.flatMap(({ desk_number, outside_number }) => [desk_number, outside_number]));
  const others = keys.filter((key) => !theirs.has(key));
  const stations = await stationsAt(context.store, tenantId, others);
  return new Map(
    [
      ...rows.map(({ user_id, desk_number, outside_number }) => [user_id, [desk_number, outside_number]] as const),
      ...stations.map(({ id, number, outside_number }) => [id, [number, outside_number]] as const),
    ].map(([id, both]) => [id, both.flatMap((key) => written.get(key ?? '') ?? [])]),
  );
}

/** Of which of these entries of the directory a change of a person's or a number's state tells, by what is told of. */
export async function entriesBehind(
  reader: Reader,
  tenantId: string,
  entryIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (entryIds.length === 0) return new Map();
  // Who has no clients is shown with the state of the number that is theirs by the address.
  const numbers = await reader
    .selectFrom('stations')
    .innerJoin('users', (join) =>
      join.onRef('users.tenant_id', '=', 'stations.tenant_id').onRef('users.email_key', '=', 'stations.email_key'),
    )
    .select(['stations.id as number', 'users.id as person'])
    .where('stations.tenant_id', '=', tenantId)
    .where('users.id', 'in', [...entryIds])
    .execute();
  return new Map([
    ...entryIds.map((entryId) => [entryId, [entryId]] as const),
    ...numbers.map(({ number, person }) => [number, [person]] as const),
  ]);
}

async function stationsAt(reader: Reader, tenantId: string, keys: readonly string[]) {
  if (keys.length === 0) return [];
  return reader
    .selectFrom('stations')
    .select(['id', 'number', 'outside_number'])
    .where('tenant_id', '=', tenantId)
    .where((is) => is.or([is('number', 'in', keys), is('outside_number', 'in', keys)]))
    .execute();
}
