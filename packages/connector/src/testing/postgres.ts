import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { Kysely, PostgresDialect } from 'kysely';
import { Pool, types } from 'pg';
import type { Store, Tables } from '../database/tables.ts';

const VERSIONS = '/usr/lib/postgresql';
const INT8 = 20;
const NUMERIC = 1700;

/** Why there is no PostgreSQL for tests here; undefined: there is. */
export function postgresMissing(): string | undefined {
  if (programs() === undefined) return 'PostgreSQL is not installed (apt-get install postgresql)';
  return userInfo().uid === 0 && postgresUser() === undefined ? 'there is no user postgres' : undefined;
}

/** A PostgreSQL of its own in a folder of its own, on a port that was free. */
export interface TestPostgres {
  readonly url: string;
  /** Folder of the cluster. */
  readonly data: string;
  /** A store in a database that nobody has used. */
  store(): Promise<Store>;
  /** Cuts every connection whose last statement looks like that; gives how many. */
  cut(statement: string): Promise<number>;
  stop(): void;
}

/** Without `isDurable` commits do not wait for the disk. */
export async function startPostgres(isDurable = false): Promise<TestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'unisono-pg-'));
  const user = userInfo().uid === 0 ? postgresUser() : undefined;
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  chmodSync(folder, 0o700);
  const port = await freePort();
  const data = join(folder, 'd');
  run('initdb', ['-D', data, '-A', 'trust', '-U', 'app', '-E', 'UTF8', '--no-locale'], user);
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=${isDurable ? 'on' : 'off'}`;
  run('pg_ctl', ['-D', data, '-o', options, '-l', join(folder, 'log'), '-w', 'start'], user);
  const url = `postgres://app@127.0.0.1:${port}/postgres`;
  let databases = 0;
  return {
    url,
    data,
    store: async () => {
      databases++;
      const name = `t${databases}`;
      const admin = new Pool({ connectionString: url, max: 1 });
      await admin.query(`create database ${name}`);
      await admin.end();
      return openStore(url.replace(/postgres$/, name));
    },
    cut: async (statement) => {
      const admin = new Pool({ connectionString: url, max: 1 });
      const { rowCount } = await admin.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and query ilike $1',
        [statement],
      );
      await admin.end();
      return rowCount ?? 0;
    },
    stop: () => {
      run('pg_ctl', ['-D', data, '-m', 'immediate', '-w', 'stop'], user);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function openStore(connectionString: string): Store {
  const pool = new Pool({
    connectionString,
    max: 8,
    types: {
      getTypeParser: (id, format) => (id === INT8 || id === NUMERIC ? Number : types.getTypeParser(id, format)),
    },
  });
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}

function programs(): string | undefined {
  if (!existsSync(VERSIONS)) return undefined;
  const [newest] = readdirSync(VERSIONS).sort((a, b) => Number(b) - Number(a));
  const folder = join(VERSIONS, newest ?? '', 'bin');
  return existsSync(join(folder, 'initdb')) ? folder : undefined;
}

function postgresUser(): { readonly uid: number; readonly gid: number } | undefined {
  const { stdout } = spawnSync('getent', ['passwd', 'postgres'], { encoding: 'utf8' });
  const [, , uid, gid] = stdout.split(':');
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
}

function run(program: string, args: readonly string[], user: { uid: number; gid: number } | undefined): void {
  const path = join(programs() ?? '', program);
  const { status, stderr } = spawnSync(path, args, {
    ...user,
    cwd: tmpdir(),
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { readonly port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
