/** Many web clients at the door of the border: connects and registers them, lets them register again, breaks all connections at once. */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { Meter } from '../load/meter.ts';
import { groupCpuSec } from '../processes.ts';
import { WssClient } from './client.ts';
import type { WssEvent, WssJob } from './job.ts';

const MAX_TRIES = 5;
const RETRY_MS = 2_000;

const file = process.argv[2];
if (file === undefined) throw new Error('usage: node bench/wss/main.ts JOB.json');
const job = JSON.parse(readFileSync(file, 'utf8')) as WssJob;
const url = `wss://${job.server.address}:${job.doorPort}/`;
const clients = job.clients.map((account, index) => new WssClient(url, job.domain, account, index));
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** Does something for every client, so many at once. */
async function forEach(all: readonly WssClient[], act: (client: WssClient) => Promise<void>): Promise<void> {
  const waiting = [...all];
  const lane = async (): Promise<void> => {
    for (let client = waiting.pop(); client !== undefined; client = waiting.pop()) await act(client);
  };
  await Promise.all(Array.from({ length: job.concurrent }, lane));
}

/** Connects and registers, and tries again when that fails; false when it never worked. */
async function enter(client: WssClient): Promise<boolean> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    if (tries > 0) await delay(RETRY_MS);
    if ((await client.connect()) === undefined && (await client.register()) === undefined) return true;
    client.break();
  }
  return false;
}

async function connectAll(): Promise<WssEvent> {
  const startMs = performance.now();
  let count = 0;
  await forEach(clients, async (client) => {
    if (await enter(client)) count++;
  });
  return { event: 'connected', count, failed: clients.length - count, elapsedSec: secondsSince(startMs) };
}

async function registerAgain(): Promise<WssEvent> {
  const meter = new Meter(job);
  const endMs = performance.now() + job.measureSec * 1_000;
  let next = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() < endMs) {
      const problem = await clients[next++ % clients.length]?.register();
      if (problem === undefined) meter.complete();
      else meter.fail(problem);
    }
  };
  meter.begin();
  await Promise.all(Array.from({ length: Math.min(job.concurrent, clients.length) }, lane));
  const { completed, elapsedSec, serverCpuSec, foreignCpuSec, generatorCpuSec, problems } = meter.end();
  return { event: 'registered', completed, elapsedSec, serverCpuSec, foreignCpuSec, generatorCpuSec, problems };
}

async function storm(): Promise<WssEvent> {
  const startMs = performance.now();
  const startCpuSec = groupCpuSec(job.server.groupId);
  for (const client of clients) client.break();
  const results = await Promise.all(
    clients.map(async (client) => {
      await delay(Math.random() * job.spreadSec * 1_000);
      return enter(client);
    }),
  );
  const count = results.filter(Boolean).length;
  const serverCpuSec = groupCpuSec(job.server.groupId) - startCpuSec;
  return { event: 'back', count, failed: clients.length - count, elapsedSec: secondsSince(startMs), serverCpuSec };
}

function secondsSince(ms: number): number {
  return (performance.now() - ms) / 1_000;
}

function print(event: WssEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

for (const act of [connectAll, registerAgain, storm]) {
  print(await act());
  await lines.next();
}
for (const client of clients) client.break();
print({ event: 'done' });
process.exit(0);
