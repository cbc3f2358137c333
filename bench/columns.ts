import type { Column } from './report.ts';

type Entry = readonly [measurement: string, value: string, title: string, digits: number];

/** Figures of which more is better, so that a ratio says something. */
const RATES: readonly Entry[] = [
  ['echo', 'perSec', 'echoed datagrams/s', 0],
  ['echo', 'perCoreSec', 'echoed datagrams per core-second', 0],
  ['registrations', 'perSec', 'registrations/s reached', 0],
  ['registrations', 'perCoreSec', 'registrations per core-second', 0],
  ['calls', 'perSec', 'basic calls/s reached', 0],
  ['calls', 'perCoreSec', 'basic calls per core-second', 0],
  ['forks', 'perSec', 'calls/s to three devices reached', 0],
  ['forks', 'perCoreSec', 'calls to three devices per core-second', 0],
  ['sipp', 'perCoreSec', 'basic calls per core-second, load by SIPp', 0],
];

const TIMES_AND_SIZES: readonly Entry[] = [
  ['latency', 'offeredPerSec', 'calls/s at half of full load', 0],
  ['latency', 'ringP50Ms', 'INVITE to 180, p50, ms', 2],
  ['latency', 'ringP99Ms', 'INVITE to 180, p99, ms', 2],
  ['latency', 'setupP50Ms', 'INVITE in to INVITE out, p50, ms', 2],
  ['latency', 'setupP99Ms', 'INVITE in to INVITE out, p99, ms', 2],
  ['contacts', 'perContactKb', 'memory per registered contact, kB', 1],
  ['held', 'perCallKb', 'memory per held call, kB', 1],
];

/** What the table shows, in this order. */
export const COLUMNS: readonly Column[] = [
  ...RATES.map((entry) => column(entry, true)),
  ...TIMES_AND_SIZES.map((entry) => column(entry, false)),
];

function column([measurement, value, title, digits]: Entry, isCompared: boolean): Column {
  return { measurement, value, title, digits, isCompared };
}
