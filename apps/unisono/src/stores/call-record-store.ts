import type { CallRecord, CallRecordStore } from '@unisono/gateway';
import { type DatabaseError, type Statement, UNHURRIED_MS } from '@unisono/platform';
import type { Clock, Timer } from '@unisono/sip';
import type { Store } from './open-store.ts';

const OPEN =
  'insert into open_calls (id, record) values (?, ?) on conflict (id) do update set record = excluded.record';
const FORGET_OPEN = 'delete from open_calls where id = ?';
/** A call has one record: a second closing of the same call changes nothing. */
const CLOSE =
  'insert into call_records (id, started_at_ms, ended_at_ms, result, record) values (?, ?, ?, ?, ?) on conflict (id) do nothing';

/**
 * How long a call is only in memory. Most that fail do so sooner, and those that a kill takes with it had lasted no longer than
 * this.
 */
export const OPEN_AFTER_MS = 250;

/** Call records in the database. `onFailure` gets those that could not be written. */
export function createCallRecordStore(
  store: Store,
  clock: Clock,
  onFailure: (error: DatabaseError, record: CallRecord) => void,
): CallRecordStore {
  const write = (record: CallRecord, statements: readonly Statement[]): void =>
    store.writer.write(
      statements,
      (error) => {
        if (error !== undefined) onFailure(error, record);
      },
      UNHURRIED_MS,
    );
  return new Records(write, clock);
}

type Write = (record: CallRecord, statements: readonly Statement[]) => void;

/** Writes a call when it is no longer young, and when it ends. */
class Records implements CallRecordStore {
  readonly #write: Write;
  readonly #clock: Clock;
  readonly #young = new Map<string, CallRecord>();
  #timer: Timer | undefined;

  constructor(write: Write, clock: Clock) {
    this.#write = write;
    this.#clock = clock;
  }

  open(record: CallRecord): void {
    this.#young.set(record.id, record);
    this.#timer ??= this.#clock.startTimer(OPEN_AFTER_MS, this, 'grown');
  }

  close(record: CallRecord): void {
    const wasStored = !this.#young.delete(record.id);
    const [forget, close] = closing(record, this.#clock.epochMs());
    this.#write(record, wasStored ? [forget, close] : [close]);
  }

  onTimer(): void {
    this.#timer = undefined;
    for (const record of this.#young.values()) this.#write(record, [[OPEN, [record.id, JSON.stringify(record)]]]);
    this.#young.clear();
  }
}

/**
 * Closes the calls that an earlier process left open when it died, as `interrupted`, and tells how many there were. When each one
 * ended is not known: their end is the moment they were last heard of.
 */
export function closeInterrupted({ read, query, writeNow }: Store): number {
  const left = read(query.selectFrom('open_calls').selectAll()).map((row) => JSON.parse(row.record) as CallRecord);
  const statements = left.flatMap((record) => {
    const lastHeardMs = record.answeredAtMs ?? record.alertingAtMs ?? record.startedAtMs;
    const legs = record.legs.map((leg) => ({ ...leg, endedAtMs: leg.endedAtMs ?? lastHeardMs }));
    const detail = 'The system stopped while this call was open.';
    return closing({ ...record, legs, endedAtMs: lastHeardMs, result: 'interrupted', detail }, lastHeardMs);
  });
  if (statements.length > 0) writeNow(statements);
  return left.length;
}

function closing(record: CallRecord, nowMs: number): [forget: Statement, close: Statement] {
  const { id, startedAtMs, endedAtMs = nowMs, result = 'failed' } = record;
  return [
    [FORGET_OPEN, [id]],
    [CLOSE, [id, startedAtMs, endedAtMs, result, JSON.stringify(record)]],
  ];
}

/** Records deleted at once: more would hold up those that are written meanwhile. */
const DELETED_AT_ONCE = 2_000;
const DELETE_OLD =
  'delete from call_records where id in (select id from call_records where started_at_ms < ? order by started_at_ms limit ?)';

/** Deletes some of the records of calls that began before that time, the oldest first. */
export function deleteRecordsBefore(store: Store, timeMs: number, onFailure: (error: DatabaseError) => void): void {
  store.writer.write([[DELETE_OLD, [timeMs, DELETED_AT_ONCE]]], (error) => {
    if (error !== undefined) onFailure(error);
  });
}

/** Which call records to read. */
export interface RecordFilter {
  /** Only calls that began at this time or later. */
  sinceMs?: number | undefined;
  limit: number;
}

/** The latest call records, oldest first. */
export function readCallRecords({ read, query }: Store, { sinceMs = 0, limit }: RecordFilter): CallRecord[] {
  const rows = read(
    query
      .selectFrom('call_records')
      .select('record')
      .where('started_at_ms', '>=', sinceMs)
      .orderBy('started_at_ms', 'desc')
      .orderBy('ended_at_ms', 'desc')
      .limit(limit),
  );
  return rows.map((row) => JSON.parse(row.record) as CallRecord).reverse();
}

/** Which calls an administrator looks for. */
export interface CallSearch {
  sinceMs?: number | undefined;
  untilMs?: number | undefined;
  /** In a number or name of either side. */
  text?: string | undefined;
  /** How it ended; `voicemail`: a message could be left, `answered`: somebody did. */
  result?: string | undefined;
  limit: number;
}

/** How legs to a mailbox are written in a record. */
const MAILBOX_LEG = '%"kind":"voicemail"%';

/** Call records, the latest first. */
export function searchCallRecords({ read, query }: Store, search: CallSearch): CallRecord[] {
  let rows = query
    .selectFrom('call_records')
    .select('record')
    .where('started_at_ms', '>=', search.sinceMs ?? 0)
    .orderBy('started_at_ms', 'desc')
    .limit(search.limit);
  if (search.untilMs !== undefined) rows = rows.where('started_at_ms', '<', search.untilMs);
  // JSON texts write quotes and backslashes in another way, and people do not search for those.
  const text = search.text?.replace(/[%_"\\]/g, '');
  if (text) rows = rows.where('record', 'like', `%${text}%`);
  const { result } = search;
  if (result === 'voicemail') rows = rows.where('result', '=', 'answered').where('record', 'like', MAILBOX_LEG);
  else if (result !== undefined) rows = rows.where('result', '=', result);
  if (result === 'answered') rows = rows.where('record', 'not like', MAILBOX_LEG);
  return read(rows).map((row) => JSON.parse(row.record) as CallRecord);
}

/** The record of one call that has ended. */
export function findCallRecord({ read, query }: Store, id: string): CallRecord | undefined {
  const [row] = read(query.selectFrom('call_records').select('record').where('id', '=', id));
  return row && (JSON.parse(row.record) as CallRecord);
}
