/** Many web clients through the border of the same process: memory of one, registrations a second, and all of them coming back. */
import { type Load, startLoad } from '../generator.ts';
import type { Outcome } from '../measurements.ts';
import { perUnitKb, settledMemory } from '../memory.ts';
import type { Options, WssMeasurementName } from '../options.ts';
import { LOAD_CORE, onStage, type Scene, SERVER_CORE } from '../stage.ts';
import { bareWss } from '../targets/bare-wss.ts';
import { clientAccount } from '../targets/company.ts';
import { PASSWORD } from '../targets/people.ts';
import type { TargetKind } from '../targets/target.ts';
import type { WssEvent, WssJob } from './job.ts';

const PROGRAM = new URL('./main.ts', import.meta.url).pathname;
/** Clients of one user. */
const PER_USER = 5;
const CONCURRENT = 64;
/** Each client waits for a random part of that before it comes back, so that they do not come in the same second. */
const SPREAD_SEC = 10;
const HELD_CALLS = 50;
/** A machine with other work on it takes several times as long. */
const LONGEST_SEC = 480;

export function measureWss(measurement: WssMeasurementName, kind: TargetKind, options: Options): Promise<Outcome> {
  return measurement === 'wss-registrations' ? registrations(kind, options) : idle(kind, options);
}

async function registrations(kind: TargetKind, options: Options): Promise<Outcome> {
  const clients = Math.min(500, options.wssClients);
  return await onStage(kind, stageOf(clients), options, async (scene) => {
    const load = startWss(scene, options, clients);
    await load.event('connected');
    load.release();
    const { completed, elapsedSec, serverCpuSec, problems, ...shares } = await load.last('registered');
    const values = {
      perSec: completed / elapsedSec,
      perCoreSec: completed / serverCpuSec,
      serverShare: serverCpuSec / elapsedSec,
      foreignShare: shares.foreignCpuSec / elapsedSec,
      generatorShare: shares.generatorCpuSec / elapsedSec,
    };
    return { values, problems };
  });
}

/** Memory of a client that does nothing, and how it goes when all of them lose their connection while others talk. */
async function idle(kind: TargetKind, options: Options): Promise<Outcome> {
  return await onStage(kind, stageOf(options.wssClients), options, async (scene) => {
    const empty = await settledMemory(scene.target, options.settleSec);
    const load = startWss(scene, { ...options, measureSec: 0 }, options.wssClients);
    const { count, failed, elapsedSec } = await load.event('connected');
    const full = await settledMemory(scene.target, options.settleSec);
    const connected = {
      clients: count,
      ...perUnitKb('perClient', empty, full, count),
      connectedPerSec: count / elapsedSec,
    };
    // A bare server knows no calls.
    if (kind === bareWss) {
      await load.last('connected');
      return { values: { ...connected, failedShare: failed / options.wssClients }, problems: {} };
    }
    const holding = holdCalls(scene);
    const held = await holding.held();
    load.release();
    await load.event('registered');
    load.release();
    const back = await load.last('back');
    holding.release();
    const { problems } = await holding.done();
    const values = {
      ...connected,
      backSec: back.elapsedSec,
      backPerCoreSec: back.count / back.serverCpuSec,
      heldCalls: held,
      failedShare: (failed + back.failed) / (2 * options.wssClients),
    };
    return { values, problems };
  });
}

function stageOf(clients: number) {
  return { kind: 'clients', accounts: [], people: HELD_CALLS + Math.ceil(clients / PER_USER) } as const;
}

function startWss({ target }: Scene, options: Options, count: number): Load<WssEvent> {
  const job: WssJob = {
    kind: 'wss',
    server: { address: target.address, port: target.port, groupId: target.pid, core: SERVER_CORE },
    core: LOAD_CORE,
    doorPort: target.doorPort,
    domain: target.domain,
    clients: Array.from({ length: count }, (_, index) => ({
      user: clientAccount(HELD_CALLS + Math.floor(index / PER_USER)),
      password: PASSWORD,
    })),
    concurrent: CONCURRENT,
    measureSec: options.measureSec,
    spreadSec: SPREAD_SEC,
  };
  return startLoad<WssEvent>(PROGRAM, job, LONGEST_SEC, String(LOAD_CORE));
}

/** Calls between desk phones and a trunk that have nothing to do with the border. */
function holdCalls({ target, load }: Scene) {
  const { domain } = target;
  // The first people have no client connected: their calls are the ones that nothing shall touch.
  const [devices, numbers] = [target.devices.slice(0, HELD_CALLS), target.numbers.slice(0, HELD_CALLS)];
  const job = { kind: 'hold', accounts: devices, domain, targets: numbers, ringing: 1, calls: HELD_CALLS } as const;
  return load({ ...job, pace: { concurrent: 8 } }, { warmupSec: 0, measureSec: LONGEST_SEC });
}
