import { applyChanges, type Change, type System, type SystemError } from '@unisono/pbx';
import { type Actor, SYSTEM_ACTOR } from '../access/roles.ts';
import type { AuditEntry, AuditFact, AuditLog } from '../audit/audit-log.ts';
import type { LicenceGuard } from '../licence/guard.ts';
import type { AssistantClock, AssistantLog, SystemPort } from '../ports.ts';
import type { Statement } from '../store/index.ts';
import { entryOf } from './entry.ts';
import { etagOf, matches } from './etag.ts';
import { factsOf } from './facts.ts';
import { namingReferrers } from './referrers.ts';

/** What the caller has seen of an entry or section before it changes it. */
export interface Expectation {
  readonly target: string;
  /** As in an `If-Match` header. */
  readonly ifMatch: string;
}

export interface ChangeOptions {
  readonly expect?: readonly Expectation[];
  /** Tells what would come of it and changes nothing. */
  readonly isDryRun?: boolean;
  /** Written in the same transaction. */
  readonly also?: readonly Statement[];
  /** Told in the audit log instead of the single changes. */
  readonly by?: { readonly actor: Actor; readonly facts: readonly AuditFact[] };
}

export type Changed =
  | { readonly ok: true; readonly system: System; readonly version: number }
  | { readonly ok: false; readonly reason: 'invalid'; readonly errors: readonly SystemError[] }
  | { readonly ok: false; readonly reason: 'licence'; readonly message: string; readonly hint: string }
  | { readonly ok: false; readonly reason: 'missing'; readonly target: string }
  /** The entry is no longer what the caller has seen; `latest` is who changed it, when that was an administrator. */
  | { readonly ok: false; readonly reason: 'stale'; readonly target: string; readonly latest: AuditEntry | undefined }
  | { readonly ok: false; readonly reason: 'storage'; readonly message: string };

export interface AdministrationParts {
  readonly system: SystemPort;
  readonly audit: AuditLog;
  readonly licences: LicenceGuard;
  readonly clock: AssistantClock;
  readonly log: AssistantLog;
  /** Surrounds each commit, so that whoever hears of it knows that an administrator made it. */
  readonly during?: (<T>(work: () => T) => T) | undefined;
}

/** How often a change is made again on top of what another process stored meanwhile. */
const MAX_ATTEMPTS = 5;

/**
 * The one way in which administrators change system data: domain rules, licences, optimistic locking and the audit log, all in
 * one transaction.
 */
export class Administration {
  readonly #parts: AdministrationParts;

  constructor(parts: AdministrationParts) {
    this.#parts = parts;
  }

  get system(): System {
    return this.#parts.system.current();
  }

  get version(): number {
    return this.#parts.system.version;
  }

  change(actor: Actor, changes: readonly Change[], options: ChangeOptions = {}): Changed {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const result = this.#attempt(actor, changes, options);
      if (result !== 'overtaken') return result;
    }
    return { ok: false, reason: 'storage', message: 'Others kept changing the system at the same time: try again.' };
  }

  #attempt(actor: Actor, changes: readonly Change[], options: ChangeOptions): Changed | 'overtaken' {
    const { system, licences, clock, audit } = this.#parts;
    const { version } = system;
    const before = system.current();
    const unexpected = this.#unexpected(before, options.expect ?? []);
    if (unexpected !== undefined) return unexpected;
    const result = applyChanges(before, changes);
    if (!result.ok) {
      return { ok: false, reason: 'invalid', errors: namingReferrers(before, changes, result.errors) };
    }
    const refusal = actor === SYSTEM_ACTOR ? undefined : licences.refusal(before.data, result.system.data, changes);
    if (refusal !== undefined) return { ok: false, reason: 'licence', ...refusal };
    if (options.isDryRun) return { ok: true, system: result.system, version };
    const told = options.by ?? { actor, facts: factsOf(before, result.system, changes) };
    const also = [...audit.statements(told.actor, told.facts, clock.epochMs()), ...(options.also ?? [])];
    const put = () => system.commit(changes, version, also);
    const { during } = this.#parts;
    const commit = during === undefined || told.actor.kind === 'system' ? put() : during(put);
    if (commit.ok) {
      this.#parts.log.info(
        { actor: told.actor.name, version: commit.version, changes: changes.length },
        'system data changed',
      );
      return commit;
    }
    if (commit.reason === 'overtaken') return 'overtaken';
    return commit;
  }

  #unexpected(system: System, expected: readonly Expectation[]): Changed | undefined {
    for (const { target, ifMatch } of expected) {
      const entry = entryOf(system, target);
      if (entry === undefined) return { ok: false, reason: 'missing', target };
      if (matches(ifMatch, etagOf(entry))) continue;
      return { ok: false, reason: 'stale', target, latest: this.#parts.audit.latestOf(target) };
    }
    return undefined;
  }
}
