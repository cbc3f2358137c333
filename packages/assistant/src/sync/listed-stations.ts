import { createHash } from 'node:crypto';
import { type ListedStation, MAX_STATION_ITEMS, type StationItem, sortedJson } from '@unisono/contract';
import type { Station, System, User } from '@unisono/pbx';
import { LinkError } from '../link/link-error.ts';
import type { AssistantLog } from '../ports.ts';
import { inSlices } from '../slices.ts';

/** What the Connector is asked about numbers in the directory. Failures are thrown as `LinkError`. */
export interface StationsClient {
  stations(cursor?: string): Promise<{
    stations: readonly { stationId: string; digest: string }[];
    next?: string | undefined;
  }>;
  uploadStations(items: readonly StationItem[]): Promise<void>;
}

/**
 * What colleagues find of a station; undefined when it is not for them: signed off, kept out of the directory by the administrator, or
 * without a name. Numbers of UFIP devices are no stations.
 */
function listedOf(station: Station, user: User | undefined): ListedStation | undefined {
  const { id, number, state, unlisted, outsideNumber } = station;
  const name = user?.name ?? station.name;
  if (state === 'signedOff' || unlisted === true || name === number) return undefined;
  return {
    stationId: id,
    name,
    number,
    ...(user && { email: user.email }),
    ...(outsideNumber && { outsideNumber }),
  };
}

/** What the Connector has of a station; the same object for as long as it has it. */
export interface Told {
  digest: string;
}

interface Listed {
  readonly user: User | undefined;
  readonly listed: ListedStation | undefined;
  readonly digest: string;
}

/**
 * The numbers of the PBX in the directory of the cloud. What the Connector has is asked once for each link, then only what is different is
 * told.
 */
export class ListedStations {
  /** By id of station, as the Connector has it. */
  #told = new Map<string, Told>();
  #isLearnt = false;
  readonly #known = new WeakMap<Station, Listed>();

  /** The Connector may have lost what was told: it is asked again. */
  forget(): void {
    this.#isLearnt = false;
  }

  /** What the Connector has of a station; undefined: colleagues do not find it. */
  told(station: string): Told | undefined {
    return this.#told.get(station);
  }

  /** Tells what has changed, in parts. A Connector of an earlier version has no such numbers, and is told nothing. */
  async tell(system: System, client: StationsClient, log: AssistantLog): Promise<void> {
    if (!(await this.#learn(client))) {
      log.info(
        {},
        'the Connector keeps no numbers of phone systems: colleagues without clients are not in its directory',
      );
      return;
    }
    const items = await this.#differences(system);
    for (let from = 0; from < items.length; from += MAX_STATION_ITEMS) {
      const some = items.slice(from, from + MAX_STATION_ITEMS);
      await client.uploadStations(some.map(({ item }) => item));
      for (const { item, digest } of some)
        if (item.op === 'withdraw') this.#told.delete(item.stationId);
        else this.#note(this.#told, item.station.stationId, digest);
    }
    if (items.length > 0) log.info({ numbers: items.length }, 'numbers in the directory were told');
  }

  /** Keeps a station's object where there is one. */
  #note(into: Map<string, Told>, station: string, digest: string): void {
    const told = this.#told.get(station) ?? { digest };
    told.digest = digest;
    into.set(station, told);
  }

  /** Gives whether the Connector keeps such numbers. */
  async #learn(client: StationsClient): Promise<boolean> {
    if (this.#isLearnt) return true;
    const learnt = new Map<string, Told>();
    let cursor: string | undefined;
    try {
      do {
        const page = await client.stations(cursor);
        for (const { stationId, digest } of page.stations) this.#note(learnt, stationId, digest);
        cursor = page.next;
      } while (cursor !== undefined);
    } catch (error) {
      if (error instanceof LinkError && error.code === 'unknownRequest') return false;
      throw error;
    }
    this.#told = learnt;
    this.#isLearnt = true;
    return true;
  }

  async #differences(system: System): Promise<{ readonly item: StationItem; readonly digest: string }[]> {
    const all = await inSlices(system.data.stations, (station) => this.#listed(system, station));
    const isThere = new Set<string>();
    const puts = all.flatMap(({ listed, digest }) => {
      if (listed === undefined) return [];
      isThere.add(listed.stationId);
      const isTold = this.#told.get(listed.stationId)?.digest === digest;
      return isTold ? [] : [{ item: { op: 'put', station: listed } as const, digest }];
    });
    const gone = [...this.#told.keys()].filter((stationId) => !isThere.has(stationId));
    return [...gone.map((stationId) => ({ item: { op: 'withdraw', stationId } as const, digest: '' })), ...puts];
  }

  /** What was made of a station counts until it or its user is another object. */
  #listed(system: System, station: Station): Listed {
    const user = system.users.get(system.userOfStation.get(station.id) ?? '');
    const known = this.#known.get(station);
    if (known !== undefined && known.user === user) return known;
    const listed = listedOf(station, user);
    const digest = createHash('sha256').update(sortedJson(listed)).digest('base64url');
    const made = { user, listed, digest };
    this.#known.set(station, made);
    return made;
  }
}
