import { createHash } from 'node:crypto';
import { emailKey, type ListedStation, type Presence, type StationItem, sortedJson } from '@unisono/contract';
import type { Insertable } from 'kysely';
import { nameKeys } from '../book/keys.ts';
import { type Change, holdTenant, presenceTopic } from '../change.ts';
import { folded, fromCursor, toCursor } from '../database/json.ts';
import type { Reader, Tables } from '../database/tables.ts';
import { ProblemError } from '../http/problem-error.ts';
import type { Source } from './connections.ts';

const ROWS_AT_ONCE = 100;

/** Puts numbers of a phone system into the directory, and takes them out; of several entries for one number the last one counts. */
export async function takeStations(one: Change, source: Source, items: readonly StationItem[]): Promise<void> {
  // Two uploads at once must not wait for each other's rows.
  await holdTenant(one, source.tenantId);
  const last = new Map(
    items.map((item) => [entryIdOf(source.system, item.op === 'put' ? item.station.stationId : item.stationId), item]),
  );
  const rows = [...last].flatMap(([id, item]) => (item.op === 'put' ? [rowOf(source, id, item.station)] : []));
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE)
    await one.writing
      .insertInto('stations')
      .values(rows.slice(from, from + ROWS_AT_ONCE))
      .onConflict((conflict) =>
        conflict.columns(['tenant_id', 'id']).doUpdateSet((set) => ({
          digest: set.ref('excluded.digest'),
          name: set.ref('excluded.name'),
          email: set.ref('excluded.email'),
          email_key: set.ref('excluded.email_key'),
          number: set.ref('excluded.number'),
          outside_number: set.ref('excluded.outside_number'),
          search_key: set.ref('excluded.search_key'),
          name_keys: set.ref('excluded.name_keys'),
        })),
      )
      .execute();
  const gone = [...last].flatMap(([id, { op }]) => (op === 'withdraw' ? [id] : []));
  if (gone.length === 0) return;
  await one.writing
    .deleteFrom('stations')
    .where('tenant_id', '=', source.tenantId)
    .where('system', '=', source.system)
    .where('id', 'in', gone)
    .execute();
}

function rowOf({ tenantId, system }: Source, id: string, station: ListedStation): Insertable<Tables['stations']> {
  const { stationId, name, email, number, outsideNumber } = station;
  return {
    tenant_id: tenantId,
    id,
    system,
    station: stationId,
    digest: createHash('sha256').update(sortedJson(station)).digest('base64url'),
    name,
    email: email ?? null,
    email_key: email === undefined ? null : emailKey(email),
    number,
    outside_number: outsideNumber?.replace('+', '') ?? null,
    search_key: folded(email === undefined ? name : `${name} ${email}`),
    name_keys: nameKeys(name),
    presence: null,
  };
}

/** Under which id a number is in the directory: two phone systems of a tenant may use the same ids. */
function entryIdOf(system: string, stationId: string): string {
  return `s-${createHash('sha256').update(`${system} ${stationId}`).digest('hex').slice(0, 32)}`;
}

/** What a phone system has in the directory. Throws `invalidRequest` for what is no cursor. */
export async function listStations(
  reader: Reader,
  { tenantId, system }: Source,
  page: { readonly cursor?: string | undefined; readonly limit: number },
) {
  const begin = page.cursor === undefined ? [''] : fromCursor(page.cursor, ['string']);
  if (begin === undefined) throw new ProblemError('invalidRequest', 'This is no cursor of this list.');
  const rows = await reader
    .selectFrom('stations')
    .select(['station', 'digest'])
    .where('tenant_id', '=', tenantId)
    .where('system', '=', system)
    .where('station', '>', begin[0] ?? '')
    .orderBy('station')
    .limit(page.limit + 1)
    .execute();
  const shown = rows.slice(0, page.limit);
  const last = shown.at(-1);
  return {
    stations: shown.map(({ station, digest }) => ({ stationId: station, digest })),
    ...(rows.length > page.limit && last !== undefined ? { next: toCursor([last.station]) } : {}),
  };
}

/** Keeps what the phone system says of a number; who watches it hears of it. What is not in the directory is passed over. */
export async function noteStationState(
  one: Change,
  { tenantId, system }: Source,
  stationId: string,
  presence: Presence,
): Promise<void> {
  const id = entryIdOf(system, stationId);
  const changed = await one.writing
    .updateTable('stations')
    .set({ presence })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .where((is) => is.or([is('presence', 'is', null), is('presence', '<>', presence)]))
    .returning('id')
    .executeTakeFirst();
  if (changed !== undefined) one.signal(presenceTopic(tenantId, id));
}
