/**
 * Loaded into a server on Node to look into it. SIGUSR2 collects all garbage, so that its memory can be read without; with
 * BENCH_PROFILE in the environment it also writes a CPU profile of everything since the last signal into that folder.
 */
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';

const folder = process.env.BENCH_PROFILE;
const session = folder === undefined ? undefined : new Session();

async function writeProfile(target: Session, into: string): Promise<void> {
  const { profile } = await target.post('Profiler.stop');
  writeFileSync(join(into, `unisono-${process.pid}-${Date.now()}.cpuprofile`), JSON.stringify(profile));
  await target.post('Profiler.start');
}

if (isMainThread) {
  if (session) {
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.start');
  }
  process.on('SIGUSR2', () => {
    (globalThis as { gc?: () => void }).gc?.();
    if (session && folder !== undefined) void writeProfile(session, folder);
  });
}
