import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { TestContext } from 'node:test';

const MAIN = join(import.meta.dirname, '../main.ts');
const START_MS = 60_000;

/** For tests: `unisono start` as a process of its own, on ports that the system chose. */
export interface RunningSystem {
  /** What it said on standard output so far. */
  readonly said: string;
  readonly logged: string;
  readonly udpPort: number;
  /** Password of an account, out of what was printed. */
  passwordOf(username: string): string;
  /** Sends a signal. */
  signal(signal: NodeJS.Signals): void;
  /** Sends the signal and gives the exit code, null when the signal killed it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** Starts and waits until it says that it runs. Fails with what it said when it ends before; ends with the test at the latest. */
export async function startSystem(
  t: TestContext,
  folder: string,
  args: readonly string[] = [],
): Promise<RunningSystem> {
  const child = spawnUnisono(folder, [
    'start',
    '--sip-port',
    '0',
    '--tls-port',
    'off',
    '--assistant-port',
    'off',
    '--sbc-port',
    'off',
    '--connector-port',
    'off',
    ...args,
  ]);
  t.after(() => child.kill('SIGKILL'));
  let said = '';
  let logged = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    logged += chunk.toString();
  });
  const limit = AbortSignal.timeout(START_MS);
  while (!said.includes('Stop with Ctrl-C')) {
    if (child.exitCode !== null || limit.aborted) throw new Error(`unisono did not start:\n${said}${logged}`);
    // At the limit, what it said tells more than that it was late.
    await Promise.race([once(child.stdout, 'data', { signal: limit }), once(child, 'exit')]).catch(() => {});
  }
  return {
    get said() {
      return said;
    },
    get logged() {
      return logged;
    },
    udpPort: Number(/UDP +127\.0\.0\.1:(\d+)/.exec(said)?.[1]),
    passwordOf: (username) => new RegExp(`  ${username} +(\\S+)$`, 'm').exec(said)?.[1] ?? '',
    signal: (signal) => void child.kill(signal),
    end: async (signal) => {
      child.kill(signal);
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      return child.exitCode;
    },
  };
}

export interface Finished {
  code: number | null;
  out: string;
  error: string;
}

/** Runs `unisono` to its end. */
export async function runUnisono(folder: string, args: readonly string[]): Promise<Finished> {
  const child = spawnUnisono(folder, args);
  const [out, error] = await Promise.all([textOf(child.stdout), textOf(child.stderr), once(child, 'exit')]);
  return { code: child.exitCode, out, error };
}

function spawnUnisono(folder: string, args: readonly string[]): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, [MAIN, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function textOf(stream: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}
