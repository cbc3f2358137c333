/**
 * Loaded into a server on Node to look into it. SIGUSR2 collects all garbage, so that its memory can be read without; with
 * BENCH_HEAP_FILE in the environment it writes there how many octets are left then, those of buffers beside the heap included; with
 * BENCH_PROFILE it also writes a CPU profile of everything since the last signal into that folder, one
 * for each thread.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';
import { BroadcastChannel, isMainThread, threadId } from 'node:worker_threads';
import { HEAP_FILE_VARIABLE } from './heap.ts';

const { BENCH_PROFILE: folder, [HEAP_FILE_VARIABLE]: heapFile } = process.env;
const session = folder === undefined ? undefined : new Session();

async function writeProfile(target: Session, into: string): Promise<void> {
  const { profile } = await target.post('Profiler.stop');
  const name = `unisono-${process.pid}-${threadId}-${Date.now()}.cpuprofile`;
  writeFileSync(join(into, name), JSON.stringify(profile));
  await target.post('Profiler.start');
}

function writeLiveOctets(into: string): void {
  const { heapUsed, external } = process.memoryUsage();
  writeFileSync(`${into}.new`, String(heapUsed + external));
  renameSync(`${into}.new`, into);
}

function look(): void {
  (globalThis as { gc?: () => void }).gc?.();
  if (heapFile !== undefined && isMainThread) writeLiveOctets(heapFile);
  if (session && folder !== undefined) void writeProfile(session, folder);
}

if (session) {
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
}
// Signals reach the main thread only.
const threads = new BroadcastChannel('bench-observe');
threads.unref();
if (isMainThread) {
  process.on('SIGUSR2', () => {
    look();
    threads.postMessage('look');
  });
} else threads.onmessage = look;
