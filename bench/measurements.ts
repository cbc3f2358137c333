/** What is measured, each one run of one server. */
import { runSipp, startSipp } from '../test/peers/index.ts';
import type { LoadResult } from './load/job.ts';
import { perUnitKb, settledMemory } from './memory.ts';
import type { Options, SignallingMeasurementName } from './options.ts';
import { coreBusySec, groupCpuSec } from './processes.ts';
import type { MeasuredRun } from './report.ts';
import { LOAD_CORE, loadValues, onStage, type Scene, SERVER_CORE } from './stage.ts';
import { registeringAccounts } from './targets/people.ts';
import type { TargetKind } from './targets/target.ts';

/** The size of a usual SIP message. */
const ECHO_OCTETS = 500;
/** So much at once keeps a server busy without filling its socket buffer. */
const CONCURRENT = 64;
const PROBE = { warmupSec: 2, measureSec: 3 };
const EXPIRES_SEC = 3_600;
const ONE_BY_ONE = { concurrent: 1 };
const SIPP_CALLS_PER_SEC = 200;

export type Outcome = Pick<MeasuredRun, 'values' | 'problems'>;
type Measurement = (kind: TargetKind, options: Options) => Promise<Outcome>;

/** Kinds of servers a measurement makes sense for. The echo speaks no SIP, and a proxy keeps nothing of a call. */
export function isMeasuredOn(measurement: SignallingMeasurementName, target: string): boolean {
  if (measurement === 'held') return target === 'unisono';
  return (measurement === 'echo') === (target === 'echo');
}

export const measurements: Readonly<Record<SignallingMeasurementName, Measurement>> = {
  echo: (kind, options) =>
    onStage(kind, { kind: 'calls', accounts: [], people: 0 }, options, async ({ load }) =>
      outcome(await load({ kind: 'echo', datagramOctets: ECHO_OCTETS, pace: { concurrent: CONCURRENT } }).done()),
    ),
  registrations: (kind, options) => {
    const accounts = registeringAccounts(options.users);
    return onStage(kind, { kind: 'register', accounts, people: 0 }, options, async ({ load, target }) => {
      const job = { kind: 'register', accounts, domain: target.domain, pace: { concurrent: CONCURRENT } } as const;
      return outcome(await load(job).done());
    });
  },
  calls: (kind, options) => callsAtOnce(kind, options, 'calls'),
  forks: (kind, options) => callsAtOnce(kind, options, 'forks'),
  latency,
  contacts,
  held,
  sipp,
};

async function callsAtOnce(kind: TargetKind, options: Options, stage: 'calls' | 'forks'): Promise<Outcome> {
  return await onStage(kind, { kind: stage, accounts: [], people: options.people }, options, async (scene) =>
    outcome(await scene.load(callsJob(scene, stage, { concurrent: CONCURRENT })).done()),
  );
}

/** At half of what the server does at most: how long a call takes to ring, and to reach its devices. */
async function latency(kind: TargetKind, options: Options): Promise<Outcome> {
  return await onStage(kind, { kind: 'calls', accounts: [], people: options.people }, options, async (scene) => {
    const full = await scene.load(callsJob(scene, 'calls', { concurrent: CONCURRENT }), PROBE).done();
    const perSec = Math.max(1, Math.round(full.completed / full.elapsedSec / 2));
    const result = await scene.load(callsJob(scene, 'calls', { perSec })).done();
    const { ringP50, ringP99, setupP50, setupP99 } = result;
    const times = { ringP50Ms: ringP50, ringP99Ms: ringP99, setupP50Ms: setupP50, setupP99Ms: setupP99 };
    return { values: { ...loadValues(result), offeredPerSec: perSec, ...times }, problems: result.problems };
  });
}

/** What a registered contact takes, after they had all been there once before. */
async function contacts(kind: TargetKind, options: Options): Promise<Outcome> {
  const accounts = registeringAccounts(options.users);
  return await onStage(kind, { kind: 'register', accounts, people: 0 }, options, async ({ load, target }) => {
    const enrol = { kind: 'enrol', accounts, domain: target.domain, pace: ONE_BY_ONE } as const;
    await load({ ...enrol, expiresSec: EXPIRES_SEC }).done();
    await load({ ...enrol, expiresSec: 0 }).done();
    const empty = await settledMemory(target, options.settleSec);
    const { problems } = await load({ ...enrol, expiresSec: EXPIRES_SEC }).done();
    const registered = await settledMemory(target, options.settleSec);
    return { values: perUnitKb('perContact', empty, registered, accounts.length), problems };
  });
}

/** What a call takes that is up, in a server that has had many before. */
async function held(kind: TargetKind, options: Options): Promise<Outcome> {
  return await onStage(kind, { kind: 'calls', accounts: [], people: options.users }, options, async (scene) => {
    const calls = callsJob(scene, 'calls', { concurrent: CONCURRENT });
    await scene.load(calls, PROBE).done();
    const idle = await settledMemory(scene.target, options.settleSec);
    const holding = scene.load({ ...calls, kind: 'hold', calls: options.users });
    const up = await holding.held();
    const busy = await settledMemory(scene.target, options.settleSec);
    holding.release();
    const { problems } = await holding.done();
    return { values: { heldCalls: up, ...perUnitKb('perCall', idle, busy, up) }, problems };
  });
}

/** The same calls made by SIPp, at a rate it can keep: another hand on the scales. */
async function sipp(kind: TargetKind, options: Options): Promise<Outcome> {
  return await onStage(kind, { kind: 'calls', accounts: [], people: options.people }, options, async (scene) => {
    const { target, callerPort, devicePort } = scene;
    if (target.devices.length > 0) {
      const enrol = {
        kind: 'enrol',
        accounts: target.devices,
        domain: target.domain,
        expiresSec: EXPIRES_SEC,
      } as const;
      await scene.load({ ...enrol, pace: ONE_BY_ONE }).done();
    }
    const load = { cpus: String(LOAD_CORE), timeoutSec: options.measureSec + 30 };
    const called = await startSipp({ scenario: 'uas', port: devicePort, ...load });
    const before = { cpuSec: groupCpuSec(target.pid), coreSec: coreBusySec(SERVER_CORE), ms: performance.now() };
    const result = await runSipp({
      scenario: 'uac',
      remote: `${target.address}:${target.port}`,
      port: callerPort,
      rows: target.numbers.map((number) => ({ user: '+498912345', target: number })),
      calls: SIPP_CALLS_PER_SEC * options.measureSec,
      ratePerSec: SIPP_CALLS_PER_SEC,
      ...load,
    });
    await called.close();
    const serverCpuSec = groupCpuSec(target.pid) - before.cpuSec;
    const elapsedSec = (performance.now() - before.ms) / 1000;
    const { successful, failed, failures } = result.calls;
    const values = {
      perSec: successful / elapsedSec,
      perCoreSec: successful / serverCpuSec,
      serverShare: serverCpuSec / elapsedSec,
      foreignShare: Math.max(0, coreBusySec(SERVER_CORE) - before.coreSec - serverCpuSec) / elapsedSec,
      failedShare: failed / Math.max(1, successful + failed),
    };
    return { values, problems: failures };
  });
}

function callsJob(
  { target }: Scene,
  stage: 'calls' | 'forks',
  pace: { readonly concurrent: number } | { readonly perSec: number },
) {
  const ringing = stage === 'forks' ? 3 : 1;
  const { devices, domain, numbers } = target;
  return { kind: 'calls', accounts: devices, domain, targets: numbers, ringing, pace } as const;
}

function outcome(result: LoadResult): Outcome {
  return { values: loadValues(result), problems: result.problems };
}
