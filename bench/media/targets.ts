/** The media engines that are measured, behind one face. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isListening, PeerProcess, reservePorts } from '../../test/peers/index.ts';
import type { MediaServer } from './job.ts';

const SERVER_PROGRAM = join(import.meta.dirname, 'server', 'main.ts');
const OBSERVING = ['--expose-gc', '--import', join(import.meta.dirname, '..', 'targets', 'observe.ts')];
const RTPENGINE = '/usr/bin/rtpengine';
const ADDRESS = '127.0.0.1';
const LIFETIME_SEC = 900;
const START_TIMEOUT_MS = 15_000;
const LOOK_MS = 50;
/** Below the ports that the kernel gives to whoever asks, and above those of the peers of tests. */
const MEDIA_PORTS = { first: 10_000, last: 19_999 };

/** A running engine. */
export interface MediaTarget {
  readonly server: Omit<MediaServer, 'core'>;
  /** Gives memory back that is only waiting for its collection. */
  settle(): void;
  stop(): Promise<void>;
}

export interface MediaTargetKind {
  readonly name: string;
  /** Why it cannot be measured here; undefined when it can. */
  missing(): string | undefined;
  /** `cpus`: the core it is bound to. */
  start(cpus: string): Promise<MediaTarget>;
}

/** A relay on Node that looks at nothing, which bounds what any on Node can do. */
export const bareRelay: MediaTargetKind = ownServer('bare-relay', 'bare');

/** The embedded engine with one worker, as the SBC starts it. */
export const embedded: MediaTargetKind = ownServer('unisono', 'embedded');

/** Debian's rtpengine, without its part in the kernel. */
export const rtpengine: MediaTargetKind = {
  name: 'rtpengine',
  missing: () => (existsSync(RTPENGINE) ? undefined : `${RTPENGINE} is not there`),
  start: async (cpus) => {
    const ports = await reservePorts();
    const port = ports.port(0);
    const child = new PeerProcess({
      name: 'rtpengine',
      command: RTPENGINE,
      args: rtpengineArguments(port),
      cpus,
      lifetimeSec: LIFETIME_SEC,
    });
    const target = targetOf(child, { control: 'ng', port }, () => ports.release());
    return await started(target, () => whenListening(child, port));
  },
};

export const mediaTargets: readonly MediaTargetKind[] = [bareRelay, embedded, rtpengine];

function ownServer(name: string, kind: 'bare' | 'embedded'): MediaTargetKind {
  return {
    name,
    missing: () => undefined,
    start: async (cpus) => {
      const ports = await reservePorts();
      const port = ports.port(0);
      const range = [MEDIA_PORTS.first, MEDIA_PORTS.last].map(String);
      const child = new PeerProcess({
        name,
        command: process.execPath,
        args: [...OBSERVING, SERVER_PROGRAM, kind, String(port), ...range],
        cpus,
        lifetimeSec: LIFETIME_SEC,
      });
      const target = targetOf(child, { control: 'line', port }, () => ports.release());
      return await started(target, () => child.waitForOutput(/ready/, START_TIMEOUT_MS));
    },
  };
}

function rtpengineArguments(port: number): string[] {
  return [
    '--table=-1',
    `--interface=${ADDRESS}`,
    `--listen-ng=${ADDRESS}:${port}`,
    `--port-min=${MEDIA_PORTS.first}`,
    `--port-max=${MEDIA_PORTS.last}`,
    '--delete-delay=0',
    '--config-file=none',
    '--foreground',
    '--log-stderr',
    // Warnings: a line for each call would be part of what is measured.
    '--log-level=4',
    // One core, one thread for packets: as many as the embedded engine has workers.
    '--num-threads=1',
  ];
}

function targetOf(child: PeerProcess, server: Pick<MediaServer, 'control' | 'port'>, release: () => void): MediaTarget {
  return {
    server: { ...server, groupId: child.pid },
    settle: () => {
      if (server.control === 'line') child.signal('SIGUSR2');
    },
    stop: async () => {
      await child.stop();
      release();
    },
  };
}

async function started(target: MediaTarget, isUp: () => Promise<unknown>): Promise<MediaTarget> {
  try {
    await isUp();
    return target;
  } catch (error) {
    await target.stop();
    throw error;
  }
}

async function whenListening(child: PeerProcess, port: number): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (!isListening('udp', port)) {
    if (performance.now() > deadline || child.exitStatus) throw child.error(`does not listen on UDP port ${port}`);
    await delay(LOOK_MS);
  }
}
