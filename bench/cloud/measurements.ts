/** The cloud service: synchronisation, connection data, settings and events, on SQLite and on PostgreSQL. */
import { setTimeout as delay } from 'node:timers/promises';
import { connectionData } from '../../packages/connector/src/testing/people.ts';
import { type Load, startLoad } from '../generator.ts';
import type { Outcome } from '../measurements.ts';
import type { CloudMeasurementName, Options } from '../options.ts';
import { groupCpuSec, groupMemoryOctets, groupPeakOctets } from '../processes.ts';
import { LOAD_CORE, SERVER_CORE } from '../stage.ts';
import { measureBook } from './book.ts';
import type { CloudEvent, CloudJob } from './job.ts';
import { switchPhoneOff } from './people.ts';
import { type Probe, startProbe } from './probe.ts';
import { type CloudScene, onCloud, type PhoneSystem } from './scene.ts';
import type { StoreKind } from './stores.ts';

const PROGRAM = new URL('./main.ts', import.meta.url).pathname;
/** What a system has licences for, less a few. */
const MOST_DEVICES = 10_000;
const UPLOADED_AT_ONCE = 500;
const SIGNED_IN = 200;
const CONCURRENT = 32;
const LOOK_MS = 200;
const LONGEST_MS = 150_000;
const CHANGED_SHARE = 0.01;

export function measureCloud(measurement: CloudMeasurementName, kind: StoreKind, options: Options): Promise<Outcome> {
  switch (measurement) {
    case 'sync':
      return sync(kind, options, options.cloudPeople);
    case 'sync-many':
      return sync(kind, options, 10 * options.cloudPeople);
    case 'connection-data':
      return connection(kind, options);
    case 'settings':
      return settings(kind, options);
    case 'events':
      return events(kind, options);
    case 'directory':
      return measureBook(kind, options);
  }
}

interface Report {
  readonly id: string;
  readonly trigger: string;
  readonly outcome: string;
  readonly message: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly requests: number;
  readonly uploaded: number;
  readonly withdrawn: number;
}

/** The first run, one in which nothing has changed, and one in which a hundredth of the people has. */
async function sync(kind: StoreKind, options: Options, people: number): Promise<Outcome> {
  return await onCloud(kind, { people, signedIn: 0 }, options, async (scene) => {
    const devices = Math.min(people, MOST_DEVICES);
    const system = await scene.phoneSystem(devices);
    const probe = await startProbe(system.sipPort);
    try {
      const first = await measured(probe, () => ended(system, ({ trigger }) => trigger === 'start'));
      if (first.report.uploaded !== devices) throw new Error(`${first.report.message} ${JSON.stringify(first.report)}`);
      const same = await measured(probe, () => system.ask('POST', '/sync/runs', {}) as Promise<Report>);
      const changed = await measured(probe, async () => {
        const leaving = scene.directory.userIds.slice(0, Math.round(people * CHANGED_SHARE));
        await switchPhoneOff(scene.target, scene.directory.tenantId, leaving);
        return ended(system, ({ trigger, withdrawn }) => trigger === 'change' && withdrawn > 0);
      });
      const values = {
        people,
        devices,
        ...named('first', first),
        ...named('same', same),
        ...named('changed', changed),
        connectorMemoryMb: groupPeakOctets(scene.connector.pid) / 1_000_000,
        systemMemoryMb: groupPeakOctets(system.process.pid) / 1_000_000,
      };
      return { values, problems: {} };
    } finally {
      probe.close();
    }
  });
}

interface Run {
  readonly report: Report;
  readonly longestWaitMs: number;
}

async function measured(probe: Probe, run: () => Promise<Report>): Promise<Run> {
  probe.begin();
  const report = await run();
  if (report.outcome !== 'done') throw new Error(report.message);
  return { report, longestWaitMs: probe.longestMs() };
}

function named(name: string, { report, longestWaitMs }: Run): Record<string, number> {
  const seconds = (report.endedAtMs - report.startedAtMs) / 1000;
  return {
    [`${name}Sec`]: seconds,
    [`${name}Requests`]: report.requests,
    [`${name}LongestWaitMs`]: longestWaitMs,
  };
}

/** The report of a run that the Assistant began by itself. */
async function ended(system: PhoneSystem, isIt: (report: Report) => boolean): Promise<Report> {
  const endMs = performance.now() + LONGEST_MS;
  while (performance.now() < endMs) {
    const { runs } = (await system.ask('GET', '/sync/runs')) as { readonly runs: readonly Report[] };
    const found = runs.find(isIt);
    if (found !== undefined) return found;
    await delay(LOOK_MS);
  }
  throw new Error('the synchronisation did not end');
}

async function connection(kind: StoreKind, options: Options): Promise<Outcome> {
  return await onCloud(kind, { people: options.cloudPeople, signedIn: SIGNED_IN }, options, async (scene) => {
    await uploadFor(scene, SIGNED_IN);
    return answered(await startCloudLoad(scene, options, { kind: 'connection-data', concurrent: CONCURRENT }));
  });
}

async function settings(kind: StoreKind, options: Options): Promise<Outcome> {
  return await onCloud(kind, { people: options.people, signedIn: 1 }, options, async (scene) => {
    const system = await scene.phoneSystem(options.people);
    await ended(system, ({ trigger, outcome }) => trigger === 'start' && outcome === 'done');
    return answered(await startCloudLoad(scene, options, { kind: 'settings' }));
  });
}

async function answered(load: Load<CloudEvent>): Promise<Outcome> {
  const { count, failed, elapsedSec, serverCpuSec, foreignCpuSec, p50Ms, p99Ms, problems } =
    await load.last('answered');
  const values = {
    perSec: count / elapsedSec,
    perCoreSec: count / serverCpuSec,
    p50Ms,
    p99Ms,
    foreignShare: foreignCpuSec / elapsedSec,
    failedShare: failed / Math.max(1, count + failed),
  };
  return { values, problems };
}

/** Memory of an idle event connection; then all of them are told of one thing. */
async function events(kind: StoreKind, options: Options): Promise<Outcome> {
  const people = options.wssClients;
  return await onCloud(kind, { people, signedIn: people }, options, async (scene) => {
    await uploadFor(scene, people);
    await scene.settle();
    const empty = groupMemoryOctets(scene.connector.pid);
    const load = await startCloudLoad(scene, options, { kind: 'events', concurrent: CONCURRENT });
    const { count, failed, elapsedSec, problems } = await load.event('connected');
    await scene.settle();
    const full = groupMemoryOctets(scene.connector.pid);
    const cpuSec = cpuOf(scene);
    load.release();
    // A phone system that comes and goes: everybody is told.
    await scene.ask('POST', '/v1/link/poll', scene.directory.assistantKey, HELLO);
    const told = await load.last('told');
    const values = {
      connections: count,
      connectedPerSec: count / elapsedSec,
      perConnectionKb: (full - empty) / 1000 / Math.max(1, count),
      toldSec: told.elapsedSec,
      toldShare: told.count / Math.max(1, count),
      toldCpuSec: cpuOf(scene) - cpuSec,
      failedShare: failed / Math.max(1, people),
    };
    return { values, problems };
  });
}

const HELLO = {
  frames: [{ type: 'hello', versions: [1], software: 'bench', outbox: 'bench-outbox', sentAtMs: 0 }],
  waitSec: 0,
};

function cpuOf({ groups }: CloudScene): number {
  return groups.reduce((sum, group) => sum + groupCpuSec(group), 0);
}

/** Connection data of the first so many people, as an Assistant uploads them. */
async function uploadFor({ ask, directory }: CloudScene, count: number): Promise<void> {
  for (let from = 0; from < count; from += UPLOADED_AT_ONCE) {
    const items = directory.userIds.slice(from, Math.min(count, from + UPLOADED_AT_ONCE)).map((userId, index) => ({
      op: 'put',
      userId,
      version: 1,
      data: connectionData(`person-${from + index}`, String(100_000 + from + index)),
    }));
    await ask('POST', '/v1/sync/connections', directory.assistantKey, { items });
  }
}

type Part = CloudJob extends infer Job
  ? Job extends CloudJob
    ? Omit<Job, 'server' | 'core' | 'port' | 'ca' | 'tokens' | 'measureSec' | 'warmupSec'>
    : never
  : never;

async function startCloudLoad(scene: CloudScene, options: Options, part: Part): Promise<Load<CloudEvent>> {
  const { measureSec, warmupSec } = options;
  const job = {
    ...part,
    server: { address: '127.0.0.1', port: scene.connectorPort, groupId: scene.connector.pid, core: SERVER_CORE },
    core: LOAD_CORE,
    port: scene.connectorPort,
    ca: scene.ca,
    tokens: scene.directory.tokens,
    measureSec,
    warmupSec,
  } as CloudJob;
  return startLoad<CloudEvent>(PROGRAM, job, 120 + warmupSec + measureSec, String(LOAD_CORE));
}
