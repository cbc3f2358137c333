/** A thread that imports one file: reading, rules and audit log of thousands take seconds, and calls go on meanwhile. */
import { randomBytes } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { type AssistantDatabase, type ImportRequest, importOver, readPublicKey } from '@unisono/assistant';
import { openStore } from '../stores/open-store.ts';
import { loadSystem } from '../stores/system-store.ts';

/** What the thread is told. */
export interface ImportJob {
  readonly path: string;
  /** PEM; absent: licences are those of the system data. */
  readonly licenceKey: string | undefined;
  readonly request: ImportRequest;
}

const { path, licenceKey, request } = workerData as ImportJob;
const store = await openStore(path);
try {
  const system = loadSystem(store, Date.now);
  if (system === undefined) throw new Error(`there is no system in ${path}`);
  const outcome = importOver(
    {
      database: store as unknown as AssistantDatabase,
      system,
      licenceKey: licenceKey === undefined ? undefined : readPublicKey(licenceKey),
      clock: { epochMs: Date.now, after: () => () => {} },
      random: { bytes: (count) => randomBytes(count), fraction: Math.random },
      log: { debug() {}, info() {}, warn() {}, error() {} },
    },
    request,
  );
  parentPort?.postMessage(outcome);
} finally {
  await store.close();
}
