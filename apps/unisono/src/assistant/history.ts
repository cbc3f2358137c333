import { createHash } from 'node:crypto';
import type { EndedCallsPort } from '@unisono/assistant';
import type { HistoryEntry } from '@unisono/contract';
import type { CallParty, CallRecord } from '@unisono/gateway';
import type { System } from '@unisono/pbx';
import { sql } from 'kysely';
import type { Store } from '../stores/open-store.ts';

/** Calls read at once: what they tell is one transaction. */
const CALLS_AT_ONCE = 200;

/** The calls that have ended, from the database: in the order in which they were written, each once. */
export function endedCalls(store: Store, system: () => System): EndedCallsPort {
  const row = sql<number>`rowid`;
  let mark: number | undefined;
  let reached = -1;
  return {
    latest: () => {
      const [last] = store.read(store.query.selectFrom('call_records').select(sql<number>`max(rowid)`.as('last')));
      return Number(last?.last ?? 0);
    },
    after: (position) => {
      const nowMark = store.changeMark();
      if (nowMark === mark && reached === position) return undefined;
      const query = store.query.selectFrom('call_records').select([row.as('position'), 'record']);
      const rows = store.read(query.where(row, '>', position).orderBy(row).limit(CALLS_AT_ONCE));
      if (rows.length < CALLS_AT_ONCE) mark = nowMark;
      reached = Number(rows.at(-1)?.position ?? position);
      if (rows.length === 0) return undefined;
      const told = rows.flatMap(({ record }) => historyEntries(system(), JSON.parse(record) as CallRecord));
      return { position: reached, told };
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
