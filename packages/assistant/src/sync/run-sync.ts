import { randomUUID } from 'node:crypto';
import type { ConnectionItem, ConnectionOutcome, SyncPage } from '@unisono/contract';
import { MAX_CONNECTION_ITEMS } from '@unisono/contract';
import { licenceUse } from '@unisono/pbx';
import { LinkError } from '../link/link-error.ts';
import type { AssistantClock, AssistantLog, SystemPort } from '../ports.ts';
import { Slices } from '../slices.ts';
import type { ClientAccess, Devices } from './devices.ts';
import type { ListedStations, StationsClient } from './listed-stations.ts';
import type { SyncLock } from './lock.ts';
import { planning } from './plan-sync.ts';
import type { PullState, SyncReport, SyncStore } from './sync-store.ts';
import {
  type DirectoryPerson,
  SYNC_CLASSES,
  type SyncClass,
  type SyncPlan,
  type SyncRow,
  type SyncStep,
  type Upload,
} from './types.ts';

/** What the Connector is asked, over HTTPS. Failures are thrown as `LinkError`. */
export interface ConnectorClient extends StationsClient {
  /** Undefined: nothing has changed since the ETag (304). */
  users(query: {
    cursor?: string | undefined;
    since?: string | undefined;
    etag?: string | undefined;
  }): Promise<{ page: SyncPage; etag: string | undefined } | undefined>;
  upload(items: readonly ConnectionItem[]): Promise<readonly ConnectionOutcome[]>;
  connections(cursor?: string): Promise<{
    connections: readonly { userId: string; version: number; digest: string }[];
    next?: string | undefined;
  }>;
}

/** Withdrawals that a run makes without asking: this share of what is uploaded, or this many, whichever is more. */
export interface WithdrawGuard {
  readonly share: number;
  readonly atLeast: number;
}

export interface SyncParts {
  readonly store: SyncStore;
  readonly connector: ConnectorClient;
  readonly system: SystemPort;
  readonly access: () => ClientAccess;
  readonly devices: Devices;
  readonly listed: ListedStations;
  readonly lock: SyncLock;
  readonly guard: WithdrawGuard;
  readonly clock: AssistantClock;
  readonly log: AssistantLog;
  /** People whose data was stored or withdrawn, so that their settings are told too. */
  readonly onUploaded?: (persons: readonly { person: string; user: string }[]) => Promise<void>;
}

export interface RunOptions {
  readonly trigger: string;
  /** Withdraws although the guard would ask. */
  readonly isConfirmed?: boolean;
  /** Pulls everything anew, and asks what the Connector holds. */
  readonly isFull?: boolean;
}

/** Rows of a report kept at most; the counts are of all. */
const MAX_REPORT_ROWS = 5_000;

/** A run that is already going on. */
export const RUNNING = 'running';

/**
 * One synchronisation: pull, plan, guard, upload, numbers for the directory, report. Each step is durable before the next, and each may be repeated: a run
 * that was killed anywhere is taken up by the next one.
 */
export async function runSync(given: SyncParts, options: RunOptions): Promise<SyncReport | typeof RUNNING> {
  const { lock, clock, store } = given;
  if (!(await lock.take(clock.epochMs()))) return RUNNING;
  const startedAtMs = clock.epochMs();
  const counted = countingRequests(given.connector);
  const parts = { ...given, connector: counted };
  let report: SyncReport;
  try {
    report = await pulledAndUploaded(parts, options, startedAtMs);
    await tellStations(parts, options);
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    report = reportOf(parts, options, startedAtMs, { outcome: 'failed', message: error.message });
  } finally {
    await lock.release();
  }
  report = { ...report, requests: counted.requests };
  await store.saveReport(report);
  const { outcome, uploaded, withdrawn, refused } = report;
  parts.log.info({ outcome, uploaded, withdrawn, refused, trigger: options.trigger }, 'synchronisation ended');
  return report;
}

/** Who colleagues find in the directory beyond Unify Phone users. */
async function tellStations({ lock, clock, listed, system, connector, log }: SyncParts, { isFull }: RunOptions) {
  lock.take(clock.epochMs());
  if (isFull === true) listed.forget();
  await listed.tell(system.current(), connector, log);
}

function countingRequests(connector: ConnectorClient): ConnectorClient & { readonly requests: number } {
  let requests = 0;
  return {
    get requests() {
      return requests;
    },
    users: (query) => {
      requests++;
      return connector.users(query);
    },
    upload: (items) => {
      requests++;
      return connector.upload(items);
    },
    connections: (cursor) => {
      requests++;
      return connector.connections(cursor);
    },
    stations: (cursor) => {
      requests++;
      return connector.stations(cursor);
    },
    uploadStations: (items) => {
      requests++;
      return connector.uploadStations(items);
    },
  };
}

async function pulledAndUploaded(parts: SyncParts, options: RunOptions, startedAtMs: number): Promise<SyncReport> {
  await pullDirectory(parts, options.isFull ?? false);
  const plan = await currentPlan(parts);
  const withdrawals = plan.steps.filter(({ op }) => op === 'withdraw').length;
  const allowed = allowedWithdrawals(parts);
  if (withdrawals > allowed && options.isConfirmed !== true) {
    const message = `This would withdraw ${withdrawals} people at once, more than the ${allowed} that are done without asking. Nothing was changed. Look at the plan, and confirm if it is right.`;
    return reportOf(parts, options, startedAtMs, { outcome: 'stopped', message, plan });
  }
  const done = await carryOut(parts, plan.steps);
  return reportOf(parts, options, startedAtMs, { outcome: 'done', message: messageOf(done), plan, done });
}

/** What a run would do now, from what was pulled last. */
export async function currentPlan({
  store,
  system,
  access,
  clock,
  devices,
}: Omit<SyncParts, 'connector'>): Promise<SyncPlan> {
  const now = system.current();
  const { unifyPhone } = licenceUse(now.data);
  const plan = planning({
    directory: await directoryOf(store),
    devices: await devices.of(now, access()),
    uploads: store.uploads(),
    freeLicences: unifyPhone.freeCount,
    isLicensed: unifyPhone.freeCount >= 0,
    nowMs: clock.epochMs(),
  });
  const slices = new Slices();
  let step = plan.next();
  while (step.done !== true) {
    if (slices.isOver) await slices.pause();
    step = plan.next();
  }
  return step.value;
}

/** People read at once. */
const PEOPLE_AT_ONCE = 1_000;

async function directoryOf(store: SyncStore): Promise<DirectoryPerson[]> {
  const slices = new Slices();
  const all: DirectoryPerson[] = [];
  for (;;) {
    const page = store.directory(all.at(-1)?.id ?? '', PEOPLE_AT_ONCE);
    all.push(...page);
    if (page.length < PEOPLE_AT_ONCE) return all;
    if (slices.isOver) await slices.pause();
  }
}

function allowedWithdrawals({ store, guard }: SyncParts): number {
  const uploaded = [...store.uploads().values()].filter(({ digest }) => digest !== '').length;
  return Math.max(guard.atLeast, Math.floor(uploaded * guard.share));
}

/** Brings the copy of the directory up to date: by what changed, or, where that is not known any more, as a whole. */
export async function pullDirectory(parts: SyncParts, isFull: boolean): Promise<void> {
  const { store } = parts;
  const before = store.pull();
  try {
    if (isFull || (before.delta === undefined && before.next === undefined)) await pullWhole(parts, before, isFull);
    else await pullPages(parts, before);
  } catch (error) {
    if (!(error instanceof LinkError) || error.code !== 'cursorExpired') throw error;
    await pullWhole(parts, store.pull(), true);
  }
}

async function pullWhole(parts: SyncParts, before: PullState, isFull: boolean): Promise<void> {
  const { store, connector } = parts;
  await learnUploads(parts);
  const etag = isFull ? undefined : before.etag;
  const first = await connector.users({ etag });
  if (first === undefined) return;
  const state: PullState = { generation: before.generation + 1, isWhole: true, etag: first.etag };
  await savePage(store, first.page, state);
  await goOn(parts, store.pull());
}

async function pullPages(parts: SyncParts, before: PullState): Promise<void> {
  if (before.next !== undefined) return goOn(parts, before);
  const answer = await parts.connector.users({ since: before.delta });
  if (answer === undefined) return;
  await savePage(parts.store, answer.page, before);
  await goOn(parts, parts.store.pull());
}

async function goOn(parts: SyncParts, from: PullState): Promise<void> {
  let state = from;
  while (state.next !== undefined) {
    await parts.lock.take(parts.clock.epochMs());
    const answer = await parts.connector.users({ cursor: state.next });
    if (answer === undefined) return;
    await savePage(parts.store, answer.page, state);
    state = parts.store.pull();
  }
}

function savePage(store: SyncStore, page: SyncPage, { generation, isWhole, etag, delta }: PullState): Promise<void> {
  const isLast = page.next === undefined;
  const state: PullState = isLast
    ? { generation, etag, delta: page.delta ?? delta }
    : { generation, etag, next: page.next, isWhole, delta: isWhole ? undefined : delta };
  const removed = page.removed.map(({ id }) => id);
  return store.savePage(page.users, removed, state, isLast && isWhole === true);
}

/** Asks what the Connector holds, for an Assistant that does not know, or not any more. */
async function learnUploads({ store, connector, clock }: SyncParts): Promise<void> {
  const known = store.uploads();
  const learnt = new Map<string, Upload>();
  let cursor: string | undefined;
  do {
    const page = await connector.connections(cursor);
    for (const { userId, version, digest } of page.connections) {
      const own = known.get(userId);
      if (own === undefined || own.version < version) learnt.set(userId, { user: own?.user ?? '', digest, version });
    }
    cursor = page.next;
  } while (cursor !== undefined);
  await store.saveUploads(learnt, clock.epochMs());
}

interface Done {
  readonly uploaded: number;
  readonly withdrawn: number;
  readonly refusals: readonly { readonly person: string; readonly message: string }[];
}

/** Tells the Connector, in parts; what each one acknowledged is stored before the next goes out. */
async function carryOut(parts: SyncParts, steps: readonly SyncStep[]): Promise<Done> {
  let [uploaded, withdrawn] = [0, 0];
  const refusals: { person: string; message: string }[] = [];
  for (let from = 0; from < steps.length; from += MAX_CONNECTION_ITEMS) {
    await parts.lock.take(parts.clock.epochMs());
    const some = steps.slice(from, from + MAX_CONNECTION_ITEMS);
    const outcomes = await uploadOvertaking(parts, some);
    const acknowledged = new Map<string, Upload>();
    for (const [index, { outcome, version, message, code }] of outcomes.entries()) {
      const step = some[index];
      if (step === undefined) continue;
      if (outcome === 'refused' || outcome === 'stale') {
        refusals.push({ person: step.person, message: message ?? code ?? outcome });
        continue;
      }
      const stored = version ?? step.version;
      if (step.op === 'put') uploaded++;
      else withdrawn++;
      acknowledged.set(step.person, uploadOf(step, stored));
    }
    await parts.store.saveUploads(acknowledged, parts.clock.epochMs());
    await parts.onUploaded?.(
      [...acknowledged].flatMap(([person, { user, digest }]) => (digest ? [{ person, user }] : [])),
    );
  }
  return { uploaded, withdrawn, refusals };
}

function uploadOf(step: SyncStep, version: number): Upload {
  return step.op === 'put' ? { user: step.user, digest: step.digest, version } : { user: '', digest: '', version };
}

/** What is `stale` is sent once more with a version above the one that is stored: an Assistant that lost its memory. */
async function uploadOvertaking({ connector }: SyncParts, steps: readonly SyncStep[]): Promise<ConnectionOutcome[]> {
  const outcomes = [...(await connector.upload(steps.map((step) => itemOf(step, step.version))))];
  const stale = outcomes.flatMap(({ outcome, version }, index) => {
    const step = steps[index];
    return outcome === 'stale' && step !== undefined
      ? [{ index, item: itemOf(step, (version ?? step.version) + 1) }]
      : [];
  });
  if (stale.length === 0) return outcomes;
  const again = await connector.upload(stale.map(({ item }) => item));
  stale.forEach(({ index, item }, place) => {
    const answer = again[place];
    if (answer !== undefined) outcomes[index] = { ...answer, version: answer.version ?? item.version };
  });
  return outcomes;
}

function itemOf(step: SyncStep, version: number): ConnectionItem {
  return step.op === 'put'
    ? { op: 'put', userId: step.person, version, data: step.data }
    : { op: 'withdraw', userId: step.person, version, reason: step.reason.slice(0, 300) };
}

function messageOf({ uploaded, withdrawn, refusals }: Done): string {
  if (uploaded + withdrawn + refusals.length === 0) return 'Everything was in step.';
  const refused = refusals.length === 0 ? '' : ` ${refusals.length} were refused.`;
  return `${uploaded} uploaded, ${withdrawn} withdrawn.${refused}`;
}

interface Came {
  readonly outcome: SyncReport['outcome'];
  readonly message: string;
  readonly plan?: SyncPlan;
  readonly done?: Done;
}

function reportOf({ clock }: SyncParts, { trigger }: RunOptions, startedAtMs: number, came: Came): SyncReport {
  const rows = came.plan?.rows ?? [];
  const refused = new Map(came.done?.refusals.map(({ person, message }) => [person, message]));
  const shown = rows
    .filter((row) => row.class !== 'inStep')
    .slice(0, MAX_REPORT_ROWS)
    .map((row): SyncRow => {
      const about = row.person === undefined ? undefined : refused.get(row.person);
      return about === undefined ? row : { ...row, class: 'conflict', reason: 'refusedByConnector', about };
    });
  return {
    id: randomUUID(),
    trigger,
    startedAtMs,
    endedAtMs: clock.epochMs(),
    outcome: came.outcome,
    message: came.message,
    counts: countsOf(rows),
    uploaded: came.done?.uploaded ?? 0,
    withdrawn: came.done?.withdrawn ?? 0,
    refused: came.done?.refusals.length ?? 0,
    rows: shown,
  };
}

export function countsOf(rows: readonly SyncRow[]): Readonly<Record<SyncClass, number>> {
  const counts = Object.fromEntries(SYNC_CLASSES.map((one) => [one, 0])) as Record<SyncClass, number>;
  for (const row of rows) counts[row.class]++;
  return counts;
}
