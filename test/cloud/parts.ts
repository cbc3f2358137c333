/** Every part of the system as a process of its own, on one machine: Connector, gateway, border, Assistant behind a proxy. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { type ConnectProxy, startConnectProxy } from '../../apps/unisono/src/testing/connect-proxy.ts';
import { runUnisono } from '../interop/unisono.ts';
import { PeerProcess, type PortBlock, reservePorts, temporaryFolder } from '../peers/index.ts';

const MAIN = join(import.meta.dirname, '../../apps/unisono/src/main.ts');
const START_MS = 40_000;
const WAIT_MS = 30_000;
const CREDENTIALS = { username: 'unisono', password: 'through the wall' };
const TENANT = 'lindner-optik';
const DOMAIN = 'lindner-optik.example';

export type PartName = 'connector' | 'gateway' | 'sbc' | 'assistant';

/** The command of each part. */
const COMMANDS: Record<PartName, readonly string[]> = {
  connector: ['connector', 'start'],
  gateway: ['gateway'],
  sbc: ['sbc'],
  assistant: ['assistant'],
};

export interface Asked {
  readonly method?: string;
  readonly token?: string;
  readonly body?: unknown;
  /** Another kind of body. */
  readonly csv?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

// biome-ignore lint/suspicious/noExplicitAny: answers of many forms, looked into
type Answer = any;

export class Parts {
  readonly folder: string;
  readonly proxy: ConnectProxy;
  readonly doorPort: number;
  readonly sipPort: number;
  readonly connectorPort: number;
  readonly assistantPort: number;
  adminKey = '';
  readonly #processes = new Map<PartName, PeerProcess>();
  readonly #env: Readonly<Record<string, string>> | undefined;
  readonly #remove: () => void;

  constructor(
    folder: string,
    proxy: ConnectProxy,
    ports: PortBlock,
    { env }: Pick<PartsOptions, 'env'>,
    remove: () => void,
  ) {
    this.folder = folder;
    this.#env = env;
    this.proxy = proxy;
    this.sipPort = ports.port(0);
    this.doorPort = ports.port(1);
    this.connectorPort = ports.port(2);
    this.assistantPort = ports.port(3);
    this.#remove = remove;
  }

  process(part: PartName): PeerProcess {
    const found = this.#processes.get(part);
    if (found === undefined) throw new Error(`${part} does not run`);
    return found;
  }

  async start(part: PartName): Promise<void> {
    const child = new PeerProcess({
      name: part,
      command: process.execPath,
      args: [MAIN, ...COMMANDS[part], '--config', join(this.folder, `${part}.yaml`)],
      lifetimeSec: 200,
      ...(this.#env && { env: this.#env }),
    });
    this.#processes.set(part, child);
    await child.waitForOutput(/Stop with Ctrl-C/, START_MS);
  }

  /** Kills without a word. */
  async kill(part: PartName): Promise<void> {
    const child = this.process(part);
    child.signal('SIGKILL');
    await child.exited;
  }

  /** Asks the Connector over HTTPS, as the tenant's administrator unless a token is given. */
  cloud(path: string, asked: Asked = {}): Promise<Answer> {
    const ca = join(this.folder, 'connector/tls/ca.pem');
    return ask(this.connectorPort, ca, path, { token: this.adminKey, ...asked });
  }

  /** Asks the Assistant over HTTPS with the token of this machine. */
  assistant(path: string, asked: Asked = {}): Promise<Answer> {
    const { token } = JSON.parse(readFileSync(join(this.folder, 'pbx/assistant-access.json'), 'utf8')) as {
      token: string;
    };
    return ask(this.assistantPort, join(this.folder, 'pbx/tls/ca.pem'), `/api/v1${path}`, { token, ...asked });
  }

  run(...args: string[]): ReturnType<typeof runUnisono> {
    return runUnisono(...args);
  }

  /** Makes a person, reads the invitation out of the outbox, and signs in as them. Gives the token of the session. */
  async signedIn(firstName: string): Promise<string> {
    const email = `${firstName.toLowerCase()}@${DOMAIN}`;
    const known = (await this.cloud(`/v1/admin/users?q=${encodeURIComponent(email)}`)).users[0];
    if (known === undefined)
      await this.cloud('/v1/admin/users', { method: 'POST', body: { email, firstName, lastName: 'X' } });
    else await this.cloud(`/v1/admin/users/${known.id}/invitation`, { method: 'POST' });
    const token = await until(() => this.#invitationOf(email), `the invitation of ${email}`);
    const body = { token, password: 'correct horse battery', installation: { name: 'Browser' } };
    return (await this.cloud('/v1/sign-in/mailed', { method: 'POST', body, token: '' })).token;
  }

  #invitationOf(email: string): string | undefined {
    const outbox = join(this.folder, 'connector/outbox');
    if (!existsSync(outbox)) return undefined;
    const texts = readdirSync(outbox).map((name) => readFileSync(join(outbox, name), 'utf8'));
    const mail = texts.findLast((text) => text.includes(email));
    return /#(ut_[\w-]+)/.exec(mail ?? '')?.[1];
  }

  async close(): Promise<void> {
    for (const child of [...this.#processes.values()].reverse()) await child.stop();
    await this.proxy.close();
    this.#remove();
  }
}

export interface PartsOptions {
  /** System data in the place of the demo company's. */
  readonly system?: unknown;
  readonly withoutBorder?: boolean;
  /** Members of the section `connector`, beside the port. */
  readonly connector?: Readonly<Record<string, unknown>>;
  /** Variables of all processes. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts Connector and gateway, makes the tenant, and then starts border and Assistant. */
export async function startParts(options: PartsOptions = {}): Promise<Parts> {
  const { system, withoutBorder = false } = options;
  const [ports, media] = [await reservePorts(), await reservePorts()];
  const folder = temporaryFolder('parts');
  const proxy = await startConnectProxy(CREDENTIALS);
  const parts = new Parts(folder.path, proxy, ports, options, () => {
    folder.remove();
    ports.release();
    media.release();
  });
  const write = (part: PartName, config: unknown): void =>
    writeFileSync(join(folder.path, `${part}.yaml`), JSON.stringify(config));
  mkdirSync(join(folder.path, 'pbx'));
  try {
    write('connector', { data: 'connector', connector: { listen: parts.connectorPort, ...options.connector } });
    await parts.start('connector');
    const { key, directoryKey } = await tenantKeys(parts);
    const sip = { udp: parts.sipPort, tcp: parts.sipPort, tls: 'off', borders: ['127.0.0.1'] };
    const pbx = {
      data: 'pbx',
      ...(system === undefined ? {} : { system: 'system.yaml' }),
      sip,
      limits: { lagMs: 5000 },
      rtp: { ports: `${ports.port(20)}-${ports.last}` },
      clients: { url: `wss://127.0.0.1:${parts.doorPort}/` },
      assistant: {
        listen: parts.assistantPort,
        connector: `https://127.0.0.1:${parts.connectorPort}`,
        key,
        directoryKey,
        ca: 'connector/tls/ca.pem',
        proxy: { url: proxy.url, ...CREDENTIALS },
      },
    };
    if (system !== undefined) writeFileSync(join(folder.path, 'system.yaml'), JSON.stringify(system));
    write('gateway', pbx);
    write('assistant', pbx);
    write('sbc', {
      data: 'sbc',
      sbc: {
        wss: parts.doorPort,
        gateways: [`udp:127.0.0.1:${parts.sipPort}`],
        media: {
          workers: 1,
          outside: { ports: `${media.first}-${media.port(19)}` },
          inside: { ports: `${media.port(20)}-${media.last}` },
        },
      },
    });
    await parts.start('gateway');
    await Promise.all([...(withoutBorder ? [] : [parts.start('sbc')]), parts.start('assistant')]);
    return parts;
  } catch (error) {
    await parts.close();
    throw error;
  }
}

/** The tenant of the demo company; gives the keys of its phone system. */
async function tenantKeys(parts: Parts): Promise<{ readonly key: string; readonly directoryKey: string }> {
  const data = ['--data', join(parts.folder, 'connector')];
  const made = await parts.run(
    'connector',
    'add-tenant',
    TENANT,
    'Lindner Optik',
    '--domain',
    DOMAIN,
    '--json',
    ...data,
  );
  parts.adminKey = (JSON.parse(made.output) as { secret: string }).secret;
  const keyOf = async (scope: string): Promise<string> => {
    const key = await parts.run('connector', 'add-key', TENANT, '--scope', scope, '--json', ...data);
    return (JSON.parse(key.output) as { secret: string }).secret;
  };
  return { key: await keyOf('assistant'), directoryKey: await keyOf('directory') };
}

/** Asks over HTTPS; rejects for every answer that is no success. */
export function ask(port: number, caFile: string, path: string, asked: Asked): Promise<Answer> {
  const { method = 'GET', token, body, csv, headers = {} } = asked;
  const text = csv ?? (body === undefined ? undefined : JSON.stringify(body));
  const type = csv === undefined ? 'application/json' : 'text/csv';
  return new Promise((resolve, reject) => {
    const one = request(
      {
        host: '127.0.0.1',
        port,
        path,
        method,
        ca: readFileSync(caFile),
        agent: false,
        timeout: WAIT_MS,
        headers: {
          ...(token ? { authorization: `Bearer ${token}` } : {}),
          ...(text === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(text) }),
          ...headers,
        },
      },
      (response) => {
        let answer = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          answer += part;
        });
        response.on('end', () => {
          const status = response.statusCode ?? 0;
          if (status >= 300) reject(new Error(`${method} ${path}: ${status} ${answer}`));
          else resolve(answer === '' ? undefined : JSON.parse(answer));
        });
      },
    );
    one.on('error', reject);
    one.end(text);
  });
}

/** Waits for something; fails after half a minute. */
export async function until<T>(
  probe: () => T | undefined | Promise<T | undefined>,
  what: string,
  limitMs = WAIT_MS,
  lookMs = 50,
): Promise<T> {
  const endMs = Date.now() + limitMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > endMs) throw new Error(`it did not come: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
}
