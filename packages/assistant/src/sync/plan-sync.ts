import { emailKey } from '@unisono/contract';
import { reasonText } from './reasons.ts';
import type { Device, DirectoryPerson, ReasonCode, SyncPlan, SyncRow, SyncStep, Upload } from './types.ts';

export interface PlanInput {
  readonly directory: readonly DirectoryPerson[];
  /** Every user of the PBX, with a UFIP device or without. */
  readonly devices: readonly Device[];
  /** By id of the person. */
  readonly uploads: ReadonlyMap<string, Upload>;
  /** Unify Phone licences that are free. */
  readonly freeLicences: number;
  /** Whether the licences in force allow what is in use. */
  readonly isLicensed: boolean;
  /** Versions grow with time, so that one that was forgotten is still overtaken. */
  readonly nowMs: number;
}

/**
 * What synchronising would do: people and devices are brought together by e-mail address and by nothing else. Pure: the same input
 * gives the same plan, and a plan that was carried out gives an empty one.
 */
export function planSync(input: PlanInput): SyncPlan {
  const plan = planning(input);
  let step = plan.next();
  while (step.done !== true) step = plan.next();
  return step.value;
}

/** The same in small parts, after each of which something else may have its turn. */
export function* planning(input: PlanInput): Generator<void, SyncPlan> {
  const persons = yield* byAddress(input.directory);
  const devices = yield* byAddress(input.devices);
  const rows: SyncRow[] = [];
  const steps: SyncStep[] = [];
  const settled = new Set<string>();
  for (const [key, found] of persons) {
    for (const person of found) {
      settled.add(person.id);
      place(person, found, devices.get(key) ?? [], input, rows, steps);
    }
    if (settled.size % PART === 0) yield;
  }
  const leaving = usersLeaving(input.uploads, settled);
  for (const [key, found] of devices) {
    if (persons.has(key)) continue;
    for (const device of found) {
      if (device.ufipDevice === undefined) continue;
      // Who has left the directory is told once, as somebody to withdraw.
      if (!leaving.has(device.user)) rows.push(rowOf('withoutPerson', 'noPerson', undefined, device));
    }
  }
  withdrawGone(input, settled, rows, steps);
  return { rows, steps };
}

/** People or devices done before others may have their turn. */
const PART = 200;

function* byAddress<T extends { readonly email: string }>(all: readonly T[]): Generator<void, Map<string, T[]>> {
  const found = new Map<string, T[]>();
  for (const [index, one] of all.entries()) {
    const key = emailKey(one.email);
    const same = found.get(key);
    if (same === undefined) found.set(key, [one]);
    else same.push(one);
    if (index % PART === 0) yield;
  }
  return found;
}

/** Users of people who are not in the directory any more and of whom the Connector still has data. */
function usersLeaving(uploads: ReadonlyMap<string, Upload>, settled: ReadonlySet<string>): ReadonlySet<string> {
  const leaving = [...uploads].filter(([person, { digest }]) => digest !== '' && !settled.has(person));
  return new Set(leaving.map(([, { user }]) => user));
}

/** Puts a person of the directory into their class, with what there is to do. */
function place(
  person: DirectoryPerson,
  sameAddress: readonly DirectoryPerson[],
  candidates: readonly Device[],
  input: PlanInput,
  rows: SyncRow[],
  steps: SyncStep[],
): void {
  const upload = input.uploads.get(person.id);
  const isUploaded = upload !== undefined && upload.digest !== '';
  const obstacle = obstacleOf(person, sameAddress, candidates, input);
  const [device] = candidates;
  if (obstacle === undefined && device?.connection !== undefined) {
    const { data, digest } = device.connection;
    if (isUploaded && upload.digest === digest) {
      rows.push(rowOf('inStep', 'matched', person, device, device.number));
      return;
    }
    const version = nextVersion(upload, input.nowMs);
    steps.push({ op: 'put', person: person.id, user: device.user, version, data, digest });
    rows.push(
      isUploaded
        ? rowOf('changed', 'dataChanged', person, device, device.number)
        : rowOf('toAdd', 'newMatch', person, device, device.number),
    );
    return;
  }
  const reason = obstacle ?? { reason: 'noDevice' as const };
  const isConflict = CONFLICTS.has(reason.reason);
  if (isUploaded) steps.push(withdrawal(person.id, upload, reason.reason, input.nowMs, reason.about));
  // A device that was taken away: until the Connector has been told, the person is one to withdraw.
  if (isUploaded && !isConflict) rows.push(rowOf('toWithdraw', 'deviceGone', person, device));
  else rows.push(rowOf(isConflict ? 'conflict' : 'withoutDevice', reason.reason, person, device, reason.about));
}

const CONFLICTS: ReadonlySet<ReasonCode> = new Set([
  'twoPersons',
  'twoDevices',
  'signedOff',
  'noDeskStation',
  'noLicence',
]);

interface Obstacle {
  readonly reason: ReasonCode;
  readonly about?: string | undefined;
}

/** What stands between a person and a device; undefined: nothing, they match. */
function obstacleOf(
  person: DirectoryPerson,
  sameAddress: readonly DirectoryPerson[],
  candidates: readonly Device[],
  { freeLicences, isLicensed }: PlanInput,
): Obstacle | undefined {
  if (candidates.length === 0) return { reason: 'unknownAddress' };
  const other = sameAddress.find(({ id }) => id !== person.id);
  if (other !== undefined) return { reason: 'twoPersons', about: other.displayName };
  const [device, second] = candidates;
  if (device === undefined) return { reason: 'unknownAddress' };
  if (second !== undefined) return { reason: 'twoDevices', about: `${device.name}, ${second.name}` };
  if (device.ufipDevice === undefined) {
    if (device.number === undefined) return { reason: 'noDeskStation', about: device.name };
    if (device.isSignedOff) return { reason: 'signedOff', about: device.number };
    return freeLicences > 0 ? { reason: 'noDevice', about: device.name } : { reason: 'noDeviceNoLicence' };
  }
  if (device.number === undefined) return { reason: 'noDeskStation', about: device.name };
  if (device.isSignedOff) return { reason: 'signedOff', about: device.number };
  if (!isLicensed) return { reason: 'noLicence' };
  return undefined;
}

/** What the Connector still holds of people who are no Unify Phone users any more. */
function withdrawGone(input: PlanInput, settled: ReadonlySet<string>, rows: SyncRow[], steps: SyncStep[]): void {
  const byUser = new Map(input.devices.map((device) => [device.user, device]));
  for (const [id, upload] of input.uploads) {
    if (settled.has(id) || upload.digest === '') continue;
    const device = byUser.get(upload.user);
    steps.push(withdrawal(id, upload, 'personGone', input.nowMs));
    rows.push({ ...rowOf('toWithdraw', 'personGone', undefined, device), person: id });
  }
}

function withdrawal(person: string, upload: Upload, reason: ReasonCode, nowMs: number, about?: string): SyncStep {
  const version = nextVersion(upload, nowMs);
  return { op: 'withdraw', person, version, reason: reasonText({ reason, about }, 'en').reason };
}

function nextVersion(upload: Upload | undefined, nowMs: number): number {
  return Math.max(nowMs, (upload?.version ?? 0) + 1);
}

function rowOf(
  kind: SyncRow['class'],
  reason: ReasonCode,
  person: DirectoryPerson | undefined,
  device: Device | undefined,
  about?: string,
): SyncRow {
  return {
    class: kind,
    reason,
    name: person?.displayName ?? device?.name ?? '',
    email: person?.email ?? device?.email ?? '',
    ...(person && { person: person.id }),
    ...(device && { user: device.user }),
    ...(about !== undefined && { about }),
  };
}
