import type { CallSettings, Preview, UpBody } from '@unisono/contract';
import type { System, User, UserSettings } from '@unisono/pbx';
import { personOf, registeredNow, routingInWords } from '../people/people.ts';
import type { AssistantClock, NowPort } from '../ports.ts';
import { type AssistantDatabase, type Statement, statementOf } from '../store/index.ts';

/** Where a change came from. */
export type Origin = 'client' | 'phone' | 'administration' | 'system';

/** Settings of a user as they were told last. */
export interface Told {
  readonly version: number;
  readonly settings: CallSettings;
  readonly changedAtMs: number;
  readonly origin: string;
  /** When each setting was changed last, by name. */
  readonly times: Readonly<Record<string, number>>;
}

/** A user whose settings are not what was told. */
export interface ChangedSettings {
  readonly user: User;
  /** Notes it. */
  readonly statement: Statement;
  /** As it was told before. */
  readonly before: Told | undefined;
}

/** Knows for every user what of their settings has changed since it was told, when, and where it came from. */
export class SettingsTracker {
  readonly #database: AssistantDatabase;
  readonly #clock: AssistantClock;
  readonly #now: NowPort;
  readonly #told = new Map<string, Told>();
  readonly #seen = new Map<string, UserSettings>();

  constructor(database: AssistantDatabase, clock: AssistantClock, now: NowPort) {
    this.#database = database;
    this.#clock = clock;
    this.#now = now;
    for (const row of database.read(database.query.selectFrom('assistant_settings').selectAll())) {
      this.#told.set(row.user, {
        version: row.version,
        settings: JSON.parse(row.settings) as CallSettings,
        changedAtMs: row.changed_at_ms,
        origin: row.origin,
        times: JSON.parse(row.times) as Record<string, number>,
      });
    }
  }

  told(user: string): Told | undefined {
    return this.#told.get(user);
  }

  /** Users whose settings are not what was told, each with the statement that notes it. Cheap when nothing has changed. */
  changed(system: System, origin: Origin, atMs = this.#clock.epochMs()): ChangedSettings[] {
    const changes: ChangedSettings[] = [];
    for (const user of system.data.users) {
      if (this.#seen.get(user.id) === user.settings) continue;
      this.#seen.set(user.id, user.settings);
      const before = this.#told.get(user.id);
      const statement = this.#note(user, origin, atMs);
      if (statement !== undefined) changes.push({ user, statement, before });
    }
    return changes;
  }

  /** Takes back what could not be written: it is a change again for who asks next. */
  undo(changes: readonly ChangedSettings[]): void {
    for (const { user, before } of changes) {
      this.#seen.delete(user.id);
      if (before === undefined) this.#told.delete(user.id);
      else this.#told.set(user.id, before);
    }
  }

  /** What is in force for a user, as it goes up the link. */
  state(
    system: System,
    person: string,
    user: User,
    registered = registeredNow(this.#now),
  ): Extract<UpBody, { kind: 'settingsState' }> {
    const told = this.#told.get(user.id);
    return {
      kind: 'settingsState',
      userId: person,
      version: told?.version ?? 0,
      settings: callSettings(user.settings),
      changedAtMs: told?.changedAtMs ?? this.#clock.epochMs(),
      origin: told?.origin ?? 'system',
      preview: this.preview(system, user, registered),
    };
  }

  /** "A call now would …", in both languages. */
  preview(system: System, user: User, registered = registeredNow(this.#now)): Preview {
    const person = personOf(system, user);
    const devices = registered(person);
    return {
      en: [...routingInWords(system, person, devices, 'en')],
      de: [...routingInWords(system, person, devices, 'de')],
    };
  }

  #note(user: User, origin: Origin, atMs: number): Statement | undefined {
    const before = this.#told.get(user.id);
    const settings = callSettings(user.settings);
    const names = before === undefined ? [] : changedNames(before.settings, settings);
    if (before !== undefined && names.length === 0) return undefined;
    const told: Told = {
      version: Math.max(atMs, (before?.version ?? 0) + 1),
      settings,
      changedAtMs: atMs,
      origin: before === undefined ? 'system' : origin,
      times: { ...before?.times, ...Object.fromEntries(names.map((name) => [name, atMs])) },
    };
    this.#told.set(user.id, told);
    const row = {
      version: told.version,
      settings: JSON.stringify(settings),
      changed_at_ms: atMs,
      origin: told.origin,
      times: JSON.stringify(told.times),
    };
    const insert = this.#database.query.insertInto('assistant_settings').values({ user: user.id, ...row });
    return statementOf(insert.onConflict((conflict) => conflict.column('user').doUpdateSet(row)));
  }
}

/** Settings as the contract writes them. */
export function callSettings(settings: UserSettings): CallSettings {
  return { ...settings, earlierAlternativeNumbers: [...settings.earlierAlternativeNumbers] };
}

function changedNames(before: CallSettings, after: CallSettings): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof CallSettings>;
  return [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}
