/** Runs the load generator, a process of its own on a core of its own. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PeerProcess, temporaryFolder } from '../test/peers/index.ts';
import type { Job, LoadEvent, LoadResult } from './load/job.ts';

const MARGIN_SEC = 60;

export interface Generator {
  /** Resolves when the calls of a `hold` job are up, with their number. */
  held(): Promise<number>;
  /** Lets a `hold` job end its calls. */
  release(): void;
  done(): Promise<LoadResult>;
}

/** Starts the job; the generator ends by itself, or at the latest a minute after it should have. */
export function startGenerator(job: Job, cpus: string): Generator {
  const folder = temporaryFolder('bench');
  const file = join(folder.path, 'job.json');
  writeFileSync(file, JSON.stringify(job));
  const timeoutMs = (job.warmupSec + job.measureSec + MARGIN_SEC) * 1000;
  const child = new PeerProcess({
    name: `load ${job.kind}`,
    command: process.execPath,
    args: [join(import.meta.dirname, 'load', 'main.ts'), file],
    cpus,
    lifetimeSec: Math.ceil(timeoutMs / 1000) + MARGIN_SEC,
  });
  const find = <E extends LoadEvent['event']>(event: E) =>
    child.waitUntil(
      () =>
        parseEvents(child.output).find((seen) => seen.event === event) as Extract<LoadEvent, { event: E }> | undefined,
      timeoutMs,
      `the event "${event}"`,
    );
  return {
    held: async () => (await find('held')).calls,
    release: () => child.write('release\n'),
    done: async () => {
      try {
        return (await find('done')).result;
      } finally {
        await child.stop();
        folder.remove();
      }
    },
  };
}

function parseEvents(output: string): LoadEvent[] {
  const lines = output.split('\n').slice(0, -1);
  return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as LoadEvent);
}
