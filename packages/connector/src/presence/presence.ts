import type { Presence, UserState } from '@unisono/contract';
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
}

export async function sharesPresence(reader: Reader, tenantId: string, userId: string): Promise<boolean> {
  const row = reader.selectFrom('presence').select('is_hidden').where('tenant_id', '=', tenantId);
  return (await row.where('user_id', '=', userId).executeTakeFirst())?.is_hidden !== 1;
}

/** The states of people who let them be seen; the phone system has said nothing of those who are not in it. */
export async function presencesOf(
  reader: Reader,
  tenantId: string,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, Presence>> {
  if (userIds.length === 0) return new Map();
  const rows = await reader
    .selectFrom('presence')
    .select(['user_id', 'state'])
    .where('tenant_id', '=', tenantId)
    .where('user_id', 'in', [...userIds])
    .where('is_hidden', '=', 0)
    .execute();
  return new Map(rows.map(({ user_id, state }) => [user_id, state]));
}

/** Whose numbers these are, of the people of the tenant: numbers as written by the caller, by person. */
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
  return new Map(
    rows.map(({ user_id, desk_number, outside_number }) => [
      user_id,
      [...(written.get(desk_number ?? '') ?? []), ...(written.get(outside_number ?? '') ?? [])],
    ]),
  );
}
