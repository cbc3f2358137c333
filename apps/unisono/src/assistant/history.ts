import { createHash } from 'node:crypto';
import type { EndedCallsPort } from '@unisono/assistant';
import type { HistoryEntry } from '@unisono/contract';
import type { CallConference, CallParty, CallRecord } from '@unisono/gateway';
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
  const { caller, callee, diversions, conference, legs } = record;
  // Whoever dialled a feature code has set something, and talked to nobody.
  if (legs.some(({ kind }) => kind === 'feature')) return [];
  const entries = new Map<string, HistoryEntry>();
  if (caller.user !== undefined) entries.set(caller.user, outgoing(record, caller.user));
  const stations = [...diversions.map(({ station }) => station), callee?.station];
  for (const station of new Set(stations)) {
    const user = station === undefined ? undefined : system.userOfStation.get(station);
    if (station === undefined || user === undefined || entries.has(user)) continue;
    entries.set(user, incoming(record, user, station));
  }
  if (conference) {
    const called = system.userOfStation.get(callee?.station ?? '');
    const [seat, other] = conference.side === 'caller' ? [caller.user, called] : [called, caller.user];
    change(entries, seat, (entry) => seated(entry, conference));
    change(entries, other, (entry) => left(entry, conference));
  }
  return [...entries].map(([user, entry]) => ({ user, entry }));
}

function change(
  entries: Map<string, HistoryEntry>,
  user: string | undefined,
  how: (entry: HistoryEntry) => HistoryEntry,
): void {
  const entry = user === undefined ? undefined : entries.get(user);
  if (user !== undefined && entry) entries.set(user, how(entry));
}

/** Whoever sat in the conference talked to everybody there. */
function seated(entry: HistoryEntry, { name }: CallConference): HistoryEntry {
  return { ...entry, party: partyOf({ number: undefined, name }) };
}

/** Whoever put the other end there talked to it until then. */
function left(entry: HistoryEntry, { joinedAtMs }: CallConference): HistoryEntry {
  return { ...entry, endedAtMs: joinedAtMs, detail: 'The call became part of a conference' };
}

function outgoing(record: CallRecord, user: string): HistoryEntry {
  const { callee, dialled, answeredAtMs, result = 'failed' } = record;
  return {
    ...common(record, user, 'outgoing', partyOf(callee ?? { number: dialled, name: undefined })),
    ...(isDialNumber(dialled) && { dialled }),
    ...(answeredAtMs !== undefined && { answeredAtMs }),
    result,
  };
}

/** What the call was to the user of this station: answered there, sent on, or in vain. */
function incoming(record: CallRecord, user: string, station: string): HistoryEntry {
  const { caller, callee, diversions, legs, isCallerWithheld } = record;
  const entry = common(record, user, 'incoming', isCallerWithheld ? {} : partyOf(caller));
  const own = legs.find((leg) => leg.station === station && leg.answeredAtMs !== undefined);
  const reason = diversions.findLast((one) => one.station === station)?.reason;
  const isElsewhere = callee !== undefined && callee.station !== station;
  const sentTo = isElsewhere ? { deflectedTo: partyOf(callee) } : {};
  if (own?.answeredAtMs !== undefined) {
    const wentOn = reason !== undefined && isElsewhere && legs.some((leg) => leg !== own && leg.status === 200);
    const { answeredAtMs, kind: device } = own;
    return { ...entry, answeredAtMs, result: 'answered', device, ...(wentOn && { reason, ...sentTo }) };
  }
  if (reason === undefined) return { ...entry, result: resultAt(record, station) };
  const isInMailbox = !isElsewhere && legs.some(({ kind, status }) => kind === 'voicemail' && status === 200);
  // Sent to a mailbox that did not take it, or back to whom it came from: it was in vain here.
  if (!isElsewhere && !isInMailbox) return { ...entry, result: resultAt(record, station), reason };
  return { ...entry, result: 'deflected', reason, ...sentTo, ...(isInMailbox && { device: 'voicemail' }) };
}

const RESULTS: Readonly<Record<number, string>> = { 486: 'busy', 600: 'busy', 603: 'declined', 487: 'cancelled' };

/** How a call ended at a station that did not answer it; the call as a whole may have been answered before. */
function resultAt({ result = 'failed', legs }: CallRecord, station: string): string {
  if (result !== 'answered') return result;
  const last = legs.findLast((leg) => leg.station === station);
  return RESULTS[last?.status ?? 0] ?? 'noAnswer';
}

function common(record: CallRecord, user: string, direction: HistoryEntry['direction'], party: HistoryEntry['party']) {
  const { id, startedAtMs, endedAtMs = startedAtMs, detail } = record;
  return {
    entryId: createHash('sha256').update(`${id} ${user} ${direction}`).digest('hex').slice(0, 32),
    callId: createHash('sha256').update(id).digest('hex').slice(0, 32),
    direction,
    party,
    startedAtMs,
    endedAtMs,
    ...(detail !== undefined && { detail: detail.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/gu, ' ').slice(0, 500) }),
  };
}

function partyOf({ number, name }: Pick<CallParty, 'number' | 'name'>): HistoryEntry['party'] {
  const shown = name?.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/gu, ' ').slice(0, 200);
  return { ...(number !== undefined && isDialNumber(number) && { number }), ...(shown && { name: shown }) };
}

function isDialNumber(text: string): boolean {
  return /^[+*#\d][\d*#() /.,;-]{0,39}$/.test(text);
}
