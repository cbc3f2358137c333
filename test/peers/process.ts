/** Child processes of tests: bounded in time, output kept, ended by process group, nothing left over. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atExit } from './at-exit.ts';

const MAX_OUTPUT_CHARS = 1_000_000;
const DEFAULT_LIFETIME_SEC = 180;
const STOP_GRACE_MS = 3_000;

export interface PeerProcessOptions {
  /** How the process is called in messages. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** The process is ended after this time, even when the test runner was killed. Default 180. */
  readonly lifetimeSec?: number;
  /** A pinned set of CPUs, in the syntax of taskset. */
  readonly cpus?: string;
}

export interface ExitStatus {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A failure of a peer that shows what the peer had printed. */
export class PeerError extends Error {
  readonly code = 'PEER_FAILED';
  constructor(message: string, output: string) {
    super(`${message}\n--- output ---\n${output.slice(-12_000)}\n--- end ---`);
    this.name = 'PeerError';
  }
}

/** A running program of the kit. It leads a process group of its own, which `stop()` ends as a whole. */
export class PeerProcess {
  readonly name: string;
  readonly pid: number;
  readonly exited: Promise<ExitStatus>;
  exitStatus: ExitStatus | undefined;
  #child: ChildProcess;
  #output = '';
  #listeners = new Set<() => void>();
  #cancelExitKill: () => void;

  constructor(options: PeerProcessOptions) {
    this.name = options.name;
    this.#child = spawnBounded(options);
    this.pid = this.#child.pid ?? -1;
    this.#cancelExitKill = atExit(() => signalGroup(this.pid, 'SIGKILL'));
    this.exited = new Promise((resolve) => {
      this.#child.once('error', (error) => this.#append(`${error.message}\n`));
      this.#child.once('close', (code, signal) => resolve(this.#onClose({ code, signal })));
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#append(text));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#append(text));
    this.#child.stdin?.on('error', () => {});
  }

  /** Everything printed so far on both channels, the oldest cut off beyond a million characters. */
  get output(): string {
    return this.#output;
  }

  write(text: string): void {
    this.#child.stdin?.write(text);
  }

  /** Resolves with the match once the output from `fromChar` on contains the pattern; rejects at exit or timeout. */
  async waitForOutput(pattern: RegExp, timeoutMs = 5_000, fromChar = 0): Promise<RegExpMatchArray> {
    const find = () => this.#output.slice(fromChar).match(pattern) ?? undefined;
    return await this.waitUntil(find, timeoutMs, `the output ${pattern}`);
  }

  /** Resolves once `probe` gives something; it is asked at every output. Rejects at exit or timeout. */
  waitUntil<T>(probe: () => T | undefined, timeoutMs: number, what: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => fail(`waited ${timeoutMs} ms for ${what} in vain`), timeoutMs);
      const settle = () => {
        clearTimeout(timer);
        this.#listeners.delete(check);
      };
      const fail = (message: string) => {
        settle();
        reject(this.error(message));
      };
      const check = () => {
        const found = probe();
        if (found !== undefined) {
          settle();
          resolve(found);
        } else if (this.exitStatus) fail(`ended before ${what} (${JSON.stringify(this.exitStatus)})`);
      };
      this.#listeners.add(check);
      check();
    });
  }

  error(message: string): PeerError {
    return new PeerError(`${this.name} (pid ${this.pid}): ${message}`, this.#output);
  }

  /** The id of the program itself; `pid` is its group and the guard of its lifetime. */
  get programPid(): number {
    try {
      const children = readFileSync(`/proc/${this.pid}/task/${this.pid}/children`, 'utf8');
      return Number(children.trim().split(' ')[0]) || this.pid;
    } catch {
      return this.pid;
    }
  }

  /** Sends a signal to the program, not to its guard. */
  signal(signal: NodeJS.Signals): void {
    if (!this.exitStatus) sendSignal(this.programPid, signal);
  }

  /** Ends the program, which its guard then reaps; after `graceMs`, and for what is left, the group. Idempotent. */
  async stop(first: NodeJS.Signals = 'SIGTERM', graceMs = STOP_GRACE_MS): Promise<ExitStatus> {
    if (this.exitStatus) return this.exitStatus;
    this.signal(first);
    const killer = setTimeout(() => signalGroup(this.pid, 'SIGKILL'), graceMs);
    const status = await this.exited;
    clearTimeout(killer);
    signalGroup(this.pid, 'SIGKILL');
    return status;
  }

  #append(text: string): void {
    this.#output = (this.#output + text).slice(-MAX_OUTPUT_CHARS);
    this.#notify();
  }

  #onClose(status: ExitStatus): ExitStatus {
    this.exitStatus = status;
    this.#cancelExitKill();
    this.#notify();
    return status;
  }

  #notify(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

/** `timeout` bounds the child even if we are killed; `detached` makes it the leader of a group we can end by id. */
function spawnBounded(options: PeerProcessOptions): ChildProcess {
  const limit = String(options.lifetimeSec ?? DEFAULT_LIFETIME_SEC);
  const pinned = options.cpus === undefined ? [] : ['taskset', '-c', options.cpus];
  const args = ['-k', '2', limit, ...pinned, options.command, ...options.args];
  return spawn('timeout', args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  sendSignal(-pid, signal);
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already, which is what was wanted.
  }
}

/** A fresh folder in the system's temporary folder; `remove()` deletes it with everything in it. */
export function temporaryFolder(name: string): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `unisono-${name}-`));
  const erase = () => rmSync(path, { recursive: true, force: true });
  const cancel = atExit(erase);
  const remove = () => {
    cancel();
    erase();
  };
  return { path, remove };
}
