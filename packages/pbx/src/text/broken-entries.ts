import type { DataPath, Finding } from '../errors.ts';

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
  for (const { code, path } of broken) if (code === 'fieldUnknown') removeField(rest, path);
  const kept = dropEntries(rest, lost);
  return {
    value: rest,
    isReliable: ({ code }) => lost.size === 0 || !/Unknown$/.test(code),
    restorePath: (finding) => ({ ...finding, path: restore(finding.path, kept) }),
  };
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
  let node = value;
  for (const part of path.slice(0, -1)) node = fieldsOf(node)?.[part];
  const fields = fieldsOf(node);
  const name = path.at(-1);
  if (fields !== undefined && name !== undefined) delete fields[name];
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
