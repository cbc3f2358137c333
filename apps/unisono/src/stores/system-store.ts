import {
  type AssistantDatabase,
  type Statement as AssistantStatement,
  type Commit,
  createAuditLog,
  factsOf,
} from '@unisono/assistant';
import type { SystemSource } from '@unisono/gateway';
import {
  applyChange,
  applyChanges,
  type Change,
  compileSystem,
  errorText,
  readSystem,
  type System,
  type SystemData,
  type User,
} from '@unisono/pbx';
import { DatabaseError, type Statement, statementOf } from '@unisono/platform';
import { type DataParts, partsBetween, withParts } from './data-parts.ts';
import type { Store } from './open-store.ts';

/** Changes after which the next opening writes a new snapshot, so that loading stays quick. */
const CHANGES_PER_SNAPSHOT = 500;

/** How often a change at a phone is made again on top of what another process stored meanwhile. */
const MAX_ATTEMPTS = 3;
/** Of changes that were made together, so many are named in the log. */
const MAX_TOLD_CHANGES = 20;

/** Where the system data came from. */
export type Origin = 'demo' | 'import';

/** The system data as it is in force, kept in the database. */
export interface SystemStore extends SystemSource {
  readonly version: number;
  readonly origin: Origin;
  /** Puts other data in force, as a whole; durable when it returns. The data must have been checked. */
  replace(data: SystemData, origin: Origin): void;
  /**
   * Puts changes in force, all or none, durable when it returns, in one transaction with other statements; only on top of
   * `expectedVersion`.
   */
  commit(changes: readonly Change[], expectedVersion: number, also: readonly AssistantStatement[]): Commit;
  /** Takes over what another process (`unisono import`) has stored. True when there was something. */
  refresh(): boolean;
}

/** The stored system data cannot be used any more. The message says what is wrong with it. */
export class StoredSystemError extends Error {
  override readonly name = 'StoredSystemError';
}

/** Loads the system data; undefined when none was stored yet. Throws a `StoredSystemError`. */
export function loadSystem(store: Store, epochMs: () => number): SystemStore | undefined {
  const state = readState(store);
  if (state === undefined) return undefined;
  if (state.changes >= CHANGES_PER_SNAPSHOT) {
    store.writeNow(snapshotOf(store, state.version, state.origin, state.system.data, epochMs()));
  }
  return new DatabaseSystem(store, epochMs, state);
}

/** Stores the first system data of a data folder, which must have been checked. */
export function createSystem(store: Store, data: SystemData, origin: Origin, epochMs: () => number): SystemStore {
  storeVersion(store, 1, origin, data, epochMs());
  return new DatabaseSystem(store, epochMs, { version: 1, origin, system: compileSystem(data), changes: 0 });
}

interface State {
  version: number;
  origin: Origin;
  system: System;
  /** Stored since the snapshot. */
  changes: number;
}

class DatabaseSystem implements SystemStore {
  readonly #store: Store;
  readonly #epochMs: () => number;
  readonly #listeners: ((system: System) => void)[] = [];
  #state: State;
  #mark: number;

  constructor(store: Store, epochMs: () => number, state: State) {
    this.#store = store;
    this.#epochMs = epochMs;
    this.#state = state;
    this.#mark = store.changeMark();
  }

  get version(): number {
    return this.#state.version;
  }

  get origin(): Origin {
    return this.#state.origin;
  }

  current(): System {
    return this.#state.system;
  }

  onChange(listener: (system: System) => void): void {
    this.#listeners.push(listener);
  }

  apply(change: Change, by = 'phone'): ReturnType<SystemSource['apply']> {
    for (let attempt = 1; ; attempt++) {
      this.refresh();
      const before = this.#state.system;
      const result = applyChange(before, change);
      if (!result.ok) return { ok: false, message: result.errors.map(errorText).join(' ') };
      try {
        this.#put(change, before, result.system, by);
        return { ok: true };
      } catch (error) {
        if (!(error instanceof DatabaseError)) throw error;
        // Another process took this version, or the next line of the audit log: the change is made again on top of what it stored.
        if (attempt === MAX_ATTEMPTS) return { ok: false, message: error.message };
      }
    }
  }

  /** Stores a change with its line in the audit log. Throws a `DatabaseError`. */
  #put(change: Change, before: System, after: System, by: string): void {
    const version = this.#state.version + 1;
    const nowMs = this.#epochMs();
    const parts = partsBetween(before.data, after.data);
    const actor = { kind: 'system', id: 'phone', name: by, role: 'helpdesk' } as const;
    const audit = createAuditLog(this.#store as unknown as AssistantDatabase);
    this.#store.writeNow([
      changeOf(this.#store, version, nowMs, summaryOf(change), parts),
      ...audit.statements(actor, factsOf(before, after, [change]), nowMs),
    ]);
    this.#inForce({ ...this.#state, version, system: after, changes: this.#state.changes + 1 });
  }

  commit(changes: readonly Change[], expectedVersion: number, also: readonly AssistantStatement[]): Commit {
    this.refresh();
    if (this.#state.version !== expectedVersion) return { ok: false, reason: 'overtaken' };
    const result = applyChanges(this.#state.system, changes);
    if (!result.ok) return { ok: false, reason: 'invalid', errors: result.errors };
    const version = expectedVersion + 1;
    const parts = partsBetween(this.#state.system.data, result.system.data);
    const summary = changes.slice(0, MAX_TOLD_CHANGES).map(summaryOf).join('; ');
    try {
      this.#store.writeNow([changeOf(this.#store, version, this.#epochMs(), summary, parts), ...also]);
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      return this.refresh()
        ? { ok: false, reason: 'overtaken' }
        : { ok: false, reason: 'storage', message: error.message };
    }
    this.#inForce({ ...this.#state, version, system: result.system, changes: this.#state.changes + 1 });
    return { ok: true, version, system: result.system };
  }

  replace(data: SystemData, origin: Origin): void {
    this.refresh();
    const version = this.#state.version + 1;
    storeVersion(this.#store, version, origin, data, this.#epochMs());
    this.#inForce({ version, origin, system: compileSystem(data), changes: 0 });
  }

  refresh(): boolean {
    const mark = this.#store.changeMark();
    if (mark === this.#mark) return false;
    this.#mark = mark;
    if (latestVersion(this.#store) === this.#state.version) return false;
    const state = readLater(this.#store, this.#state) ?? readState(this.#store);
    if (state === undefined) return false;
    this.#inForce(state);
    return true;
  }

  #inForce(state: State): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state.system);
  }
}

function changeOf({ query }: Store, version: number, atMs: number, summary: string, parts: DataParts): Statement {
  const row = { version, at_ms: atMs, summary, parts: JSON.stringify(parts) };
  return statementOf(query.insertInto('system_changes').values(row));
}

/** The log names what was changed and not the values, which may be secrets. */
function summaryOf(change: Change): string {
  switch (change.kind) {
    case 'create':
      return `create in ${change.list}`;
    case 'update':
    case 'delete':
      return `${change.kind} ${change.list} ${change.id}`;
    case 'set':
      return `set ${change.section}`;
    case 'stationState':
      return `station ${change.station} ${change.state}`;
    case 'userSettings':
      return `user ${change.user} ${Object.keys(change.settings).join(', ')}`;
  }
}

function latestVersion({ read, query }: Store): number {
  const [latest] = read(query.selectFrom('system_changes').select((of) => of.fn.max('version').as('version')));
  return Number(latest?.version ?? 0);
}

function readState({ read, query, path }: Store): State | undefined {
  const [snapshot] = read(query.selectFrom('system_snapshots').selectAll().orderBy('version', 'desc').limit(1));
  if (snapshot === undefined) return undefined;
  const later = query
    .selectFrom('system_changes')
    .selectAll()
    .where('version', '>', snapshot.version)
    .orderBy('version');
  const changes = read(later);
  const stored = changes.reduce<unknown>(
    (data, change) => withParts(data, JSON.parse(change.parts) as DataParts),
    JSON.parse(snapshot.data),
  );
  const checked = readSystem(stored);
  if (!checked.ok) {
    const reasons = checked.errors.map((error) => `  ${errorText(error)}`).join('\n');
    throw new StoredSystemError(`the system data stored in ${path} is not sound any more:\n${reasons}`);
  }
  return {
    version: changes.at(-1)?.version ?? snapshot.version,
    origin: snapshot.origin === 'demo' ? 'demo' : 'import',
    system: compileSystem(checked.data),
    changes: changes.length,
  };
}

/**
 * What was stored since a state, on top of it; undefined when the whole was replaced meanwhile. Whoever stored it has checked it, so a
 * change of one setting in a large system costs one setting.
 */
function readLater({ read, query }: Store, state: State): State | undefined {
  const [snapshot] = read(query.selectFrom('system_snapshots').select((of) => of.fn.max('version').as('version')));
  if (Number(snapshot?.version ?? 0) > state.version) return undefined;
  const later = query.selectFrom('system_changes').selectAll().where('version', '>', state.version).orderBy('version');
  const changes = read(later);
  const data = changes.reduce<unknown>(
    (before, change) => withParts(before, JSON.parse(change.parts) as DataParts),
    state.system.data,
  ) as SystemData;
  return {
    ...state,
    version: changes.at(-1)?.version ?? state.version,
    system: withSettings(state.system, data) ?? compileSystem(data),
    changes: state.changes + changes.length,
  };
}

/** The system with other settings of users; undefined when more than those differs. */
function withSettings(before: System, data: SystemData): System | undefined {
  const names = Object.keys(data) as (keyof SystemData)[];
  if (names.some((name) => name !== 'users' && data[name] !== before.data[name])) return undefined;
  const changed = data.users.filter((user, index) => user !== before.data.users[index]);
  const indexed = ({ settings: _, ...user }: User): string => JSON.stringify(user);
  const isSame = changed.every((user) => {
    const old = before.users.get(user.id);
    return old !== undefined && indexed(old) === indexed(user);
  });
  if (!isSame || data.users.length !== before.data.users.length) return undefined;
  const users = new Map(before.users);
  for (const user of changed) users.set(user.id, user);
  return { ...before, data, users };
}

/** Another state of the whole, as a version of its own. */
function storeVersion(store: Store, version: number, origin: Origin, data: SystemData, atMs: number): void {
  const row = { version, at_ms: atMs, summary: origin, parts: '{}' };
  const change = statementOf(store.query.insertInto('system_changes').values(row));
  store.writeNow([change, ...snapshotOf(store, version, origin, data, atMs)]);
}

/** A snapshot replaces the earlier ones; the log of changes stays. */
function snapshotOf({ query }: Store, version: number, origin: Origin, data: SystemData, atMs: number): Statement[] {
  const row = { version, at_ms: atMs, origin, data: JSON.stringify(data) };
  return [
    statementOf(query.deleteFrom('system_snapshots')),
    statementOf(query.insertInto('system_snapshots').values(row)),
  ];
}
