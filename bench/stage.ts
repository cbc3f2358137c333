/** What every measurement does: start a server on its core, put a load on it from the other, stop it. */
import { reservePorts } from '../test/peers/index.ts';
import { type Generator, startGenerator } from './generator.ts';
import type { Job, LoadResult } from './load/job.ts';
import { waitForQuiet } from './machine.ts';
import type { Options } from './options.ts';
import type { MeasuredRun } from './report.ts';
import type { Stage, Target, TargetKind } from './targets/target.ts';

export const SERVER_CORE = 0;
export const LOAD_CORE = 1;

/** A job without what the stage fills in. */
type Part<J> = J extends Job
  ? Omit<J, 'server' | 'core' | 'callerPort' | 'devicePort' | 'warmupSec' | 'measureSec'>
  : never;
export type JobPart = Part<Job>;

export interface Scene {
  readonly target: Target;
  readonly callerPort: number;
  readonly devicePort: number;
  /** Starts a job against the server. */
  load(job: JobPart, times?: { readonly warmupSec: number; readonly measureSec: number }): Generator;
}

/** Starts the server, hands it over, and stops it whatever happens. */
export async function onStage<T>(
  kind: TargetKind,
  stage: Pick<Stage, 'kind' | 'accounts' | 'people'>,
  options: Options,
  act: (scene: Scene) => Promise<T>,
): Promise<T> {
  const ports = await reservePorts();
  const [callerPort, devicePort] = [ports.port(0), ports.port(2)];
  await waitForQuiet([SERVER_CORE, LOAD_CORE], options.quietSec);
  const target = await kind.start({ ...stage, callerPort, devicePort, cpus: String(SERVER_CORE) });
  const server = { address: target.address, port: target.port, groupId: target.pid, core: SERVER_CORE };
  const load: Scene['load'] = (job, times = options) => {
    const { warmupSec, measureSec } = times;
    const whole = { ...job, server, core: LOAD_CORE, callerPort, devicePort, warmupSec, measureSec } as Job;
    return startGenerator(whole, String(LOAD_CORE));
  };
  try {
    return await act({ target, callerPort, devicePort, load });
  } finally {
    await target.stop();
    ports.release();
  }
}

/** The figures of a load, named with their units. */
export function loadValues(result: LoadResult): MeasuredRun['values'] {
  const { completed, elapsedSec, serverCpuSec } = result;
  return {
    perSec: completed / elapsedSec,
    perCoreSec: completed / serverCpuSec,
    serverShare: serverCpuSec / elapsedSec,
    foreignShare: result.foreignCpuSec / elapsedSec,
    generatorShare: result.generatorCpuSec / elapsedSec,
    failedShare: result.failed / Math.max(1, completed + result.failed),
    retransmitted: result.retransmitted,
  };
}
