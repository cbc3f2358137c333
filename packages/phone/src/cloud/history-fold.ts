import { saidOf } from '../call/said.ts';
import type { HistoryEntry } from '../contract-types.ts';

/** One call as its user remembers it. */
export interface HistoryLine {
  readonly entry: HistoryEntry;
  /** The calls that it was made of, the earliest first: who merges two calls has had them, too. */
  readonly parts: readonly HistoryEntry[];
}

/** Records of one moment are written by several hands. */
const SLACK_MS = 2_000;

/** Puts the calls that became a conference into the entry of that conference; the order stays. */
export function folded(entries: readonly HistoryEntry[]): HistoryLine[] {
  const conferences = entries.filter(isConference);
  const partsOf = new Map<HistoryEntry, HistoryEntry[]>();
  for (const entry of entries) {
    if (saidOf(entry.detail) !== 'becameConference') continue;
    const conference = conferences.find((one) => isWithin(entry.endedAtMs, one));
    if (conference) partsOf.set(conference, [entry, ...(partsOf.get(conference) ?? [])]);
  }
  const hidden = new Set([...partsOf.values()].flat());
  return entries.filter((one) => !hidden.has(one)).map((entry) => ({ entry, parts: partsOf.get(entry) ?? [] }));
}

/** Made by this user: it has a name, and no number. */
function isConference({ direction, party, dialled }: HistoryEntry): boolean {
  return direction === 'outgoing' && party.number === undefined && party.name !== undefined && dialled === undefined;
}

function isWithin(atMs: number, { startedAtMs, endedAtMs }: HistoryEntry): boolean {
  return atMs >= startedAtMs - SLACK_MS && atMs <= endedAtMs + SLACK_MS;
}
