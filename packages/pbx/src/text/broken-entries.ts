import type { DataPath, ErrorCode, Finding } from '../errors.ts';

/** The value without what is broken, and the way back. */
export interface Rest {
  readonly value: unknown;
  /** False for findings that may come only from what was left out. */
  readonly isReliable: (finding: Finding) => boolean;
  /** The finding with list positions of the whole. */
  readonly restorePath: (finding: Finding) => Finding;
}

/** Leaves out unknown fields, and list entries with any other error. */
export function withoutBroken(value: unknown, broken: readonly Finding[]): Rest {
  const rest: unknown = structuredClone(value);
  const lost = lostEntries(broken.filter((finding) => finding.code !== 'fieldUnknown'));
  const unknown = broken.filter((finding) => finding.code === 'fieldUnknown').map((finding) => finding.path);
  for (const path of unknown) removeField(rest, path);
  const kept = dropEntries(rest, lost);
  const isIncomplete = (list: string): boolean => lost.has(list) || mayBeMisspelled(value, unknown, [list]);
  return {
    value: rest,
    isReliable: ({ code, path }) =>
      !LISTS_BEHIND[code]?.some(isIncomplete) && !mayBeMisspelled(value, unknown, restore(path, kept)),
    restorePath: (finding) => ({ ...finding, path: restore(finding.path, kept) }),
  };
}

/** The lists in which something was not found, or not enough of it. */
const LISTS_BEHIND: Readonly<Partial<Record<ErrorCode, readonly string[]>>> = {
  gatewayUnknown: ['gateways'],
  clusterCapacityOverrun: ['gateways'],
  systemCapacityOverrun: ['gateways'],
  clusterUnknown: ['clusters'],
  classOfServiceUnknown: ['classesOfService'],
  stationUnknown: ['stations'],
  userUnknown: ['users'],
  trunkGroupUnknown: ['trunkGroups'],
  alternativeNumberUnknown: ['stations', 'applications', 'ufipDevices'],
  inboundTargetUnknown: ['stations', 'applications', 'ufipDevices'],
};

/** True when the path leads over a field that was left out where an unknown one stands: its default is not what was meant. */
function mayBeMisspelled(value: unknown, unknown: readonly DataPath[], path: DataPath): boolean {
  return unknown.some((misspelled) => {
    const depth = misspelled.length - 1;
    const field = path[depth];
    if (field === undefined || !misspelled.slice(0, depth).every((part, at) => part === path[at])) return false;
    return fieldsOf(fieldAt(value, path.slice(0, depth)))?.[field] === undefined;
  });
}

function lostEntries(findings: readonly Finding[]): ReadonlyMap<string, ReadonlySet<number>> {
  const lost = new Map<string, Set<number>>();
  for (const { path } of findings) {
    const [list, index] = path;
    if (typeof list !== 'string' || typeof index !== 'number') continue;
    lost.set(list, (lost.get(list) ?? new Set()).add(index));
  }
  return lost;
}

function removeField(value: unknown, path: DataPath): void {
  const fields = fieldsOf(fieldAt(value, path.slice(0, -1)));
  const name = path.at(-1);
  if (fields !== undefined && name !== undefined) delete fields[name];
}

function fieldAt(value: unknown, path: DataPath): unknown {
  let node = value;
  for (const part of path) node = fieldsOf(node)?.[part];
  return node;
}

function fieldsOf(node: unknown): Record<string | number, unknown> | undefined {
  return typeof node === 'object' && node !== null ? (node as Record<string | number, unknown>) : undefined;
}

/** Returns the original positions of the entries that stay, for each list that lost some. */
function dropEntries(
  value: unknown,
  lost: ReadonlyMap<string, ReadonlySet<number>>,
): ReadonlyMap<string, readonly number[]> {
  const kept = new Map<string, readonly number[]>();
  const fields = fieldsOf(value);
  for (const [list, positions] of lost) {
    const entries = fields?.[list];
    if (fields === undefined || !Array.isArray(entries)) continue;
    const staying = [...entries.keys()].filter((index) => !positions.has(index));
    kept.set(list, staying);
    fields[list] = staying.map((index): unknown => entries[index]);
  }
  return kept;
}

function restore(path: DataPath, kept: ReadonlyMap<string, readonly number[]>): DataPath {
  const [list, index, ...rest] = path;
  if (typeof list !== 'string' || typeof index !== 'number') return path;
  return [list, kept.get(list)?.[index] ?? index, ...rest];
}
