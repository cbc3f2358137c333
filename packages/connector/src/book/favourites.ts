import type { favouritesChange, favourites as favouritesSchema } from '@unisono/contract';
import type { z } from 'zod';
import type { Change } from '../change.ts';
import type { Context } from '../context.ts';
import type { Reader } from '../database/tables.ts';
import type { SessionCaller } from '../http/caller.ts';
import { ProblemError } from '../http/problem-error.ts';
import { peopleAt, presencesOf } from '../presence/presence.ts';

type Favourites = z.output<typeof favouritesSchema>;

type Kept = z.output<typeof favouritesChange>;

/** The list with what those of the tenant's own people are doing. */
export async function shownFavourites(context: Context, caller: SessionCaller): Promise<Favourites> {
  const { version, favourites } = await favouritesOf(context.store, caller);
  const people = await peopleAt(
    context,
    caller,
    favourites.map(({ number }) => number),
  );
  const states = await presencesOf(context.store, caller.tenantId, [...people.keys()]);
  const byNumber = new Map(
    [...people].flatMap(([userId, numbers]) => numbers.map((number) => [number, states.get(userId)] as const)),
  );
  return {
    version,
    favourites: favourites.map((one) => {
      const presence = byNumber.get(one.number);
      return presence === undefined ? one : { ...one, presence };
    }),
  };
}

export async function favouritesOf(reader: Reader, { tenantId, userId }: SessionCaller): Promise<Kept> {
  const row = reader.selectFrom('favourites').selectAll().where('tenant_id', '=', tenantId);
  const found = await row.where('user_id', '=', userId).executeTakeFirst();
  return found === undefined
    ? { version: 0, favourites: [] }
    : { version: found.version, favourites: JSON.parse(found.favourites) };
}

/** Replaces the list, when nobody has since `version`. Throws `conflict`. */
export async function changeFavourites(one: Change, caller: SessionCaller, wanted: Kept): Promise<Kept> {
  const { tenantId: tenant_id, userId: user_id } = caller;
  const favourites = JSON.stringify(wanted.favourites);
  const version = wanted.version + 1;
  const made = await one.writing
    .insertInto('favourites')
    .values({ tenant_id, user_id, version: wanted.version === 0 ? version : -1, favourites })
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'user_id'])
        .doUpdateSet({ version, favourites })
        .where('favourites.version', '=', wanted.version),
    )
    .returning('version')
    .executeTakeFirst();
  if (made?.version !== version) throw new ProblemError('conflict', 'The favourites were changed on another device.');
  await one.event(tenant_id, user_id, { kind: 'favourites' });
  return { version, favourites: wanted.favourites };
}
