/** What is measured of media engines, each one run of one engine. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startLoad } from '../generator.ts';
import { waitForQuiet } from '../machine.ts';
import type { Outcome } from '../measurements.ts';
import type { MediaMeasurementName, Options } from '../options.ts';
import { groupMemoryOctets } from '../processes.ts';
import { LOAD_CORE, SERVER_CORE } from '../stage.ts';
import type { MediaEvent, MediaJob, OutsideSecurity } from './job.ts';
import { bareRelay, type MediaTarget, type MediaTargetKind } from './targets.ts';

const LOAD_PROGRAM = join(import.meta.dirname, 'load', 'main.ts');
/** Handshakes under way at once: enough to keep an engine busy. */
const CONCURRENT_SETUPS = 8;
const COLLECT_MS = 3_000;
/** Setting up a thousand calls, and the search for the most. */
const MARGIN_SEC = 120;

type Measurement = (target: MediaTarget, options: Options) => Promise<Outcome>;

const measurements: Readonly<Record<MediaMeasurementName, Measurement>> = {
  'media-plain': (target, options) => streams(target, options, 'plain'),
  'media-dtls': (target, options) => streams(target, options, 'dtls'),
  'media-setups': async (target, options) => {
    const job = { kind: 'setups', outside: 'dtls', concurrent: CONCURRENT_SETUPS } as const;
    return (await load(target, options, job).last('done')).result;
  },
  'media-memory': memory,
};

/** The bare relay speaks plain RTP only, and keeps nothing of a call worth weighing. */
export function isMeasuredOnMedia(measurement: MediaMeasurementName, target: string): boolean {
  return target !== bareRelay.name || measurement === 'media-plain';
}

/** Starts the engine on its core, measures, and stops it whatever happens. */
export async function measureMedia(
  measurement: MediaMeasurementName,
  kind: MediaTargetKind,
  options: Options,
): Promise<Outcome> {
  await waitForQuiet([SERVER_CORE, LOAD_CORE], options.quietSec);
  const target = await kind.start(String(SERVER_CORE));
  try {
    return await measurements[measurement](target, options);
  } finally {
    await target.stop();
  }
}

async function streams(target: MediaTarget, options: Options, outside: OutsideSecurity): Promise<Outcome> {
  const job = { kind: 'streams', outside, calls: options.mediaCalls, isSearching: true } as const;
  return (await load(target, options, job).last('done')).result;
}

/** What a call takes that is anchored and secured, in an engine that has had as many before. */
async function memory(target: MediaTarget, options: Options): Promise<Outcome> {
  const { heldMediaCalls: calls } = options;
  const running = load(target, options, { kind: 'anchors', outside: 'dtls', calls });
  await running.event('empty');
  const before = await settledMemory(target);
  running.release();
  await running.event('held');
  const after = await settledMemory(target);
  running.release();
  const { problems } = (await running.last('done')).result;
  return { values: { heldCalls: calls, perCallKb: (after - before) / 1_000 / calls }, problems };
}

async function settledMemory(target: MediaTarget): Promise<number> {
  await delay(COLLECT_MS);
  target.settle();
  await delay(COLLECT_MS);
  return groupMemoryOctets(target.server.groupId);
}

type Part<J> = J extends MediaJob ? Omit<J, 'server' | 'core' | 'warmupSec' | 'measureSec'> : never;

function load(target: MediaTarget, options: Options, job: Part<MediaJob>) {
  const { warmupSec, measureSec } = options;
  const server = { ...target.server, core: SERVER_CORE };
  const whole = { ...job, server, core: LOAD_CORE, warmupSec, measureSec } as MediaJob;
  return startLoad<MediaEvent>(LOAD_PROGRAM, whole, warmupSec + measureSec + MARGIN_SEC, String(LOAD_CORE));
}
