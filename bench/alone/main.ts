/**
 * The gateway alone, without sockets, database and real time: what a registration or a call takes of the processor, how long the
 * collector of garbage stops it, and what a finished one leaves behind until its transactions are forgotten. It says the same on a
 * machine that is busy with other things.
 */
import { PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { percentile } from '../statistics.ts';
import { type LoneGateway, startAlone } from './gateway.ts';

/** Begun at once before anything is carried: as many as would wait in the buffer of a socket. */
const AT_ONCE = 8;
const STEP_MS = 10;
/** Timers J, L and M have fired by then (RFC 3261 §17). */
const LINGERING_MS = 32_000;

const { values } = parseArgs({
  options: {
    what: { type: 'string', default: 'calls' },
    people: { type: 'string', default: '1000' },
    rate: { type: 'string', default: '1200' },
    warm: { type: 'string', default: '60000' },
    count: { type: 'string', default: '100000' },
  },
});
const [people, perSec, warm, count] = [values.people, values.rate, values.warm, values.count].map(Number) as [
  number,
  number,
  number,
  number,
];

const gateway = startAlone(kindOf(values.what), people);
run(gateway, warm);
const pausesMs: number[] = [];
const observer = new PerformanceObserver((list) => pausesMs.push(...list.getEntries().map(({ duration }) => duration)));
observer.observe({ entryTypes: ['gc'] });
gateway.forgetCounts();
run(gateway, count);
// Observers are told of what happened in a later turn.
await delay(STEP_MS);
observer.disconnect();
const { problems, cpuMs, done } = gateway.counts();
process.stdout.write(
  `${JSON.stringify({
    what: values.what,
    done,
    problems,
    cpuUs: round((cpuMs * 1_000) / count),
    pauses: pausesMs.length,
    pauseUs: round((pausesMs.reduce((sum, ms) => sum + ms, 0) * 1_000) / count),
    pauseP50Ms: round(percentile(pausesMs, 0.5)),
    pauseP99Ms: round(percentile(pausesMs, 0.99)),
    leftOctets: leftBehind(gateway),
  })}\n`,
);
process.exit(0);

/** Begins so many at the rate, and carries each batch to its end. */
function run({ start, wire, clock }: LoneGateway, total: number): void {
  let dueMs = 0;
  for (let begun = 0; begun < total; begun += AT_ONCE) {
    for (let i = 0; i < AT_ONCE; i++) start();
    wire.carry();
    dueMs += (AT_ONCE * 1_000) / perSec;
    for (; dueMs >= STEP_MS; dueMs -= STEP_MS) wire.measured(() => clock.advance(STEP_MS));
  }
}

/** Octets of the heap that one of those that have ended holds on average, as long as anything of it lingers. */
function leftBehind({ clock }: LoneGateway): number | string {
  const { gc } = globalThis as { gc?: () => void };
  if (!gc) return 'start node with --expose-gc';
  const heldOctets = () => {
    gc();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = heldOctets();
  for (let passedMs = 0; passedMs < 2 * LINGERING_MS; passedMs += STEP_MS) clock.advance(STEP_MS);
  return Math.round((before - heldOctets()) / Math.min(warm + count, (perSec * LINGERING_MS) / 1_000));
}

function kindOf(what: string): 'calls' | 'forks' | 'register' {
  if (what === 'calls' || what === 'forks' || what === 'register') return what;
  throw new Error(`--what is calls, forks or register, not ${what}`);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
