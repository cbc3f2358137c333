/** What the Connector keeps its data in: each is measured by itself. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { postgresMissing, startPostgres } from '../../packages/connector/src/testing/postgres.ts';

/** A database that nobody has used. */
export interface OpenStore {
  /** Address of a PostgreSQL; undefined: a SQLite file in the data folder. */
  readonly url: string | undefined;
  /** Its process group, where it has one of its own. */
  readonly groupId: number | undefined;
  stop(): void;
}

export interface StoreKind {
  readonly name: string;
  /** Why it cannot be measured here; undefined when it can. */
  missing(): string | undefined;
  open(cpus: string): Promise<OpenStore>;
}

const sqlite: StoreKind = {
  name: 'sqlite',
  missing: () => undefined,
  open: async () => ({ url: undefined, groupId: undefined, stop: () => {} }),
};

const postgresql: StoreKind = {
  name: 'postgresql',
  missing: postgresMissing,
  open: async (cpus) => {
    const server = await startPostgres(true);
    const pid = Number(readFileSync(join(server.data, 'postmaster.pid'), 'utf8').split('\n')[0]);
    // Its processes that begin from now on are bound as it is.
    spawnSync('taskset', ['-p', '-c', cpus, String(pid)]);
    return { url: server.url, groupId: pid, stop: server.stop };
  },
};

export const cloudStores: readonly StoreKind[] = [sqlite, postgresql];
