/** The media load: does the job in the file named on the command line, prints events as JSON lines, and ends. */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { AnchorsJob, MediaEvent, MediaJob, MediaResult, SetupsJob } from '../job.ts';
import type { AnchoringEngine } from '../line.ts';
import { AnchoredCall, type MediaHandler } from './anchored-call.ts';
import { createCertificate } from './certificate.ts';
import { cpuShares, measureCpu } from './cpu-meter.ts';
import { connectEngine } from './engine.ts';
import { setUpAll } from './set-up.ts';
import { openSharedSocket } from './sockets.ts';
import { StreamLoad } from './stream-load.ts';

/** Sockets of each side: their buffers add up. */
const SOCKETS = 8;

async function run(job: MediaJob): Promise<MediaResult> {
  const { engine, close } = await connectEngine(job.server);
  const newCall = await callMaker(job, engine);
  try {
    switch (job.kind) {
      case 'streams':
        return await new StreamLoad(job, newCall).run();
      case 'setups':
        return await setups(job, newCall);
      case 'anchors':
        return await anchors(job, newCall);
    }
  } finally {
    close();
  }
}

type NewCall = (onMedia: MediaHandler) => AnchoredCall;

async function callMaker(job: MediaJob, engine: AnchoringEngine): Promise<NewCall> {
  const certificate = await createCertificate();
  const outside = await Promise.all(Array.from({ length: SOCKETS }, openSharedSocket));
  const inside = await Promise.all(Array.from({ length: SOCKETS }, openSharedSocket));
  let made = 0;
  return (onMedia) => {
    const place = made % SOCKETS;
    made++;
    const sockets = { outside: outside[place]!, inside: inside[place]! };
    const options = { engine, outside: job.outside, sockets, certificate, onMedia };
    return new AnchoredCall(`bench-${process.pid}-${made}`, options);
  };
}

async function setups(job: SetupsJob, newCall: NewCall): Promise<MediaResult> {
  let completed = 0;
  let isRunning = true;
  const problems: Record<string, number> = {};
  const lane = async () => {
    while (isRunning) {
      const call = newCall(() => {});
      try {
        await call.setUp();
        completed++;
      } catch (error) {
        note(problems, error);
      }
      await call.end();
    }
  };
  const lanes = Array.from({ length: job.concurrent }, lane);
  await delay(job.warmupSec * 1000);
  const end = measureCpu(job);
  const before = completed;
  await delay(job.measureSec * 1000);
  const use = end();
  const done = completed - before;
  isRunning = false;
  await Promise.all(lanes);
  const values = { ...cpuShares(use), perSec: done / use.elapsedSec, perCoreSec: done / use.serverCpuSec };
  return { values, problems };
}

async function anchors(job: AnchorsJob, newCall: NewCall): Promise<MediaResult> {
  const earlier = Array.from({ length: job.calls }, () => newCall(() => {}));
  await setUpAll(earlier);
  await Promise.all(earlier.map((call) => call.end()));
  print({ event: 'empty' });
  await lineFromInput();
  const calls = Array.from({ length: job.calls }, () => newCall(() => {}));
  await setUpAll(calls);
  print({ event: 'held' });
  await lineFromInput();
  process.stdin.destroy();
  await Promise.all(calls.map((call) => call.end()));
  return { values: { calls: calls.length }, problems: {} };
}

function note(problems: Record<string, number>, error: unknown): void {
  const text = error instanceof Error ? error.message : String(error);
  problems[text] = (problems[text] ?? 0) + 1;
}

function lineFromInput(): Promise<void> {
  process.stdin.resume();
  return new Promise((resolve) => process.stdin.once('data', () => resolve()));
}

function print(event: MediaEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

const file = process.argv[2];
if (file === undefined) throw new Error('usage: node bench/media/load/main.ts JOB.json');
print({ event: 'done', result: await run(JSON.parse(readFileSync(file, 'utf8')) as MediaJob) });
// Timers of handshakes that are long over would hold the process.
process.exit();
