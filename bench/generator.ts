/** Runs the load generators, processes of their own on a core of their own. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PeerProcess, temporaryFolder } from '../test/peers/index.ts';
import type { Job, LoadEvent, LoadResult } from './load/job.ts';

const MARGIN_SEC = 60;
const LOAD_PROGRAM = join(import.meta.dirname, 'load', 'main.ts');

export interface Generator {
  /** Resolves when the calls of a `hold` job are up, with their number. */
  held(): Promise<number>;
  /** Lets a `hold` job end its calls. */
  release(): void;
  done(): Promise<LoadResult>;
}

/** Starts the job; the generator ends by itself, or at the latest a minute after it should have. */
export function startGenerator(job: Job, cpus: string): Generator {
  const load = startLoad<LoadEvent>(LOAD_PROGRAM, job, job.warmupSec + job.measureSec, cpus);
  return {
    held: async () => (await load.event('held')).calls,
    release: () => load.release(),
    done: async () => (await load.last('done')).result,
  };
}

/** A running load that prints events, one JSON value a line. */
export interface Load<Event extends { readonly event: string }> {
  /** Resolves with the first event of this name. */
  event<Name extends Event['event']>(name: Name): Promise<Extract<Event, { event: Name }>>;
  /** The same, and the load is ended when it has come or cannot come any more. */
  last<Name extends Event['event']>(name: Name): Promise<Extract<Event, { event: Name }>>;
  /** Lets a load go on that waits. */
  release(): void;
}

/** Starts a program that takes its job in a file; it is given a minute more than `sec` for each event. */
export function startLoad<Event extends { readonly event: string }>(
  program: string,
  job: { readonly kind: string },
  sec: number,
  cpus: string,
): Load<Event> {
  const folder = temporaryFolder('bench');
  const file = join(folder.path, 'job.json');
  writeFileSync(file, JSON.stringify(job));
  const timeoutMs = (sec + MARGIN_SEC) * 1000;
  const child = new PeerProcess({
    name: `load ${job.kind}`,
    command: process.execPath,
    args: [program, file],
    cpus,
    lifetimeSec: Math.ceil(timeoutMs / 1000) + MARGIN_SEC,
  });
  const event: Load<Event>['event'] = (name) =>
    child.waitUntil(
      () => parseEvents<Event>(child.output).find((seen) => seen.event === name) as never,
      timeoutMs,
      `the event "${name}"`,
    );
  return {
    event,
    release: () => child.write('release\n'),
    last: async (name) => {
      try {
        return await event(name);
      } finally {
        await child.stop();
        folder.remove();
      }
    },
  };
}

function parseEvents<Event>(output: string): Event[] {
  const lines = output.split('\n').slice(0, -1);
  return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Event);
}
