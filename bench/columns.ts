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
  ['media-plain', 'callsPerCore', 'relayed calls per core at a steady load, plain RTP', 0],
  ['media-plain', 'reachedCalls', 'relayed calls reached, loss under 0.5 %, plain RTP', 0],
  ['media-plain', 'reachedCallsPerCore', 'relayed calls per core at the most reached, plain RTP', 0],
  ['media-dtls', 'callsPerCore', 'relayed calls per core at a steady load, DTLS-SRTP to RTP', 0],
  ['media-dtls', 'reachedCalls', 'relayed calls reached, loss under 0.5 %, DTLS-SRTP to RTP', 0],
  ['media-dtls', 'reachedCallsPerCore', 'relayed calls per core at the most reached, DTLS-SRTP to RTP', 0],
  ['media-setups', 'perSec', 'calls with a DTLS handshake set up per second', 0],
  ['media-setups', 'perCoreSec', 'calls with a DTLS handshake set up per core-second', 0],
  ['wss-registrations', 'perSec', 'registrations/s over WSS reached', 0],
  ['wss-registrations', 'perCoreSec', 'registrations over WSS per core-second', 0],
  ['wss-idle', 'backPerCoreSec', 'clients back after all connections broke, per core-second', 0],
];

const TIMES_AND_SIZES: readonly Entry[] = [
  ['latency', 'offeredPerSec', 'calls/s at half of full load', 0],
  ['latency', 'ringP50Ms', 'INVITE to 180, p50, ms', 2],
  ['latency', 'ringP99Ms', 'INVITE to 180, p99, ms', 2],
  ['latency', 'setupP50Ms', 'INVITE in to INVITE out, p50, ms', 2],
  ['latency', 'setupP99Ms', 'INVITE in to INVITE out, p99, ms', 2],
  ['contacts', 'perContactKb', 'memory per registered contact, kB', 1],
  ['held', 'perCallKb', 'memory per held call, kB', 1],
  ['media-plain', 'packetCpuUs', 'CPU per relayed packet, plain RTP, µs', 1],
  ['media-plain', 'delayP50Ms', 'one-way delay, plain RTP, p50, ms', 2],
  ['media-plain', 'delayP99Ms', 'one-way delay, plain RTP, p99, ms', 2],
  ['media-dtls', 'packetCpuUs', 'CPU per relayed packet, DTLS-SRTP to RTP, µs', 1],
  ['media-dtls', 'delayP50Ms', 'one-way delay, DTLS-SRTP to RTP, p50, ms', 2],
  ['media-dtls', 'delayP99Ms', 'one-way delay, DTLS-SRTP to RTP, p99, ms', 2],
  ['wss-idle', 'clients', 'web clients connected and registered', 0],
  ['wss-idle', 'perClientKb', 'memory per idle web client over WSS, kB', 1],
  ['wss-idle', 'backSec', 'all of them back after all connections broke, s', 1],
  ['media-memory', 'perCallKb', 'memory per anchored call, DTLS-SRTP to RTP, kB', 1],
];

/** What the table shows, in this order. */
export const COLUMNS: readonly Column[] = [
  ...RATES.map((entry) => column(entry, true)),
  ...TIMES_AND_SIZES.map((entry) => column(entry, false)),
];

function column([measurement, value, title, digits]: Entry, isCompared: boolean): Column {
  return { measurement, value, title, digits, isCompared };
}
