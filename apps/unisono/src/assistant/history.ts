import { createHash } from 'node:crypto';
import type { HistoryEntry } from '@unisono/contract';
import type { CallParty, CallRecord, CallRecordStore } from '@unisono/gateway';
import type { System } from '@unisono/pbx';

/** Tells what happened to a user's call. */
export type TellHistory = (user: string, entry: HistoryEntry) => void;

/** The same store, and what ends in it goes into the histories of those who took part. */
export function withHistory(store: CallRecordStore, system: () => System, tell: TellHistory): CallRecordStore {
  return {
    open: (record) => store.open(record),
    close: (record) => {
      store.close(record);
      for (const { user, entry } of historyEntries(system(), record)) tell(user, entry);
    },
  };
}

/** One entry for each user who took part in a call: who called, who was called, and who sent the call on. */
export function historyEntries(system: System, record: CallRecord): { user: string; entry: HistoryEntry }[] {
  const { caller, callee, diversions } = record;
  const entries: { user: string; entry: HistoryEntry }[] = [];
  if (caller.user !== undefined) {
    const party = partyOf(callee ?? { number: record.dialled, name: undefined });
    entries.push({ user: caller.user, entry: entryOf(record, caller.user, 'outgoing', party) });
  }
  for (const { station, reason } of diversions) {
    const user = system.userOfStation.get(station);
    if (user === undefined || user === callee?.user) continue;
    const entry = entryOf(record, user, 'incoming', partyOf(caller));
    const sentTo = callee === undefined ? {} : { deflectedTo: partyOf(callee) };
    const { answeredAtMs: _, device: __, ...rest } = entry;
    entries.push({ user, entry: { ...rest, result: 'deflected', reason, ...sentTo } });
  }
  if (callee?.user !== undefined && callee.user !== caller.user)
    entries.push({ user: callee.user, entry: entryOf(record, callee.user, 'incoming', partyOf(caller)) });
  return entries;
}

function entryOf(
  record: CallRecord,
  user: string,
  direction: 'incoming' | 'outgoing',
  party: HistoryEntry['party'],
): HistoryEntry {
  const { id, dialled, startedAtMs, answeredAtMs, endedAtMs = startedAtMs, result = 'failed', detail } = record;
  const answered = record.legs.find((leg) => leg.answeredAtMs !== undefined)?.kind;
  const isDevice = direction === 'incoming' && (answered === 'desk' || answered === 'client');
  return {
    entryId: createHash('sha256').update(`${id} ${user} ${direction}`).digest('hex').slice(0, 32),
    callId: createHash('sha256').update(id).digest('hex').slice(0, 32),
    direction,
    party,
    ...(direction === 'outgoing' && isDialNumber(dialled) && { dialled }),
    startedAtMs,
    ...(answeredAtMs !== undefined && { answeredAtMs }),
    endedAtMs,
    result,
    ...(detail !== undefined && { detail: detail.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/gu, ' ').slice(0, 500) }),
    ...(isDevice && { device: answered }),
  };
}

function partyOf({ number, name }: Pick<CallParty, 'number' | 'name'>): HistoryEntry['party'] {
  const shown = name?.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/gu, ' ').slice(0, 200);
  return { ...(number !== undefined && isDialNumber(number) && { number }), ...(shown && { name: shown }) };
}

function isDialNumber(text: string): boolean {
  return /^[+*#\d][\d*#() /.,;-]{0,39}$/.test(text);
}
