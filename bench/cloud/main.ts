/** Clients of the Connector: they ask for connection data, change settings, or hold event connections. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { createInterface } from 'node:readline';
import WebSocket from 'ws';
import { coreBusySec, groupCpuSec } from '../processes.ts';
import { percentile } from '../statistics.ts';
import type { CloudEvent, CloudJob } from './job.ts';

const LATE_MS = 20_000;
/** People of one address, as an office would be. */
const PER_ADDRESS = 50;

const file = process.argv[2];
if (file === undefined) throw new Error('usage: node bench/cloud/main.ts JOB.json');
const job = JSON.parse(readFileSync(file, 'utf8')) as CloudJob;
const ca = readFileSync(job.ca);
const agent = new Agent({ ca, keepAlive: true, maxSockets: 256 });
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const problems: Record<string, number> = {};
let asked = 0;

function print(event: CloudEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

function failed(problem: unknown): void {
  const text = problem instanceof Error ? problem.message : String(problem);
  problems[text] = (problems[text] ?? 0) + 1;
}

/** An address of its own for so many people; requests of one address are limited. */
function addressOf(index: number): string {
  const office = Math.floor(index / PER_ADDRESS);
  return `10.${office >> 16}.${(office >> 8) & 255}.${office & 255}`;
}

function ask(method: string, path: string, index: number, body?: unknown): Promise<unknown> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  asked++;
  const headers = {
    authorization: `Bearer ${job.tokens[index]}`,
    // Every request of the measured kind comes from another office.
    'x-forwarded-for': addressOf(asked * PER_ADDRESS),
    ...(text === undefined ? {} : { 'idempotency-key': randomUUID() }),
    ...(text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
  };
  return new Promise((resolve, reject) => {
    const one = request({ host: '127.0.0.1', port: job.port, path, method, headers, agent }, (response) => {
      let answer = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        answer += part;
      });
      response.on('end', () => {
        if ((response.statusCode ?? 0) >= 300) reject(new Error(`${response.statusCode} ${answer.slice(0, 200)}`));
        else resolve(answer === '' ? undefined : JSON.parse(answer));
      });
    });
    one.on('error', reject);
    one.end(text);
  });
}

/** Counts what is answered between begin and end, and what it cost. */
function meter() {
  const timesMs: number[] = [];
  let [isOn, startMs, startCpu, startBusy, count, lost] = [false, 0, 0, 0, 0, 0];
  return {
    begin: () => {
      [isOn, startMs] = [true, performance.now()];
      startCpu = groupCpuSec(job.server.groupId);
      startBusy = coreBusySec(job.server.core);
    },
    answered: (ms: number) => {
      if (!isOn) return;
      count++;
      timesMs.push(ms);
    },
    lost: (problem: unknown) => {
      failed(problem);
      lost++;
    },
    end: () => {
      isOn = false;
      const serverCpuSec = groupCpuSec(job.server.groupId) - startCpu;
      const foreignCpuSec = Math.max(0, coreBusySec(job.server.core) - startBusy - serverCpuSec);
      const elapsedSec = (performance.now() - startMs) / 1000;
      const [p50Ms, p99Ms] = [percentile(timesMs, 0.5), percentile(timesMs, 0.99)];
      print({
        event: 'answered',
        count,
        failed: lost,
        elapsedSec,
        serverCpuSec,
        foreignCpuSec,
        p50Ms,
        p99Ms,
        problems,
      });
    },
  };
}

async function connectionData(concurrent: number): Promise<void> {
  const figures = meter();
  const endMs = performance.now() + (job.warmupSec + job.measureSec) * 1000;
  setTimeout(() => figures.begin(), job.warmupSec * 1000);
  let next = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() < endMs) {
      const index = next++ % job.tokens.length;
      const startMs = performance.now();
      await ask('GET', '/v1/me/connection', index).then(
        () => figures.answered(performance.now() - startMs),
        figures.lost,
      );
    }
  };
  await Promise.all(Array.from({ length: concurrent }, lane));
  figures.end();
}

function listen(index: number): WebSocket {
  return new WebSocket(`wss://127.0.0.1:${job.port}/v1/events`, {
    ca,
    perMessageDeflate: false,
    headers: { authorization: `Bearer ${job.tokens[index]}`, 'x-forwarded-for': addressOf(index) },
  });
}

/** One person changes one setting after the other, each when the one before was confirmed by the phone system. */
async function settings(): Promise<void> {
  const figures = meter();
  const socket = listen(0);
  const applied = new Map<string, () => void>();
  const early = new Set<string>();
  socket.on('message', (data) => {
    const { body } = JSON.parse(String(data)) as { body?: { kind: string; changeId?: string; outcome?: string } };
    if (body?.kind !== 'settings' || body.changeId === undefined || body.outcome !== 'applied') return;
    const waiting = applied.get(body.changeId);
    if (waiting === undefined) early.add(body.changeId);
    else waiting();
  });
  await new Promise((resolve) => socket.once('open', resolve));
  const endMs = performance.now() + (job.warmupSec + job.measureSec) * 1000;
  setTimeout(() => figures.begin(), job.warmupSec * 1000);
  for (let turn = 0; performance.now() < endMs; turn++) {
    const startMs = performance.now();
    try {
      const { changeId } = (await ask('PATCH', '/v1/me/settings', 0, { ringSec: 10 + (turn % 40) })) as {
        readonly changeId: string;
      };
      if (!early.has(changeId)) await confirmation(changeId, applied);
      figures.answered(performance.now() - startMs);
    } catch (error) {
      figures.lost(error);
    }
  }
  figures.end();
  socket.terminate();
}

function confirmation(changeId: string, applied: Map<string, () => void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('it was not confirmed')), LATE_MS);
    applied.set(changeId, () => {
      clearTimeout(late);
      applied.delete(changeId);
      resolve();
    });
  });
}

/** Everybody is connected, idle, and told of one thing: that the link of their phone system went up or down. */
async function events(concurrent: number): Promise<void> {
  const startMs = performance.now();
  let [next, open, lost] = [0, 0, 0];
  let told = (): void => {};
  const lane = async (): Promise<void> => {
    for (let index = next++; index < job.tokens.length; index = next++) {
      const socket = listen(index);
      socket.on('message', (data) => {
        if (String(data).includes('"kind":"link"')) told();
      });
      await new Promise<void>((resolve) => {
        socket.once('error', (error) => {
          lost++;
          failed(error);
          resolve();
        });
        socket.once('message', () => {
          open++;
          resolve();
        });
      });
    }
  };
  await Promise.all(Array.from({ length: concurrent }, lane));
  const elapsedSec = (performance.now() - startMs) / 1000;
  print({ event: 'connected', count: open, failed: lost, elapsedSec, problems });
  await lines.next();
  const beginMs = performance.now();
  let count = 0;
  const all = new Promise<void>((resolve) => {
    told = () => {
      count++;
      if (count === open) resolve();
    };
  });
  await Promise.race([all, new Promise((resolve) => setTimeout(resolve, LATE_MS))]);
  print({ event: 'told', count, elapsedSec: (performance.now() - beginMs) / 1000 });
}

if (job.kind === 'connection-data') await connectionData(job.concurrent);
else if (job.kind === 'settings') await settings();
else await events(job.concurrent);
print({ event: 'done' });
process.exit(0);
