import type { KeyObject } from 'node:crypto';
import type { Actor } from '../access/roles.ts';
import { createAuditLog } from '../audit/audit-log.ts';
import { createLicenceGuard } from '../licence/guard.ts';
import type { AssistantClock, AssistantLog, AssistantRandom, SystemPort } from '../ports.ts';
import type { AssistantDatabase } from '../store/index.ts';
import { Administration, type Changed } from '../system/administration.ts';
import { type MadeAccount, planImport } from './import-people.ts';
import type { LineError } from './read-table.ts';

/** Errors told at most; the count is of all. */
const MAX_TOLD_ERRORS = 1000;

/** What is to be imported, by whom. Can be handed to another thread. */
export interface ImportRequest {
  readonly text: string;
  readonly isDryRun: boolean;
  readonly actor: Actor;
}

/** What came of an import. Can be handed to another thread. */
export interface ImportOutcome {
  readonly lines: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  /** Accounts of new desk phones, to be shown once; none of a dry run. */
  readonly accounts: readonly MadeAccount[];
  readonly errorCount: number;
  /** The first of them. */
  readonly errors: readonly LineError[];
  /** Why what the file says was not put in force. */
  readonly refused: Exclude<Changed, { readonly ok: true }> | undefined;
}

/** Imports a file. */
export type Import = (request: ImportRequest) => Promise<ImportOutcome>;

/** Reads, plans and puts in force at once: for small files, or in a thread of its own. */
export function runImport(
  administration: Administration,
  random: AssistantRandom,
  { text, isDryRun, actor }: ImportRequest,
): ImportOutcome {
  const { errors, changes, accounts: made, ...counts } = planImport(text, administration.system, random);
  const outcome = { ...counts, accounts: [], errorCount: errors.length, errors: errors.slice(0, MAX_TOLD_ERRORS) };
  if (errors.length > 0 || changes.length === 0) return { ...outcome, refused: undefined };
  const changed = administration.change(actor, changes, { isDryRun });
  if (!changed.ok) return { ...outcome, refused: changed };
  return { ...outcome, accounts: isDryRun ? [] : made, refused: undefined };
}

export interface ImportParts {
  readonly database: AssistantDatabase;
  readonly system: SystemPort;
  readonly licenceKey: KeyObject | undefined;
  readonly clock: AssistantClock;
  readonly random: AssistantRandom;
  readonly log: AssistantLog;
}

/** The same over a database of its own. */
export function importOver(parts: ImportParts, request: ImportRequest): ImportOutcome {
  const { database, system, licenceKey, clock, random, log } = parts;
  const licences = createLicenceGuard(database, licenceKey, clock);
  const administration = new Administration({ system, audit: createAuditLog(database), licences, clock, log });
  return runImport(administration, random, request);
}
