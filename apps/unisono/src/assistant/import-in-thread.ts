import { Worker } from 'node:worker_threads';
import type { Import, ImportOutcome } from '@unisono/assistant';
import type { SystemStore } from '../stores/system-store.ts';
import type { ImportJob } from './import-thread.ts';

/** Imports files in a thread of their own, one after the other; what came of it is in force here when it resolves. */
export function importInThread(path: string, licenceKey: string | undefined, system: SystemStore): Import {
  let before: Promise<unknown> = Promise.resolve();
  return (request) => {
    const outcome = before.then(() => inThread({ path, licenceKey, request }));
    before = outcome.catch(() => undefined);
    return outcome.finally(() => system.refresh());
  };
}

function inThread(job: ImportJob): Promise<ImportOutcome> {
  const worker = new Worker(new URL('./import-thread.ts', import.meta.url), { workerData: job });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the thread of an import ended with ${code}`)));
  });
}
