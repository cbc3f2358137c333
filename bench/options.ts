/** The command line of the bench. */
import { parseArgs } from 'node:util';

const SIGNALLING = ['echo', 'registrations', 'calls', 'forks', 'latency', 'contacts', 'held', 'sipp'] as const;
/** `media` stands for all of them. */
const MEDIA = ['media-plain', 'media-dtls', 'media-setups', 'media-memory'] as const;
/** `wss` stands for both. */
const WSS = ['wss-registrations', 'wss-idle'] as const;
/** `cloud` stands for all of them. */
const CLOUD = ['sync', 'sync-many', 'connection-data', 'settings', 'events', 'directory'] as const;
/** The client in a browser; the first stands for all of them. */
const PHONE = ['phone', 'phone-stops', 'phone-network', 'phone-moves', 'phone-border'] as const;
export const MEASUREMENTS = [...SIGNALLING, ...MEDIA, ...WSS, ...CLOUD, ...PHONE] as const;
export type SignallingMeasurementName = (typeof SIGNALLING)[number];
export type MediaMeasurementName = (typeof MEDIA)[number];
export type WssMeasurementName = (typeof WSS)[number];
export type CloudMeasurementName = (typeof CLOUD)[number];
export type PhoneMeasurementName = (typeof PHONE)[number];
export type MeasurementName = (typeof MEASUREMENTS)[number];

export function isMediaMeasurement(name: MeasurementName): name is MediaMeasurementName {
  return MEDIA.some((media) => media === name);
}

export function isWssMeasurement(name: MeasurementName): name is WssMeasurementName {
  return WSS.some((wss) => wss === name);
}

export function isCloudMeasurement(name: MeasurementName): name is CloudMeasurementName {
  return CLOUD.some((cloud) => cloud === name);
}

export function isPhoneMeasurement(name: MeasurementName): name is PhoneMeasurementName {
  return PHONE.some((phone) => phone === name);
}

export interface Options {
  readonly only: readonly MeasurementName[];
  /** Servers to measure beside the echo. */
  readonly targets: readonly string[];
  readonly rounds: number;
  readonly measureSec: number;
  readonly warmupSec: number;
  /** Until finished transactions are forgotten (64*T1 of RFC 3261 §17), before memory is read. */
  readonly settleSec: number;
  /** Accounts that register, and stations that hold a call. */
  readonly users: number;
  /** People who are called in turn. */
  readonly people: number;
  /** Web clients that are connected at once. */
  readonly wssClients: number;
  /** People of a tenant in the cloud; `sync-many` has ten times as many. */
  readonly cloudPeople: number;
  /** Calls whose media is relayed at a steady load. */
  readonly mediaCalls: number;
  /** Calls that are anchored when memory is read. */
  readonly heldMediaCalls: number;
  /** How often the client app is loaded, and how many calls it makes. */
  readonly phoneLoads: number;
  readonly phoneCalls: number;
  /** How often a client in a call changes networks, and moves its call to another device and back. */
  readonly phoneMoves: number;
  /** How often the border is restarted under a client, without a call and in one. */
  readonly phoneRestarts: number;
  /** File the JSON lines go to; undefined: standard output. */
  readonly out: string | undefined;
  /** Files of JSON lines to report on, instead of measuring. */
  readonly from: readonly string[];
  /** Document whose figures are replaced by those of this run. */
  readonly update: string | undefined;
  /** Folder for CPU profiles of Unisono. */
  readonly profile: string | undefined;
  /** How long to wait for a quiet machine before each run. */
  readonly quietSec: number;
  /** How often a run is repeated that other work on the machine has disturbed. */
  readonly repeats: number;
}

export const USAGE = `npm run bench -- [options]
  --quick            one short round with fewer users: to see that it runs, not to quote
  --only A,B         of ${SIGNALLING.join(', ')},
                     ${MEDIA.join(', ')} (media: all four),
                     ${WSS.join(', ')} (wss: both),
                     ${CLOUD.join(', ')} (cloud: all six),
                     ${PHONE.join(', ')}
                     (the client in Chromium; phone: all five)
  --targets A,B      of unisono, kamailio, kamailio-tlsf, rtpengine (default: all);
                     the cloud is measured on sqlite and postgresql
  --rounds N         how often each is measured, in turn (default 3)
  --seconds N        length of each measured interval (default 8)
  --clients N        web clients connected at once (default 10000)
  --cloud-people N   people of a tenant in the cloud (default 10000)
  --out FILE         JSON lines into a file instead of standard output
  --from A,B         measure nothing, report on files of JSON lines
  --update FILE      put the figures between the marks of a document (docs/performance.md)
  --profile DIR      also write CPU profiles of Unisono there
  --repeats N        how often a run is done again that other work disturbed (default 2)
  --quiet-seconds N  longest wait for a quiet machine before each run (default 30)`;

/** Reads the arguments; throws with a sentence for people when one is wrong. */
export function readOptions(args: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      targets: { type: 'string', default: 'unisono,kamailio,kamailio-tlsf,rtpengine,sqlite,postgresql,chromium' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      clients: { type: 'string' },
      'cloud-people': { type: 'string' },
      out: { type: 'string' },
      profile: { type: 'string' },
      update: { type: 'string' },
      from: { type: 'string' },
      'quiet-seconds': { type: 'string' },
      repeats: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const { quick } = values;
  return {
    only: measurementNames(values.only),
    targets: values.targets.split(','),
    rounds: wholeNumber('rounds', values.rounds, quick ? 1 : 3),
    measureSec: wholeNumber('seconds', values.seconds, quick ? 2 : 8),
    warmupSec: quick ? 1 : 3,
    settleSec: quick ? 3 : 36,
    users: quick ? 500 : 5_000,
    people: quick ? 200 : 1_000,
    wssClients: wholeNumber('clients', values.clients, quick ? 500 : 10_000),
    cloudPeople: wholeNumber('cloud-people', values['cloud-people'], quick ? 500 : 10_000),
    mediaCalls: quick ? 40 : 120,
    heldMediaCalls: quick ? 100 : 500,
    phoneLoads: quick ? 2 : 10,
    phoneCalls: quick ? 5 : 100,
    phoneMoves: quick ? 3 : 25,
    phoneRestarts: quick ? 1 : 5,
    out: values.out,
    profile: values.profile,
    update: values.update,
    from: values.from?.split(',') ?? [],
    quietSec: wholeNumber('quiet-seconds', values['quiet-seconds'], quick ? 0 : 30),
    repeats: wholeNumber('repeats', values.repeats, quick ? 0 : 2),
  };
}

function measurementNames(text: string | undefined): readonly MeasurementName[] {
  if (text === undefined) return MEASUREMENTS;
  return text.split(',').flatMap((name) => {
    if (name === 'media') return [...MEDIA];
    if (name === 'wss') return [...WSS];
    if (name === 'cloud') return [...CLOUD];
    if (name === 'phone') return [...PHONE];
    const known = MEASUREMENTS.find((measurement) => measurement === name);
    if (known === undefined) throw new Error(`--only: there is no "${name}", only ${MEASUREMENTS.join(', ')}`);
    return [known];
  });
}

function wholeNumber(name: string, text: string | undefined, standard: number): number {
  if (text === undefined) return standard;
  if (!/^\d{1,5}$/.test(text)) throw new Error(`--${name}: "${text}" is not a whole number`);
  return Number(text);
}
