import type { UpBody } from '@unisono/contract';
import type { System, User } from '@unisono/pbx';
import type { LiveTeller } from './live.ts';
import type { Pairs } from './pairs.ts';
import { registeredIn, registeredNow } from './people/people.ts';
import type { AssistantClock, NowPort } from './ports.ts';
import type { SettingsTracker } from './settings/settings-tracker.ts';
import { Slices } from './slices.ts';
import { StationStates } from './station-states.ts';
import type { ListedStations } from './sync/listed-stations.ts';
import { UserStates } from './user-states.ts';

const LOOK_MS = 2_000;
/** A few milliseconds' worth. */
const TOLD_AT_ONCE = 20;
/** States told in one look: the others are told by the next one. */
const STATES_AT_ONCE = 200;

export interface StateParts {
  readonly pairs: Pairs;
  readonly tracker: SettingsTracker;
  readonly live: LiveTeller;
  readonly listed: ListedStations;
  readonly now: NowPort;
  readonly clock: AssistantClock;
  readonly system: () => System;
  tell(...bodies: UpBody[]): void;
}

/**
 * Tells the cloud of each matched person what can be rung, which settings are in force and what waits in the mailbox; of others in the
 * directory whether they are there.
 */
export class StateTeller {
  readonly #parts: StateParts;
  readonly #states: UserStates;
  readonly #stationStates: StationStates;
  #stop: () => void = () => {};

  constructor(parts: StateParts) {
    this.#parts = parts;
    this.#states = new UserStates(parts.now, parts.clock);
    this.#stationStates = new StationStates(parts);
  }

  /** Looks again and again what has changed. */
  start(): void {
    const look = (): void => {
      this.#tellChanged();
      this.#stop = this.#parts.clock.after(LOOK_MS, look);
    };
    this.#stop = this.#parts.clock.after(LOOK_MS, look);
  }

  close(): void {
    this.#stop();
  }

  /** The settings in force of those of the users who are matched. */
  settingsOf(system: System, users: readonly User[]): UpBody[] {
    const { pairs, tracker, now } = this.#parts;
    const registered = registeredNow(now);
    return users.flatMap((user) => {
      const person = pairs.personOf(user.id);
      return person === undefined ? [] : [tracker.state(system, person, user, registered)];
    });
  }

  /** Everything of these persons, or of everybody. */
  all(wanted?: readonly string[]): UpBody[] {
    // Numbers that are of no person are told by the next looks.
    if (wanted === undefined) this.#stationStates.forget();
    const { pairs, tracker, live } = this.#parts;
    const system = this.#parts.system();
    const busy = this.#states.busyNow();
    const registered = registeredIn(busy.contacts);
    return [...(wanted ?? pairs.persons())].flatMap((person): UpBody[] => {
      const user = system.users.get(pairs.userOf(person) ?? '');
      return user === undefined
        ? []
        : [
            tracker.state(system, person, user, registered),
            this.#states.body(system, person, user, busy),
            ...live.messageWaiting(person, user.id),
          ];
    });
  }

  /** Tells of pairs that are new, a few at a time. */
  async tellMatched(fresh: readonly { readonly person: string; readonly user: string }[]): Promise<void> {
    const { tracker, live, now } = this.#parts;
    const registered = registeredNow(now);
    const slices = new Slices();
    for (let from = 0; from < fresh.length; from += TOLD_AT_ONCE) {
      const system = this.#parts.system();
      const bodies = fresh.slice(from, from + TOLD_AT_ONCE).flatMap(({ person, user }) => {
        const found = system.users.get(user);
        return found === undefined
          ? []
          : [tracker.state(system, person, found, registered), ...live.messageWaiting(person, found.id)];
      });
      if (bodies.length > 0) this.#parts.tell(...bodies);
      if (slices.isOver) await slices.pause();
    }
    for (const { user } of fresh) this.#states.forget(user);
  }

  /** What of a user can be rung, when that has changed, and with it where a call would ring. */
  #tellChanged(): void {
    const system = this.#parts.system();
    const busy = this.#states.busyNow();
    const registered = registeredIn(busy.contacts);
    const bodies: UpBody[] = [];
    for (const [person, id] of this.#parts.pairs) {
      const user = system.users.get(id);
      const news = user === undefined ? 'same' : this.#states.note(system, user, busy);
      if (user === undefined || news === 'same') continue;
      bodies.push(this.#states.body(system, person, user, busy));
      if (news === 'rings otherwise') bodies.push(this.#parts.tracker.state(system, person, user, registered));
      if (bodies.length >= STATES_AT_ONCE) break;
    }
    bodies.push(...this.#stationStates.news(system, busy, STATES_AT_ONCE));
    if (bodies.length > 0) this.#parts.tell(...bodies);
  }
}
