import type { HistoryEntry } from '../contract-types.ts';
import type { HistoryFilter } from '../state.ts';

type Shown = 'all' | 'missed' | 'incoming' | 'outgoing';

/** What the Connector is asked for; what it cannot filter is filtered here. */
export const ASKED: Readonly<Record<HistoryFilter, Shown>> = {
  all: 'all',
  missed: 'missed',
  dialled: 'outgoing',
  received: 'incoming',
  diverted: 'incoming',
  voicemail: 'incoming',
};

/** Whether an entry belongs to a filter. Received are those that were answered by this user, on whatever device. */
export function belongs(entry: HistoryEntry, filter: HistoryFilter, voicemailNumber: string | undefined): boolean {
  const { direction, result, device, deflectedTo } = entry;
  const isAnswered = result === 'answered' || result === 'answeredElsewhere' || result === 'interrupted';
  const isTo = deflectedTo?.number !== undefined && deflectedTo.number === voicemailNumber;
  const isVoicemail = result === 'deflected' && (device === 'voicemail' || isTo);
  switch (filter) {
    case 'all':
      return true;
    case 'missed':
      return direction === 'incoming' && isMissed(entry);
    case 'dialled':
      return direction === 'outgoing';
    case 'received':
      return direction === 'incoming' && isAnswered;
    case 'diverted':
      return direction === 'incoming' && result === 'deflected';
    case 'voicemail':
      return direction === 'incoming' && isVoicemail;
  }
}

/** A call nobody of this user had anything to do with. */
export function isMissed({ direction, result }: HistoryEntry): boolean {
  return direction === 'incoming' && (result === 'noAnswer' || result === 'cancelled' || result === 'unreachable');
}

/** Puts entries together, the latest first, each one once. */
export function merged(entries: readonly HistoryEntry[], more: readonly HistoryEntry[]): HistoryEntry[] {
  const byId = new Map([...entries, ...more].map((entry) => [entry.entryId, entry]));
  return [...byId.values()].sort((a, b) => b.startedAtMs - a.startedAtMs);
}
