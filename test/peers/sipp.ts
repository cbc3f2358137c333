/** Runs SIPp with a scenario of this folder and reads what it counted. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { peerPath } from './find.ts';
import { isListening, reservePorts } from './ports.ts';
import { PeerProcess, temporaryFolder } from './process.ts';
import { parseSippResponseTimes, parseSippStatistics, type SippCalls } from './sipp-stats.ts';

const START_TIMEOUT_MS = 5_000;
const LISTENER_POLL_MS = 20;
const DEFAULT_TIMEOUT_SEC = 20;
const EXIT_ALL_SUCCESSFUL = 0;
const KEY_DEFAULTS = { contact_port: '[local_port]' };

/** The files of `sipp/`, each described in its head. `uac*` and `malformed` call, `uas*` are called. */
export type SippScenario =
  | 'register'
  | 'uac'
  | 'uac-auth'
  | 'uac-cancel-early'
  | 'uac-cancel-ringing'
  | 'uac-hold'
  | 'uac-late-offer'
  | 'uac-lost-ack'
  | 'uac-replaces'
  | 'malformed'
  | 'uas'
  | 'uas-held'
  | 'uas-rings'
  | 'uas-busy'
  | 'uas-decline'
  | 'uas-unavailable'
  | 'uas-redirect'
  | 'uas-lost-200';

/** Who calls whom in one call; with more calls than rows they start again from the first. */
export interface SippRow {
  readonly user: string;
  readonly target?: string;
  /** With it the scenarios that are challenged give credentials. */
  readonly password?: string;
  readonly authUser?: string;
}

export interface SippOptions {
  /** A scenario of the kit, or the path of a file. */
  readonly scenario: SippScenario | { readonly file: string };
  /** host:port of the server, for scenarios that call. */
  readonly remote?: string;
  readonly rows?: readonly SippRow[];
  /** Calls after which it ends. Default: 1 when calling, without end when called. */
  readonly calls?: number;
  readonly ratePerSec?: number;
  readonly concurrentCalls?: number;
  /** The pause of the scenario. Default 0. */
  readonly pauseMs?: number;
  /** What stands for `[name]` in the scenario. */
  readonly keys?: Readonly<Record<string, string | number>>;
  readonly transport?: 'udp' | 'tcp';
  readonly port?: number;
  /** SIPp fails after this time. Default 20. */
  readonly timeoutSec?: number;
  readonly cpus?: string;
  readonly extraArguments?: readonly string[];
}

export interface SippResult {
  readonly exitCode: number | null;
  /** All calls went as the scenario says. */
  readonly ok: boolean;
  readonly calls: SippCalls;
  /** From `start_rtd` to `rtd` of the scenario; for calls from INVITE to 180. */
  readonly responseTimesMs: readonly number[];
  /** What was unexpected, with the messages; the end of the output when SIPp did not start. */
  readonly errors: string;
}

export interface Sipp {
  readonly process: PeerProcess;
  readonly address: string;
  readonly port: number;
  /** Resolves when SIPp has ended by itself or was stopped. */
  readonly done: Promise<SippResult>;
  /** Lets running calls end, then ends SIPp. */
  finish(): Promise<SippResult>;
  close(): Promise<void>;
}

/** Runs SIPp to its end. Failed calls are in the result, they do not reject. */
export async function runSipp(options: SippOptions): Promise<SippResult> {
  const sipp = await startSipp(options);
  try {
    return await sipp.done;
  } finally {
    await sipp.close();
  }
}

/** Starts SIPp and waits until it listens. */
export async function startSipp(options: SippOptions): Promise<Sipp> {
  const command = peerPath('sipp');
  const ports = await reservePorts();
  const folder = temporaryFolder('sipp');
  const port = options.port ?? ports.port(0);
  writeScenario(folder.path, options);
  writeRows(folder.path, options.rows ?? [{ user: 'sipp' }]);
  const child = new PeerProcess({
    name: `sipp ${scenarioName(options)}`,
    command,
    args: sippArguments(options, folder.path, { sip: port, media: ports.port(10), control: ports.port(2) }),
    cwd: folder.path,
    lifetimeSec: (options.timeoutSec ?? DEFAULT_TIMEOUT_SEC) + 10,
    ...(options.cpus === undefined ? {} : { cpus: options.cpus }),
  });
  const done = child.exited.then(({ code }) => readResult(folder.path, code, child.output));
  const close = async () => {
    await child.stop('SIGKILL');
    await done;
    folder.remove();
    ports.release();
  };
  const finish = async () => {
    child.signal('SIGUSR1');
    return await done;
  };
  try {
    await waitForListener(child, options.transport ?? 'udp', port);
  } catch (error) {
    await close();
    throw error;
  }
  return { process: child, address: '127.0.0.1', port, done, finish, close };
}

/** SIPp prints nothing until its buffer is full, so the kernel is asked. A SIPp that ended early tells by its result. */
async function waitForListener(child: PeerProcess, transport: 'udp' | 'tcp', port: number): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!isListening(transport, port) && !child.exitStatus) {
    if (Date.now() > deadline) throw child.error(`does not listen at port ${port} after ${START_TIMEOUT_MS} ms`);
    await delay(LISTENER_POLL_MS);
  }
}

function sippArguments(
  options: SippOptions,
  folder: string,
  ports: { readonly sip: number; readonly media: number; readonly control: number },
): string[] {
  const { remote, ratePerSec = 10, concurrentCalls, pauseMs = 0, transport = 'udp' } = options;
  const calls = options.calls ?? (remote === undefined ? undefined : 1);
  return [
    ...(remote === undefined ? [] : [remote]),
    ...['-sf', join(folder, 'scenario.xml'), '-inf', join(folder, 'rows.csv')],
    ...['-i', '127.0.0.1', '-p', String(ports.sip), '-mi', '127.0.0.1', '-mp', String(ports.media)],
    ...['-ci', '127.0.0.1', '-cp', String(ports.control), '-t', transport === 'udp' ? 'u1' : 't1'],
    ...(calls === undefined ? [] : ['-m', String(calls)]),
    ...['-r', String(ratePerSec), '-d', String(pauseMs)],
    ...(concurrentCalls === undefined ? [] : ['-l', String(concurrentCalls)]),
    ...['-timeout', `${options.timeoutSec ?? DEFAULT_TIMEOUT_SEC}s`, '-timeout_error'],
    ...['-nostdin', '-trace_err', '-error_file', join(folder, 'errors.log')],
    ...['-trace_stat', '-stf', join(folder, 'statistics.csv'), '-fd', '1', '-trace_rtt', '-rtt_freq', '1'],
    ...(options.extraArguments ?? []),
  ];
}

/** Keys are put into the text here, because SIPp takes its own only inside messages. */
function writeScenario(folder: string, options: SippOptions): void {
  const file = typeof options.scenario === 'string' ? builtInScenario(options.scenario) : options.scenario.file;
  let text = readFileSync(file, 'utf8');
  for (const [key, value] of Object.entries({ ...KEY_DEFAULTS, ...options.keys }))
    text = text.replaceAll(`[${key}]`, String(value));
  writeFileSync(join(folder, 'scenario.xml'), text);
}

function builtInScenario(name: SippScenario): string {
  return join(import.meta.dirname, 'sipp', `${name}.xml`);
}

function scenarioName(options: SippOptions): string {
  return typeof options.scenario === 'string' ? options.scenario : options.scenario.file;
}

function writeRows(folder: string, rows: readonly SippRow[]): void {
  const lines = rows.map(({ user, target = '', password = '', authUser = user }) =>
    [user, target, `[authentication username=${authUser} password=${password}]`].join(';'),
  );
  writeFileSync(join(folder, 'rows.csv'), `SEQUENTIAL\n${lines.join('\n')}\n`);
}

function readResult(folder: string, exitCode: number | null, output: string): SippResult {
  const read = (file: string) => (existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : '');
  const responseTimes = readdirSync(folder).find((name) => name.endsWith('_rtt.csv'));
  const ok = exitCode === EXIT_ALL_SUCCESSFUL;
  return {
    exitCode,
    ok,
    calls: parseSippStatistics(read('statistics.csv')),
    responseTimesMs: responseTimes === undefined ? [] : parseSippResponseTimes(read(responseTimes)),
    errors: ok ? '' : read('errors.log') || output.slice(-4_000),
  };
}
