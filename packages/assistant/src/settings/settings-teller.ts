import type { System } from '@unisono/pbx';
import type { Link } from '../link/link.ts';
import type { AssistantClock, AssistantLog } from '../ports.ts';
import type { StateTeller } from '../state-teller.ts';
import type { AssistantDatabase, Statement } from '../store/index.ts';
import type { Origin, SettingsTracker } from './settings-tracker.ts';

/** What could not be written is made up for after this long: a full disk is looked at by somebody. */
const AGAIN_MS = 10_000;

export interface SettingsTellerParts {
  readonly database: AssistantDatabase;
  readonly tracker: SettingsTracker;
  readonly states: StateTeller;
  readonly clock: AssistantClock;
  readonly log: AssistantLog;
  readonly system: () => System;
  readonly link: () => Link;
}

/** Tells the cloud which settings are in force now, and who changed them; what could not be written down is told later. */
export class SettingsTeller {
  readonly #parts: SettingsTellerParts;
  #origin: { readonly origin: Origin; readonly atMs: number | undefined } = { origin: 'phone', atMs: undefined };
  #stopMakingUp: (() => void) | undefined;
  #isClosed = false;

  constructor(parts: SettingsTellerParts) {
    this.#parts = parts;
  }

  close(): void {
    this.#isClosed = true;
    this.#stopMakingUp?.();
  }

  /** Does the work as that origin: what changes in it is told to be a client's or an administrator's. */
  as<T>(origin: Origin, work: () => T, atMs?: number): T {
    const before = this.#origin;
    this.#origin = { origin, atMs };
    try {
      return work();
    } finally {
      this.#origin = before;
    }
  }

  /** The system data are these now: tells what of the settings is something else. */
  changed(system: System): void {
    const { origin, atMs } = this.#origin;
    const { tracker, states, database, log, clock } = this.#parts;
    const changed = tracker.changed(system, origin, atMs);
    if (changed.length === 0) return;
    const bodies = states.settingsOf(
      system,
      changed.map(({ user }) => user),
    );
    const link = this.#parts.link();
    const statements: Statement[] = [...changed.map(({ statement }) => statement), ...link.statements(bodies)];
    try {
      database.writeNow(statements);
    } catch (err) {
      // The change itself is in force and stored; whoever made it must not be told otherwise.
      log.error({ err, users: changed.length }, 'changed settings were not written down for the cloud');
      tracker.undo(changed);
      return this.makeUp(origin, atMs ?? clock.epochMs());
    }
    link.pump();
  }

  /** Tells everything anew when there may be room to write again, until it is written. */
  makeUp(origin: Origin = 'system', atMs?: number): void {
    if (this.#isClosed || this.#stopMakingUp !== undefined) return;
    this.#stopMakingUp = this.#parts.clock.after(AGAIN_MS, () => {
      this.#stopMakingUp = undefined;
      this.as(origin, () => this.changed(this.#parts.system()), atMs);
      this.#parts.link().tell(...this.#parts.states.all());
    });
  }
}
