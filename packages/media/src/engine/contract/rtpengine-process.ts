import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { ControlAddress } from '../rtpengine/control.ts';

/** Where the program is; undefined when it is not installed. */
export function rtpenginePath(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'];
  return folders.map((folder) => join(folder, 'rtpengine')).find(isExecutable);
}

/** An rtpengine on loopback, in userspace, for one test. */
export class RtpengineProcess {
  readonly control: ControlAddress;
  readonly #folder: string;
  readonly #firstPort: number;
  #child: ChildProcess;

  private constructor(control: ControlAddress, firstPort: number) {
    this.control = control;
    this.#firstPort = firstPort;
    this.#folder = mkdtempSync(join(tmpdir(), 'rtpengine-'));
    this.#child = this.#spawn();
  }

  static async start(): Promise<RtpengineProcess> {
    const port = await freePort();
    // Two hundred ports, below those that the system gives out by itself.
    const firstPort = 16_000 + 200 * (port % 60);
    return new RtpengineProcess({ address: '127.0.0.1', port }, firstPort);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGKILL');
      await ended;
    }
  }

  restart(): void {
    this.#child = this.#spawn();
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #spawn(): ChildProcess {
    const program = rtpenginePath();
    if (program === undefined) throw new Error('rtpengine is not installed');
    const { address, port } = this.control;
    return spawn(
      program,
      [
        '--table=-1',
        '--config-file=none',
        '--foreground',
        '--log-stderr',
        '--log-level=4',
        // With two threads, datagrams of one handshake overtake each other: about one in thirty of werift's, which sends each
        // record by itself, was never completed; with one thread none of 250.
        '--num-threads=1',
        `--interface=${address}`,
        `--listen-ng=${address}:${port}`,
        `--port-min=${this.#firstPort}`,
        `--port-max=${this.#firstPort + 199}`,
        `--pidfile=${join(this.#folder, 'pid')}`,
      ],
      { stdio: process.env.RTPENGINE_LOG ? ['ignore', 'inherit', 'inherit'] : 'ignore' },
    );
  }
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((bound) => socket.bind(0, '127.0.0.1', bound));
  const { port } = socket.address();
  socket.close();
  return port;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
