import type { CallParty, CallRecord } from '@unisono/gateway';
import { readCallRecords } from '../stores/call-record-store.ts';
import { type Console, EXIT, type ExitCode } from './console.ts';
import { withStore } from './open-data.ts';
import { readSpanMs } from './span.ts';
import { csvRow, table } from './table.ts';

export type RecordFormat = 'table' | 'csv' | 'json';

export interface CdrOptions {
  since?: string | undefined;
  limit: number;
  format: RecordFormat;
  config?: string | undefined;
  data?: string | undefined;
}

/** `unisono cdr` */
export async function cdr(console: Console, { since, limit, format, config, data }: CdrOptions): Promise<ExitCode> {
  const sinceMs = since === undefined ? undefined : readTime(since, console.epochMs());
  if (Number.isNaN(sinceMs)) {
    console.error(`--since ${since} is no time: right would be 2026-11-30, 2026-11-30T08:00, 90m, 12h or 7d`);
    return EXIT.usage;
  }
  return withStore(console, { config, data }, false, (store) => {
    const records = readCallRecords(store, { sinceMs, limit });
    for (const line of PRINTERS[format](records)) console.out(line);
    return EXIT.done;
  });
}

/** A point in time (local, as people write it) or a span before now, as milliseconds since 1970; NaN when it is neither. */
function readTime(text: string, nowMs: number): number {
  const spanMs = readSpanMs(text);
  if (!Number.isNaN(spanMs)) return nowMs - spanMs;
  if (!/^\d{4}-\d\d-\d\d/.test(text)) return Number.NaN;
  return Date.parse(text.includes('T') || text.includes(' ') ? text : `${text}T00:00`);
}

const PRINTERS: Readonly<Record<RecordFormat, (records: readonly CallRecord[]) => string[]>> = {
  json: (records) => records.map((record) => JSON.stringify(record)),
  csv: (records) => [csvRow(CSV_COLUMNS), ...records.map((record) => csvRow(csvFields(record)))],
  table: (records) => (records.length === 0 ? ['No calls.'] : table(TABLE_COLUMNS, records.map(tableFields))),
};

const LOCAL_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;
const TABLE_COLUMNS = [`began, ${LOCAL_ZONE}`, 'from', 'dialled', 'reached', 'result', 'rang', 'talked', ''];

function tableFields(record: CallRecord): string[] {
  return [
    localTime(record.startedAtMs),
    partyText(record.caller),
    record.dialled,
    record.callee === undefined ? '' : partyText(record.callee),
    record.result ?? '',
    seconds(record.alertingAtMs, record.answeredAtMs ?? record.endedAtMs),
    seconds(record.answeredAtMs, record.endedAtMs),
    record.detail ?? '',
  ];
}

function partyText({ number, name }: CallParty): string {
  return [number ?? 'withheld', name].filter((part) => part !== undefined).join(' ');
}

function seconds(fromMs: number | undefined, toMs: number | undefined): string {
  return fromMs === undefined || toMs === undefined ? '' : `${Math.round((toMs - fromMs) / 1000)} s`;
}

function localTime(ms: number): string {
  return new Date(ms).toLocaleString('sv-SE');
}

const CSV_COLUMNS = [
  'id',
  'began',
  'alerting',
  'answered',
  'ended',
  'callerNumber',
  'callerName',
  'dialled',
  'calleeNumber',
  'calleeName',
  'result',
  'talkedSec',
  'emergency',
  'detail',
];

function csvFields(record: CallRecord): string[] {
  const { answeredAtMs, endedAtMs } = record;
  const talkedMs = answeredAtMs === undefined || endedAtMs === undefined ? 0 : endedAtMs - answeredAtMs;
  const time = (ms: number | undefined): string => (ms === undefined ? '' : new Date(ms).toISOString());
  return [
    record.id,
    time(record.startedAtMs),
    time(record.alertingAtMs),
    time(answeredAtMs),
    time(endedAtMs),
    record.caller.number ?? '',
    record.caller.name ?? '',
    record.dialled,
    record.callee?.number ?? '',
    record.callee?.name ?? '',
    record.result ?? '',
    String(Math.round(talkedMs / 1000)),
    record.isEmergency ? 'yes' : 'no',
    record.detail ?? '',
  ];
}
