/** What a server on Node holds, garbage left out: asked for by a signal, told in a file (`observe.ts`). */
import { readFileSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Names the file in the environment of the server. */
export const HEAP_FILE_VARIABLE = 'BENCH_HEAP_FILE';
const POLL_MS = 100;
const LONGEST_MS = 20_000;

/** Octets of objects and of buffers beside the heap, after all garbage was collected. Throws when the server does not tell. */
export async function liveOctets(server: { signal(name: 'SIGUSR2'): void }, file: string): Promise<number> {
  rmSync(file, { force: true });
  server.signal('SIGUSR2');
  for (let waitedMs = 0; waitedMs < LONGEST_MS; waitedMs += POLL_MS) {
    await delay(POLL_MS);
    const octets = Number(read(file) || Number.NaN);
    if (!Number.isNaN(octets)) return octets;
  }
  throw new Error(`the server wrote nothing into ${file}`);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
