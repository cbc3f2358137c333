/** The load generator: does the job in the file named on the command line, prints events as JSON lines, and ends. */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Callers } from './callers.ts';
import { Devices } from './devices.ts';
import { Echoes } from './echo.ts';
import type {
  CallsJob,
  DeviceAccount,
  EchoJob,
  EnrolJob,
  HoldJob,
  Job,
  LoadEvent,
  LoadResult,
  RegisterJob,
} from './job.ts';
import { type Link, openLink } from './link.ts';
import { Meter } from './meter.ts';
import { Pacer } from './pacer.ts';
import { Registrations } from './registrations.ts';

const SWEEP_MS = 100;
const ENROL_CONCURRENT = 8;
const DRAIN_MS = 1_000;
const POLL_MS = 20;

async function run(job: Job): Promise<LoadResult> {
  switch (job.kind) {
    case 'echo':
      return await echo(job);
    case 'register':
      return await register(job);
    case 'calls':
      return await calls(job);
    case 'hold':
      return await hold(job);
    case 'enrol':
      return await enrolOnly(job);
  }
}

async function echo(job: EchoJob): Promise<LoadResult> {
  const link = await openLink(job.callerPort, job.server);
  const meter = new Meter(job);
  const pacer = new Pacer(job.pace, () => echoes.start());
  const echoes = new Echoes(link, meter, job.datagramOctets, () => pacer.finished());
  link.onMessage = () => echoes.receive();
  const result = await measure(job, pacer, meter);
  link.close();
  return result;
}

async function register(job: RegisterJob): Promise<LoadResult> {
  const link = await openLink(job.devicePort, job.server);
  const meter = new Meter(job);
  const pacer = new Pacer(job.pace, () => registrations.start());
  const registrations = new Registrations({ ...job, link, meter, onFinished: () => pacer.finished() });
  link.onMessage = (message) => registrations.receive(message);
  const sweeper = setInterval(() => registrations.sweep(), SWEEP_MS);
  const result = await measure(job, pacer, meter);
  clearInterval(sweeper);
  link.close();
  return result;
}

async function calls(job: CallsJob): Promise<LoadResult> {
  const meter = new Meter(job);
  const stage = await callStage(job, meter, job.ringing, false);
  const result = await measure(job, stage.pacer, meter);
  await delay(DRAIN_MS);
  stage.close();
  return result;
}

async function hold(job: HoldJob): Promise<LoadResult> {
  const meter = new Meter(job);
  const stage = await callStage(job, meter, 1, true, job.calls);
  meter.begin();
  stage.pacer.run();
  while (stage.callers.established < job.calls && stage.callers.running > 0) await delay(POLL_MS);
  print({ event: 'held', calls: stage.callers.established });
  await new Promise((resolve) => process.stdin.once('data', resolve));
  process.stdin.destroy();
  stage.callers.hangUpAll();
  while (stage.callers.running > 0) await delay(POLL_MS);
  stage.close();
  return meter.end();
}

async function enrolOnly(job: EnrolJob): Promise<LoadResult> {
  const link = await openLink(job.devicePort, job.server);
  const meter = new Meter(job);
  meter.begin();
  await enrol(job, job.accounts, link, meter, job.expiresSec);
  link.close();
  return meter.end();
}

/** Both sides of calls, with all devices registered. */
async function callStage(job: CallsJob | HoldJob, meter: Meter, ringing: number, isHolding: boolean, limit = Infinity) {
  const deviceLink = await openLink(job.devicePort, job.server);
  await enrol(job, job.accounts, deviceLink, new Meter(job));
  const callerLink = await openLink(job.callerPort, job.server);
  const start = () => {
    if (callers.started < limit) callers.start();
  };
  const pacer = new Pacer(job.pace, start);
  const callers = new Callers({ ...job, link: callerLink, meter, isHolding, onFinished: () => pacer.finished() });
  const onReached = (target: number) => callers.reached(target);
  const devices = new Devices({ link: deviceLink, meter, devicePort: job.devicePort, ringing, onReached });
  callerLink.onMessage = (message) => callers.receive(message);
  deviceLink.onMessage = (message) => devices.receive(message);
  const sweeper = setInterval(() => {
    callers.sweep();
    devices.sweep();
  }, SWEEP_MS);
  const close = () => {
    clearInterval(sweeper);
    callerLink.close();
    deviceLink.close();
  };
  return { pacer, callers, close };
}

/** Registers every account once; throws when one is refused. */
async function enrol(
  job: { readonly domain: string; readonly devicePort: number },
  accounts: readonly DeviceAccount[],
  link: Link,
  meter: Meter,
  expiresSec?: number,
): Promise<void> {
  if (accounts.length === 0) return;
  const problems: string[] = [];
  const watched = {
    complete: () => meter.complete(),
    fail: (problem: string) => problems.push(problem),
    retransmission: () => meter.retransmission(),
  };
  const onFinished = () => {
    if (registrations.started < accounts.length) registrations.start();
  };
  const base = {
    domain: job.domain,
    devicePort: job.devicePort,
    accounts,
    link,
    meter: watched,
    onFinished,
    isPatient: true,
  };
  const registrations = new Registrations(expiresSec === undefined ? base : { ...base, expiresSec });
  link.onMessage = (message) => registrations.receive(message);
  const sweeper = setInterval(() => registrations.sweep(), SWEEP_MS);
  for (let count = 0; count < Math.min(ENROL_CONCURRENT, accounts.length); count++) registrations.start();
  while (registrations.running > 0 || registrations.started < accounts.length) await delay(POLL_MS);
  clearInterval(sweeper);
  if (problems.length > 0)
    throw new Error(`${problems.length} of ${accounts.length} registrations failed: ${problems[0]}`);
}

async function measure(job: Job, pacer: Pacer, meter: Meter): Promise<LoadResult> {
  pacer.run();
  await delay(job.warmupSec * 1000);
  meter.begin();
  await delay(job.measureSec * 1000);
  const result = meter.end();
  pacer.stop();
  return result;
}

function print(event: LoadEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

const file = process.argv[2];
if (file === undefined) throw new Error('usage: node bench/load/main.ts JOB.json');
print({ event: 'done', result: await run(JSON.parse(readFileSync(file, 'utf8')) as Job) });
