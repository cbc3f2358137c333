/** A Connector on its core, with people in its directory; and where it is wanted a phone system with its Assistant. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PeerProcess, reservePorts, temporaryFolder } from '../../test/peers/index.ts';
import { waitForQuiet } from '../machine.ts';
import type { Options } from '../options.ts';
import { LOAD_CORE, SERVER_CORE } from '../stage.ts';
import { company } from '../targets/company.ts';
import { type Directory, fillDirectory } from './people.ts';
import type { StoreKind } from './stores.ts';

const PROGRAM = join(import.meta.dirname, '../../apps/unisono/src/main.ts');
const OBSERVING = ['--expose-gc', '--import', join(import.meta.dirname, '../targets/observe.ts')];
const START_MS = 60_000;
const LIFETIME_SEC = 900;
const COLLECT_MS = 3_000;

export interface CloudScene {
  readonly directory: Directory;
  /** Of the database. */
  readonly target: string;
  readonly connector: PeerProcess;
  readonly connectorPort: number;
  /** Certificate authority of the Connector, a file. */
  readonly ca: string;
  /** Process groups of the service: the Connector, and its database where that is another process. */
  readonly groups: readonly number[];
  /** Asks the Connector. */
  ask(method: string, path: string, token: string, body?: unknown): Promise<unknown>;
  /** Gives memory back that is only waiting for its collection. */
  settle(): Promise<void>;
  /** Starts a gateway with its Assistant, for so many people, on the core of the load. */
  phoneSystem(people: number): Promise<PhoneSystem>;
}

export interface PhoneSystem {
  readonly process: PeerProcess;
  readonly sipPort: number;
  /** Asks the Assistant. */
  ask(method: string, path: string, body?: unknown): Promise<unknown>;
}

/** Starts it all, hands it over, and stops it whatever happens. */
export async function onCloud<T>(
  kind: StoreKind,
  { people, signedIn }: { readonly people: number; readonly signedIn: number },
  { quietSec }: Options,
  act: (scene: CloudScene) => Promise<T>,
): Promise<T> {
  const ports = await reservePorts();
  const folder = temporaryFolder('bench-cloud');
  const store = await kind.open(String(SERVER_CORE));
  const started: PeerProcess[] = [];
  try {
    mkdirSync(join(folder.path, 'connector'));
    const target = store.url ?? join(folder.path, 'connector/connector.db');
    const directory = await fillDirectory(target, people, signedIn);
    await waitForQuiet([SERVER_CORE, LOAD_CORE], quietSec);
    const port = ports.port(0);
    const connector = {
      listen: port,
      // The load says from which address each request comes: one address has a limit.
      trustProxy: ['127.0.0.1'],
      ...(store.url === undefined ? {} : { database: store.url }),
    };
    const config = { data: 'connector', connector, log: { level: 'warn' } };
    const child = start(folder.path, 'connector', ['connector', 'start'], config, SERVER_CORE);
    started.push(child);
    await child.waitForOutput(/Stop with/, START_MS);
    const ca = join(folder.path, 'connector/tls/ca.pem');
    return await act({
      directory,
      target,
      connector: child,
      connectorPort: port,
      ca,
      groups: [child.pid, ...(store.groupId === undefined ? [] : [store.groupId])],
      ask: (method, path, token, body) => ask(port, ca, method, path, token, body),
      settle: () => settle(child),
      phoneSystem: async (count) => {
        const assistant = {
          listen: ports.port(2),
          connector: `https://127.0.0.1:${port}`,
          key: directory.assistantKey,
          ca: 'connector/tls/ca.pem',
          withdrawPercent: 50,
        };
        writeFileSync(
          join(folder.path, 'system.yaml'),
          JSON.stringify(company(count, { hasPhones: false, hasClients: true })),
        );
        const sip = { udp: ports.port(1), tcp: 'off', tls: 'off' };
        const all = { data: 'pbx', system: 'system.yaml', sip, sbc: { wss: 'off' }, assistant, log: { level: 'warn' } };
        const gateway = start(folder.path, 'pbx', ['start'], all, LOAD_CORE);
        started.push(gateway);
        await gateway.waitForOutput(/Administration:/, START_MS);
        const access = () =>
          JSON.parse(readFileSync(join(folder.path, 'pbx/assistant-access.json'), 'utf8')) as {
            readonly token: string;
          };
        return {
          process: gateway,
          sipPort: ports.port(1),
          ask: (method, path, body) =>
            ask(ports.port(2), join(folder.path, 'pbx/tls/ca.pem'), method, `/api/v1${path}`, access().token, body),
        };
      },
    });
  } finally {
    for (const child of started.reverse()) await child.stop();
    store.stop();
    folder.remove();
    ports.release();
  }
}

function start(folder: string, name: string, command: readonly string[], config: object, core: number): PeerProcess {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, JSON.stringify(config));
  return new PeerProcess({
    name,
    command: process.execPath,
    args: [...process.execArgv, ...OBSERVING, PROGRAM, ...command, '--config', file],
    cwd: folder,
    cpus: String(core),
    lifetimeSec: LIFETIME_SEC,
  });
}

async function settle(child: PeerProcess): Promise<void> {
  child.signal('SIGUSR2');
  await delay(COLLECT_MS);
}

function ask(
  port: number,
  caFile: string,
  method: string,
  path: string,
  token: string,
  body?: unknown,
): Promise<unknown> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const type = {
    'idempotency-key': randomUUID(),
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text ?? ''),
  };
  const headers = { authorization: `Bearer ${token}`, ...(text === undefined ? {} : type) };
  return new Promise((resolve, reject) => {
    const one = request({ host: '127.0.0.1', port, path, method, ca: readFileSync(caFile), headers, agent: false });
    one.on('response', (response) => {
      let answer = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        answer += part;
      });
      response.on('end', () => {
        if ((response.statusCode ?? 0) >= 300) reject(new Error(`${method} ${path}: ${response.statusCode} ${answer}`));
        else resolve(answer === '' ? undefined : JSON.parse(answer));
      });
    });
    one.on('error', reject);
    one.end(text);
  });
}
