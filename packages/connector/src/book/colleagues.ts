import type { DirectoryEntry } from '@unisono/contract';
import { containing } from '../database/json.ts';
import type { Reader } from '../database/tables.ts';
import { displayName } from '../people/directory.ts';
import { presencesOf } from '../presence/presence.ts';
import { keysPattern } from './keys.ts';

/** Where an entry stands in its list. */
export type Position = readonly [searchKey: string, id: string];

export interface Found {
  readonly entry: DirectoryEntry;
  readonly position: Position;
}

/**
 * People of the tenant and numbers of its phone systems in one alphabet, those behind a position. Who is both, by the address, is a person
 * with that number.
 */
export async function findColleagues(
  reader: Reader,
  tenantId: string,
  words: readonly string[],
  [key, id]: Position,
  limit: number,
): Promise<Found[]> {
  const found = await keysOfPeople(reader, tenantId, words)
    .where('users.search_key', '>=', key)
    .where((is) => is.or([is('users.search_key', '>', key), is('users.id', '>', id)]))
    .unionAll(
      keysOfStations(reader, tenantId, words)
        .where('stations.search_key', '>=', key)
        .where((is) => is.or([is('stations.search_key', '>', key), is('stations.id', '>', id)])),
    )
    .orderBy('search_key')
    .orderBy('id')
    .limit(limit)
    .execute();
  const entries = await colleaguesById(
    reader,
    tenantId,
    found.map((row) => row.id),
  );
  return found.flatMap((row) => {
    const entry = entries.get(row.id);
    return entry === undefined ? [] : [{ entry, position: [row.search_key, row.id] }];
  });
}

/** Whose desk or outside number it is, as `numberKey` gives it. */
export async function colleagueAt(reader: Reader, tenantId: string, key: string): Promise<DirectoryEntry | undefined> {
  const isIt = ['desk_number', 'outside_number'] as const;
  const person = await selectPeople(reader, tenantId)
    .where((is) => is.or(isIt.map((column) => is(`connections.${column}`, '=', key))))
    .executeTakeFirst();
  if (person !== undefined) return personEntry(person, undefined);
  const station = await reader
    .selectFrom('stations')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where((is) => is.or([is('number', '=', key), is('outside_number', '=', key)]))
    .executeTakeFirst();
  if (station === undefined) return undefined;
  if (station.email_key === null) return stationEntry(station);
  const owner = selectPeople(reader, tenantId).where('users.email_key', '=', station.email_key);
  const found = await owner.executeTakeFirst();
  return found === undefined ? stationEntry(station) : personEntry(found, station);
}

export async function colleaguesById(
  reader: Reader,
  tenantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, DirectoryEntry>> {
  if (ids.length === 0) return new Map();
  const people = await selectPeople(reader, tenantId).where('users.id', 'in', ids).execute();
  const addresses = people.flatMap(({ desk_number, email_key }) =>
    desk_number === null && email_key !== null ? [email_key] : [],
  );
  const stations = await reader
    .selectFrom('stations')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where((is) => is.or([is('id', 'in', ids), ...(addresses.length === 0 ? [] : [is('email_key', 'in', addresses)])]))
    .execute();
  const shown = await presencesOf(
    reader,
    tenantId,
    stations.map(({ id }) => id),
  );
  const byAddress = new Map(stations.map((station) => [station.email_key, station]));
  const entries = [
    ...people.map((person) => personEntry(person, byAddress.get(person.email_key))),
    ...stations.map((station) => stationEntry({ ...station, presence: shown.get(station.id) ?? null })),
  ];
  return new Map(entries.map((entry) => [entry.entryId, entry]));
}

/** People who can be seen. */
function shownPeople(reader: Reader, tenantId: string) {
  return reader
    .selectFrom('users')
    .leftJoin('connections', (join) =>
      join
        .onRef('connections.tenant_id', '=', 'users.tenant_id')
        .onRef('connections.user_id', '=', 'users.id')
        .on('connections.data_sealed', 'is not', null),
    )
    .where('users.tenant_id', '=', tenantId)
    .where('users.deleted_at_ms', 'is', null)
    .where('users.status', '<>', 'disabled');
}

function selectPeople(reader: Reader, tenantId: string) {
  return shownPeople(reader, tenantId)
    .leftJoin('presence', (join) =>
      join.onRef('presence.tenant_id', '=', 'users.tenant_id').onRef('presence.user_id', '=', 'users.id'),
    )
    .select(['users.id', 'users.first_name', 'users.last_name', 'users.email', 'users.email_key'])
    .select(['connections.desk_number', 'connections.outside_number'])
    .select(['presence.state as presence', 'presence.is_hidden']);
}

function keysOfPeople(reader: Reader, tenantId: string, words: readonly string[]) {
  let rows = shownPeople(reader, tenantId).select(['users.search_key', 'users.id']);
  for (const word of words) {
    const digits = word.replace(/\D/g, '');
    const keys = keysPattern(word);
    rows = rows.where((is) =>
      is.or([
        is('users.search_key', 'like', containing(word)),
        ...(keys === undefined ? [] : [is('users.name_keys', 'like', keys)]),
        ...(digits.length < 2
          ? []
          : [
              is('connections.desk_number', 'like', `${digits}%`),
              is.and([
                is('connections.desk_number', 'is', null),
                is.exists(
                  is
                    .selectFrom('stations')
                    .select('stations.id')
                    .whereRef('stations.tenant_id', '=', 'users.tenant_id')
                    .whereRef('stations.email_key', '=', 'users.email_key')
                    .where('stations.number', 'like', `${digits}%`),
                ),
              ]),
            ]),
      ]),
    );
  }
  return rows;
}

/** Of numbers that are of no person who can be seen. */
function keysOfStations(reader: Reader, tenantId: string, words: readonly string[]) {
  let rows = reader
    .selectFrom('stations')
    .select(['stations.search_key', 'stations.id'])
    .where('stations.tenant_id', '=', tenantId)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('users')
            .select('users.id')
            .whereRef('users.tenant_id', '=', 'stations.tenant_id')
            .whereRef('users.email_key', '=', 'stations.email_key')
            .where('users.deleted_at_ms', 'is', null)
            .where('users.status', '<>', 'disabled'),
        ),
      ),
    );
  for (const word of words) {
    const digits = word.replace(/\D/g, '');
    const keys = keysPattern(word);
    rows = rows.where((is) =>
      is.or([
        is('stations.search_key', 'like', containing(word)),
        ...(keys === undefined ? [] : [is('stations.name_keys', 'like', keys)]),
        ...(digits.length < 2 ? [] : [is('stations.number', 'like', `${digits}%`)]),
      ]),
    );
  }
  return rows;
}

type Person = Awaited<ReturnType<ReturnType<typeof selectPeople>['executeTakeFirstOrThrow']>>;

interface Station {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly number: string;
  readonly outside_number: string | null;
  readonly presence: string | null;
}

/** A person with the number that their clients have, or else the one that the phone system has for their address. */
function personEntry(person: Person, station: Station | undefined): DirectoryEntry {
  const isConnected = person.desk_number !== null;
  const presence = isConnected ? person.presence : station?.presence;
  return {
    entryId: person.id,
    source: 'person',
    name: displayName(person),
    email: person.email,
    numbers: isConnected
      ? numbersOf(person.desk_number, person.outside_number)
      : numbersOf(station?.number, station?.outside_number),
    ...(presence == null || person.is_hidden === 1 ? {} : { presence }),
  };
}

function stationEntry(station: Station): DirectoryEntry {
  const { email, presence } = station;
  return {
    entryId: station.id,
    source: 'station',
    name: station.name,
    ...(email === null ? {} : { email }),
    numbers: numbersOf(station.number, station.outside_number),
    ...(presence === null ? {} : { presence }),
  };
}

function numbersOf(
  desk: string | null | undefined,
  outside: string | null | undefined,
): { kind: string; number: string }[] {
  return [
    ...(desk == null ? [] : [{ kind: 'desk', number: desk }]),
    ...(outside == null ? [] : [{ kind: 'work', number: `+${outside}` }]),
  ];
}
