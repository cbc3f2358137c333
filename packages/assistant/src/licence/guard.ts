import type { KeyObject } from 'node:crypto';
import type { Change, SystemData } from '@unisono/pbx';
import type { AssistantClock } from '../ports.ts';
import { type AssistantDatabase, type Statement, statementOf } from '../store/index.ts';
import { type Licence, type ReadLicence, readLicence } from './licence-file.ts';

const DAY_MS = 86_400_000;
/** From this long before the expiry on, administrators are told. */
const WARN_DAYS = 30;

/**
 * - `unchecked`: no public key is configured, the counts are those of the system data;
 * - `none`: a key is configured and no licence is installed: nothing new can be set up;
 * - `valid`, `expiring` (within 30 days), `grace` (expired, all still allowed), `expired` (nothing new).
 */
export type LicenceState = 'unchecked' | 'none' | 'valid' | 'expiring' | 'grace' | 'expired';

export interface LicenceStatus {
  readonly state: LicenceState;
  readonly licence: Licence | undefined;
  /** A sentence for administrators. */
  readonly message: string;
}

export interface LicenceGuard {
  readonly isChecked: boolean;
  status(): LicenceStatus;
  /** Why a change may not be made, or undefined. Running out refuses new devices, and nothing else. */
  refusal(
    before: SystemData,
    after: SystemData,
    changes: readonly Change[],
  ): { readonly message: string; readonly hint: string } | undefined;
  read(text: string): ReadLicence;
  /** The statements that make it the licence in force. */
  install(text: string, atMs: number): Statement[];
}

export function createLicenceGuard(
  database: AssistantDatabase,
  publicKey: KeyObject | undefined,
  clock: AssistantClock,
): LicenceGuard {
  const read = (text: string): ReadLicence =>
    publicKey === undefined
      ? {
          ok: false,
          message: 'No public key for licences is configured.',
          hint: 'Set assistant.licenceKey to the file of the key.',
        }
      : readLicence(text, publicKey);
  const status = (): LicenceStatus => {
    if (publicKey === undefined)
      return { state: 'unchecked', licence: undefined, message: 'Licences are counted and not signed.' };
    const installed = installedText(database);
    const licence = installed === undefined ? undefined : read(installed);
    if (!licence?.ok) return { state: 'none', licence: undefined, message: licence?.message ?? NONE };
    return statusOf(licence.licence, clock.epochMs());
  };
  return {
    isChecked: publicKey !== undefined,
    status,
    refusal: (before, after, changes) => refusalOf(status(), before, after, changes),
    read,
    install: (text, atMs) => [
      statementOf(database.query.deleteFrom('assistant_licences')),
      statementOf(database.query.insertInto('assistant_licences').values({ installed_at_ms: atMs, text })),
    ],
  };
}

const NONE = 'No licence is installed: calls go on, and nothing new can be set up.';

function installedText({ query, read }: AssistantDatabase): string | undefined {
  const [row] = read(query.selectFrom('assistant_licences').select('text').orderBy('installed_at_ms', 'desc').limit(1));
  return row?.text;
}

/** Where a licence stands at a time. */
export function statusOf(licence: Licence, nowMs: number): LicenceStatus {
  const { customer, expiresAt, graceDays } = licence;
  if (expiresAt === undefined) return { state: 'valid', licence, message: `Licensed for ${customer}, for ever.` };
  const endMs = Date.parse(expiresAt);
  const day = expiresAt.slice(0, 10);
  if (nowMs < endMs - WARN_DAYS * DAY_MS)
    return { state: 'valid', licence, message: `Licensed for ${customer} until ${day}.` };
  if (nowMs < endMs) return { state: 'expiring', licence, message: `The licence ends on ${day}: renew it.` };
  const graceEndMs = endMs + graceDays * DAY_MS;
  if (nowMs < graceEndMs) {
    const last = new Date(graceEndMs).toISOString().slice(0, 10);
    return {
      state: 'grace',
      licence,
      message: `The licence ended on ${day}. Everything works as before until ${last}.`,
    };
  }
  const message = `The licence ended on ${day}. Calls go on; stations and UFIP devices can no longer be added.`;
  return { state: 'expired', licence, message };
}

function refusalOf(
  { state, message }: LicenceStatus,
  before: SystemData,
  after: SystemData,
  changes: readonly Change[],
): { message: string; hint: string } | undefined {
  if (state === 'unchecked') return undefined;
  if (changes.some((change) => change.kind === 'set' && change.section === 'licences'))
    return {
      message: 'The number of licences comes from the licence file.',
      hint: 'Install a licence file with other numbers.',
    };
  const isNew = after.stations.length > before.stations.length || after.ufipDevices.length > before.ufipDevices.length;
  if (!isNew || state === 'valid' || state === 'expiring' || state === 'grace') return undefined;
  return { message, hint: 'Install a valid licence file.' };
}
