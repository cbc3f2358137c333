/** Starts the whole system as its user does: a process with a configuration and a system data file. */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { demoSystem, exportSystem, parseSystem, type SystemData } from '@unisono/pbx';
import { SeededRandom } from '@unisono/sip';
import { type BaresipAccount, PeerProcess, type PortBlock, reservePorts, temporaryFolder } from '../peers/index.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const MAIN = join(ROOT, 'apps', 'unisono', 'src', 'main.ts');

export interface UnisonoOptions {
  /** Changes the demo company before it is written to the system data file. */
  readonly adapt?: (data: SystemData) => SystemData;
  /** Ports reserved before, when somebody has to know them first. Default: a block of its own. */
  readonly ports?: PortBlock;
  /** Lines of the section `sip`, beside ports. */
  readonly sip?: readonly string[];
  /** Lines at the end of the configuration. */
  readonly config?: readonly string[];
  readonly lifetimeSec?: number;
  /** Whoever is on hold hears music. */
  readonly musicOnHold?: boolean;
  /** Starts the border too, with doors for secure WebSockets and TLS; with these lines in its section `media`. */
  readonly border?: boolean | readonly string[];
  /** Lines of the section `sbc`, beside those. */
  readonly sbc?: readonly string[];
  /**
   * Starts Assistant and Connector too, with the demo company as `npm start` makes it: its people sign in with the passwords of their
   * softphones.
   */
  readonly cloud?: boolean;
  /** Members of the section `connector`, beside the port: `smtp: { url: … }`. */
  readonly connector?: readonly string[];
  /** Variables of the process, such as NODE_EXTRA_CA_CERTS. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Which of the reserved ports is which. */
export const PORT_OFFSETS = {
  sip: 0,
  tls: 1,
  ws: 2,
  doorWss: 3,
  doorTls: 4,
  doorPlain: 5,
  assistant: 6,
  connector: 7,
  firstRtp: 20,
} as const;

/** A running system on loopback ports of its own. */
export class Unisono {
  readonly data: SystemData;
  readonly sipPort: number;
  readonly tlsPort: number;
  readonly wsPort: number;
  /** Doors of the border, where there is one. */
  readonly doorWssPort: number;
  readonly doorTlsPort: number;
  /** Of Connector and Assistant, where there are such. */
  readonly connectorPort: number;
  readonly assistantPort: number;
  readonly folder: string;
  #process: PeerProcess;
  readonly #remove: () => void;

  constructor(
    process: PeerProcess,
    data: SystemData,
    ports: Record<'sip' | 'tls' | 'ws' | 'doorWss' | 'doorTls' | 'connector' | 'assistant', number>,
    folder: string,
    remove: () => void,
  ) {
    this.#process = process;
    this.data = data;
    this.sipPort = ports.sip;
    this.tlsPort = ports.tls;
    this.wsPort = ports.ws;
    this.doorWssPort = ports.doorWss;
    this.doorTlsPort = ports.doorTls;
    this.connectorPort = ports.connector;
    this.assistantPort = ports.assistant;
    this.folder = folder;
    this.#remove = remove;
  }

  get process(): PeerProcess {
    return this.#process;
  }

  /** Authority that TLS phones have to trust. */
  get caFile(): string {
    return join(this.folder, 'data', 'tls', 'ca.pem');
  }

  /** The account of a station's desk phone, for baresip. */
  desk(station: string, transport: 'udp' | 'tcp' | 'tls' = 'udp'): BaresipAccount {
    const account = this.data.stations.find((one) => one.id === station)?.device?.account;
    if (!account) throw new Error(`station ${station} has no phone`);
    return this.#account(account.username, account.password ?? '', transport);
  }

  /** The account of a user's clients. */
  client(user: string, transport: 'udp' | 'tcp' | 'tls' = 'udp'): BaresipAccount {
    const account = this.data.ufipDevices.find((one) => one.user === user)?.account;
    if (!account) throw new Error(`user ${user} has no UFIP device`);
    return this.#account(account.username, account.password ?? '', transport);
  }

  /** The output of a command of the command line, such as `cdr --json`, for this data folder. */
  async run(...args: string[]): Promise<string> {
    return (await runUnisono(...args, '--data', join(this.folder, 'data'))).output;
  }

  /** Kills the process without a word (SIGKILL) and starts it again with the same data. */
  async crashAndRestart(): Promise<void> {
    await this.restart('SIGKILL');
  }

  /** Ends the process by a signal and starts it again with the same data. */
  async restart(signal: NodeJS.Signals): Promise<void> {
    this.#process.signal(signal);
    await this.#process.exited;
    this.#process = await launch(this.folder, {});
  }

  async close(): Promise<void> {
    await this.#process.stop();
    this.#remove();
  }

  #account(user: string, password: string, transport: 'udp' | 'tcp' | 'tls'): BaresipAccount {
    const port = transport === 'tls' ? this.tlsPort : this.sipPort;
    return { user, password, domain: `127.0.0.1:${port}`, transport };
  }
}

/** Starts the system with the demo company, adapted, and waits until it hears. */
export async function startUnisono(options: UnisonoOptions = {}): Promise<Unisono> {
  if (options.cloud === true && options.adapt) throw new Error('the demo company of npm start is as it is');
  const demo = demoSystem({ random: new SeededRandom(7) });
  const data = options.adapt ? options.adapt(demo) : demo;
  const ports = options.ports ?? (await reservePorts());
  const folder = temporaryFolder('unisono');
  const numbers = {
    sip: ports.port(PORT_OFFSETS.sip),
    tls: ports.port(PORT_OFFSETS.tls),
    ws: ports.port(PORT_OFFSETS.ws),
    doorWss: ports.port(PORT_OFFSETS.doorWss),
    doorTls: ports.port(PORT_OFFSETS.doorTls),
    assistant: ports.port(PORT_OFFSETS.assistant),
    connector: ports.port(PORT_OFFSETS.connector),
  };
  const media = options.border ? await reservePorts() : undefined;
  writeFileSync(join(folder.path, 'system.yaml'), exportSystem(data));
  writeFileSync(
    join(folder.path, 'unisono.yaml'),
    [
      'data: data',
      ...(options.cloud === true ? [] : ['system: system.yaml']),
      'sip:',
      `  udp: ${numbers.sip}`,
      `  tcp: ${numbers.sip}`,
      `  tls: ${numbers.tls}`,
      `  ws: ${numbers.ws}`,
      ...(options.sip ?? []).map((line) => `  ${line}`),
      'rtp:',
      `  ports: ${ports.port(PORT_OFFSETS.firstRtp)}-${ports.last}`,
      // Most tests of hold look whether it is silent.
      `  musicOnHold: ${options.musicOnHold === true ? 'on' : 'off'}`,
      ...(options.cloud === true
        ? [
            `assistant: { listen: ${numbers.assistant} }`,
            `connector: { ${[`listen: ${numbers.connector}`, ...(options.connector ?? [])].join(', ')} }`,
          ]
        : ['assistant: { listen: off }', 'connector: { listen: off }']),
      'sbc:',
      ...(media
        ? [
            `  wss: ${numbers.doorWss}`,
            `  tls: ${numbers.doorTls}`,
            '  media:',
            '    workers: 1',
            ...(Array.isArray(options.border) ? options.border.map((line) => `    ${line}`) : []),
            `    outside: { ports: ${media.first}-${media.port(19)} }`,
            `    inside: { ports: ${media.port(20)}-${media.last} }`,
          ]
        : ['  wss: off']),
      ...(options.sbc ?? []).map((line) => `  ${line}`),
      ...(options.config ?? []),
      '',
    ].join('\n'),
  );
  const remove = () => {
    folder.remove();
    ports.release();
    media?.release();
  };
  try {
    const started = await launch(folder.path, options);
    const real = options.cloud === true ? await exportedData(join(folder.path, 'data')) : data;
    return new Unisono(started, real, numbers, folder.path, remove);
  } catch (error) {
    remove();
    throw error;
  }
}

/** The system data of a data folder. */
async function exportedData(folder: string): Promise<SystemData> {
  const { output } = await runUnisono('export', '--data', folder);
  const read = parseSystem(output);
  if (!read.ok) throw new Error(`the exported system data cannot be read: ${output.slice(0, 500)}`);
  return read.data;
}

/** Runs a command of the command line to its end. */
export async function runUnisono(
  ...args: string[]
): Promise<{ readonly output: string; readonly code: number | null }> {
  const child = new PeerProcess({ name: `unisono ${args[0]}`, command: process.execPath, args: [MAIN, ...args] });
  const { code } = await child.exited;
  return { output: child.output, code };
}

async function launch(folder: string, given: ChildOptions): Promise<PeerProcess> {
  return launchUnisono('start', join(folder, 'unisono.yaml'), given);
}

type ChildOptions = Pick<UnisonoOptions, 'env' | 'lifetimeSec'>;

/** Runs `unisono start` or `unisono sbc`, and waits until it hears. */
export async function launchUnisono(
  command: 'start' | 'sbc' | 'connector start',
  configFile: string,
  { env, lifetimeSec }: ChildOptions = {},
): Promise<PeerProcess> {
  const child = new PeerProcess({
    name: `unisono ${command}`,
    command: process.execPath,
    args: [MAIN, ...command.split(' '), '--config', configFile],
    ...(lifetimeSec === undefined ? {} : { lifetimeSec }),
    ...(env === undefined ? {} : { env }),
  });
  await child.waitForOutput(/Stop with|Unisono is running/, 40_000);
  return child;
}

/** One call record as `unisono cdr --json` prints it. */
export interface PrintedRecord {
  readonly dialled: string;
  readonly result: string;
  readonly [field: string]: unknown;
}

/** Reads the call records of a running system. */
export async function callRecords(system: Unisono): Promise<PrintedRecord[]> {
  const output = await system.run('cdr', '--json');
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as PrintedRecord);
}
