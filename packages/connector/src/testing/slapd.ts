import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SLAPD = '/usr/sbin/slapd';
const SCHEMAS = '/etc/ldap/schema';
const START_MS = 10_000;

/** Why there is no LDAP server for tests here; undefined: there is. */
export function slapdMissing(): string | undefined {
  return existsSync(SLAPD) && existsSync(SCHEMAS) ? undefined : 'slapd is not installed (apt-get install slapd)';
}

/** An OpenLDAP server of its own with these entries; who binds as `cn=reader` with `secret` may read. */
export interface Slapd {
  readonly url: string;
  stop(): Promise<void>;
}

export const BASE_DN = 'dc=lindner,dc=example';
export const BIND_DN = `cn=reader,${BASE_DN}`;

export async function startSlapd(entries: string): Promise<Slapd> {
  const folder = mkdtempSync(join(tmpdir(), 'unisono-slapd-'));
  mkdirSync(join(folder, 'data'));
  const config = join(folder, 'slapd.conf');
  writeFileSync(
    config,
    [
      ...['core', 'cosine', 'inetorgperson'].map((name) => `include ${SCHEMAS}/${name}.schema`),
      'modulepath /usr/lib/ldap',
      'moduleload back_mdb',
      `pidfile ${folder}/slapd.pid`,
      'database mdb',
      `suffix "${BASE_DN}"`,
      `rootdn "${BIND_DN}"`,
      'rootpw secret',
      `directory ${folder}/data`,
      'access to * by * auth',
      '',
    ].join('\n'),
  );
  writeFileSync(join(folder, 'entries.ldif'), entries);
  const added = spawnSync(SLAPD, ['-T', 'add', '-f', config, '-l', join(folder, 'entries.ldif')], { encoding: 'utf8' });
  if (added.status !== 0) throw new Error(`slapadd: ${added.stderr}`);
  const port = await freePort();
  const child = spawn(SLAPD, ['-d', '0', '-f', config, '-h', `ldap://127.0.0.1:${port}`], { stdio: 'ignore' });
  await answers(port, child);
  return {
    url: `ldap://127.0.0.1:${port}`,
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answers(port: number, child: ChildProcess): Promise<void> {
  const endMs = performance.now() + START_MS;
  while (performance.now() < endMs && child.exitCode === null) {
    const isThere = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true));
      socket.on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (isThere) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('slapd did not start');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { readonly port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
