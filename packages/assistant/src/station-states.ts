import type { UpBody } from '@unisono/contract';
import type { System } from '@unisono/pbx';
import type { Pairs } from './pairs.ts';
import type { NowPort } from './ports.ts';
import type { ListedStations, Told } from './sync/listed-stations.ts';
import type { Busy } from './user-states.ts';

export interface StationStateParts {
  readonly now: NowPort;
  readonly pairs: Pairs;
  readonly listed: ListedStations;
}

/** What colleagues are told of numbers in the directory that are of no matched person: of those, the person's state is told. */
export class StationStates {
  readonly #parts: StationStateParts;
  /** What was told last, with that of which it was told. */
  readonly #told = new Map<string, { readonly of: Told; readonly presence: string }>();
  /** How many calls a station has, where there are any. */
  readonly #calls = new Map<string, number>();
  #mark = 0;

  constructor(parts: StationStateParts) {
    this.#parts = parts;
  }

  /** What was told may be lost: all of it is news. */
  forget(): void {
    this.#told.clear();
  }

  /** News since the last time, at most so many: the others are told next time. */
  news(system: System, { contacts, calls }: Busy, limit: number): UpBody[] {
    const { pairs, listed } = this.#parts;
    this.#learnCalls();
    const bodies: UpBody[] = [];
    for (const { id } of system.data.stations) {
      if (bodies.length >= limit) break;
      const of = listed.told(id);
      const user = system.userOfStation.get(id) ?? '';
      if (of === undefined || pairs.personOf(user) !== undefined) {
        this.#told.delete(id);
        continue;
      }
      const isBusy = this.#calls.has(id) || (calls.get(user) ?? 0) > 0;
      const presence = isBusy ? 'inCall' : contacts.has(`desk:${id}`) ? 'free' : 'away';
      const before = this.#told.get(id);
      if (before?.of === of && before.presence === presence) continue;
      this.#told.set(id, { of, presence });
      bodies.push({ kind: 'stationState', stationId: id, presence });
    }
    return bodies;
  }

  #learnCalls(): void {
    const { mark, stations } = this.#parts.now.changedCalls(this.#mark);
    this.#mark = mark;
    for (const { station, calls } of stations)
      if (calls.length === 0) this.#calls.delete(station);
      else this.#calls.set(station, calls.length);
  }
}
