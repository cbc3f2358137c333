import type { SystemData } from '@unisono/pbx';

type Entry = { readonly id: string };

/** What differs between two states of system data: whole sections, and single entries of lists. */
export interface DataParts {
  /** Sections and lists that are replaced as a whole, by name. */
  readonly whole?: Readonly<Record<string, unknown>>;
  /** Entries that are new or differ, by list. Entries keep their place, new ones go to the end. */
  readonly entries?: Readonly<Record<string, readonly Entry[]>>;
}

/**
 * The parts in which `after` differs from `before`. Parts that are the same object are taken for equal, so a change of one entry
 * in a large system costs one entry.
 */
export function partsBetween(before: SystemData, after: SystemData): DataParts {
  const whole: Record<string, unknown> = {};
  const entries: Record<string, readonly Entry[]> = {};
  const old = before as unknown as Record<string, unknown>;
  for (const [name, value] of Object.entries(after)) {
    if (value === old[name]) continue;
    const changed = changedEntries(old[name], value);
    if (changed === undefined) whole[name] = value;
    else entries[name] = changed;
  }
  return { whole, entries };
}

/** The data with the parts put in their places. */
export function withParts(data: unknown, parts: DataParts): unknown {
  const result = { ...(data as Record<string, unknown>), ...parts.whole };
  for (const [name, changed] of Object.entries(parts.entries ?? {})) result[name] = merged(result[name], changed);
  return result;
}

/** Entries to replace or append, or undefined when that cannot express the difference (removed, moved, no list). */
function changedEntries(before: unknown, after: unknown): readonly Entry[] | undefined {
  if (!isEntryList(before) || !isEntryList(after) || after.length < before.length) return undefined;
  const hasKeptOrder = before.every((entry, index) => entry.id === after[index]?.id);
  return hasKeptOrder ? after.filter((entry, index) => entry !== before[index]) : undefined;
}

function merged(list: unknown, changed: readonly Entry[]): unknown {
  if (!isEntryList(list)) return changed;
  const byId = new Map(list.map((entry) => [entry.id, entry]));
  for (const entry of changed) byId.set(entry.id, entry);
  return [...byId.values()];
}

function isEntryList(value: unknown): value is readonly Entry[] {
  return (
    Array.isArray(value) &&
    value.every((entry: unknown) => typeof entry === 'object' && entry !== null && 'id' in entry)
  );
}
