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
  ['connection-data', 'perSec', 'cloud: connection data, answers/s reached', 0],
  ['connection-data', 'perCoreSec', 'cloud: connection data, answers per core-second of the Connector', 0],
  ['events', 'connectedPerSec', 'cloud: event connections opened/s (TLS)', 0],
];

const TIMES_AND_SIZES: readonly Entry[] = [
  ['latency', 'offeredPerSec', 'calls/s at half of full load', 0],
  ['latency', 'ringP50Ms', 'INVITE to 180, p50, ms', 2],
  ['latency', 'ringP99Ms', 'INVITE to 180, p99, ms', 2],
  ['latency', 'setupP50Ms', 'INVITE in to INVITE out, p50, ms', 2],
  ['latency', 'setupP99Ms', 'INVITE in to INVITE out, p99, ms', 2],
  ['contacts', 'perContactLiveKb', 'memory in use per registered contact, kB', 1],
  ['contacts', 'perContactKb', 'resident memory per registered contact, kB', 1],
  ['held', 'perCallLiveKb', 'memory in use per held call, kB', 1],
  ['held', 'perCallKb', 'resident memory per held call, kB', 1],
  ['media-plain', 'packetCpuUs', 'CPU per relayed packet, plain RTP, µs', 1],
  ['media-plain', 'delayP50Ms', 'one-way delay, plain RTP, p50, ms', 2],
  ['media-plain', 'delayP99Ms', 'one-way delay, plain RTP, p99, ms', 2],
  ['media-dtls', 'packetCpuUs', 'CPU per relayed packet, DTLS-SRTP to RTP, µs', 1],
  ['media-dtls', 'delayP50Ms', 'one-way delay, DTLS-SRTP to RTP, p50, ms', 2],
  ['media-dtls', 'delayP99Ms', 'one-way delay, DTLS-SRTP to RTP, p99, ms', 2],
  ['wss-idle', 'clients', 'web clients connected and registered', 0],
  ['wss-idle', 'perClientKb', 'resident memory per idle web client over WSS, kB', 1],
  ['wss-idle', 'perClientLiveKb', 'memory in use in Node per idle web client over WSS, kB', 1],
  ['wss-idle', 'backSec', 'all of them back after all connections broke, s', 1],
  ['phone', 'usableP50Ms', 'client app: from loading the page until registered, p50, ms', 0],
  ['phone', 'usableMaxMs', 'client app: the same, longest, ms', 0],
  ['phone', 'setupP50Ms', 'client app: from the click until the desk phone has the INVITE, p50, ms', 0],
  ['phone', 'setupP99Ms', 'client app: the same, p99, ms', 0],
  ['phone', 'firstLoadKb', 'client app: script of the first load, gzip, kB', 0],
  ['phone', 'allScriptKb', 'client app: all script until signed in and ready, gzip, kB', 0],
  ['phone-stops', 'stoppedP50Ms', 'client: answered on the desk phone until it has stopped over WSS, p50, ms', 0],
  ['phone-stops', 'stoppedP99Ms', 'client: the same, p99, ms', 0],
  ['phone-network', 'networkGapP50Ms', 'client: another network, gap in the sound at the far end, p50, ms', 0],
  ['phone-network', 'networkGapP95Ms', 'client: the same, p95, ms', 0],
  ...moveFigures('pull', 'pulled to another client'),
  ...moveFigures('push', 'pushed to another client'),
  [
    'phone-border',
    'borderBackP50Sec',
    'client: from the border hearing again after a kill until registered, p50, s',
    1,
  ],
  ['phone-border', 'borderBackMaxSec', 'client: the same, longest, s', 1],
  ['phone-border', 'soundBackP50Sec', 'client: the same in a call, until sound at the far end, p50, s', 1],
  ['phone-border', 'soundBackMaxSec', 'client: the same, longest, s', 1],
  ['media-memory', 'perCallKb', 'memory per anchored call, DTLS-SRTP to RTP, kB', 1],
  ...syncFigures('sync', '10,000 people'),
  ...syncFigures('sync-many', '100,000 people'),
  ['connection-data', 'p50Ms', 'cloud: connection data, 32 at once, p50, ms', 1],
  ['connection-data', 'p99Ms', 'cloud: connection data, 32 at once, p99, ms', 1],
  ['settings', 'p50Ms', 'setting changed in the cloud until confirmed in force, p50, ms', 1],
  ['settings', 'p99Ms', 'setting changed in the cloud until confirmed in force, p99, ms', 1],
  ['events', 'connections', 'cloud: event connections open', 0],
  ['events', 'perConnectionKb', 'cloud: memory per idle event connection, kB', 1],
  ['events', 'toldSec', 'cloud: all of them told of one thing, s', 2],
  ['directory', 'numbers', 'directory: numbers in it', 0],
  ...bookFigures('first', 'first page'),
  ...bookFigures('page', 'each page of all of it in turn'),
  ['directory', 'wholeSec', 'directory: all pages in turn, s', 2],
  ...bookFigures('name', 'search as a name is typed'),
  ...bookFigures('number', 'search as a number is typed'),
  ...bookFigures('keys', 'search as a name is typed on keys'),
  ...bookFigures('nobody', 'search for nobody'),
  ['directory', 'memoryMb', 'directory: memory the Connector has more afterwards, MB', 0],
];

function bookFigures(name: string, what: string): Entry[] {
  return [
    ['directory', `${name}P50Ms`, `directory: ${what}, p50, ms`, 1],
    ['directory', `${name}P99Ms`, 'directory: the same, p99, ms', 1],
    ['directory', `${name}CpuMs`, 'directory: the same, processor time of the service, ms', 1],
  ];
}

function moveFigures(move: 'pull' | 'push', what: string): Entry[] {
  return [
    ['phone-moves', `${move}P50Ms`, `client: call ${what}, p50, ms`, 0],
    ['phone-moves', `${move}MaxMs`, 'client: the same, longest, ms', 0],
    ['phone-moves', `${move}GapP50Ms`, `client: call ${what}, gap in the sound at the far end, p50, ms`, 0],
    ['phone-moves', `${move}GapMaxMs`, 'client: the same, longest, ms', 0],
  ];
}

/** The figures of a synchronisation; how long the gateway in the same process did not answer is one of them. */
function syncFigures(measurement: string, people: string): Entry[] {
  const runs = [
    ['first', 'first run'],
    ['same', 'nothing changed'],
    ['changed', '1 % changed'],
  ] as const;
  return [
    ...runs.flatMap(([run, what]): Entry[] => [
      [measurement, `${run}Sec`, `synchronisation of ${people}, ${what}, s`, 2],
      [measurement, `${run}Requests`, `synchronisation of ${people}, ${what}, requests`, 0],
      [
        measurement,
        `${run}LongestWaitMs`,
        `synchronisation of ${people}, ${what}, longest wait for the gateway, ms`,
        0,
      ],
    ]),
    [measurement, 'connectorMemoryMb', `synchronisation of ${people}, memory of the Connector at most, MB`, 0],
    [measurement, 'systemMemoryMb', `synchronisation of ${people}, memory of gateway and Assistant at most, MB`, 0],
  ];
}

/** What the table shows, in this order. */
export const COLUMNS: readonly Column[] = [
  ...RATES.map((entry) => column(entry, true)),
  ...TIMES_AND_SIZES.map((entry) => column(entry, false)),
];

function column([measurement, value, title, digits]: Entry, isCompared: boolean): Column {
  return { measurement, value, title, digits, isCompared };
}
