/** The machine the figures come from. */
import { spawnSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { coreBusySec } from './processes.ts';

const OCTETS_PER_GB = 2 ** 30;

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly kernel: string;
  readonly node: string;
  readonly kamailio: string;
  readonly sipp: string;
  readonly rtpengine: string;
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / OCTETS_PER_GB),
    kernel: release(),
    node: process.version,
    kamailio: version('/usr/sbin/kamailio', ['-v'], /version: kamailio (\S+)/),
    sipp: version('sipp', ['-v'], /SIPp (\S+?)\.?$/m),
    rtpengine: version('rtpengine', ['--version'], /Version: (\S+)/),
  };
}

/** From what a program says of itself on either channel; SIPp ends that with exit code 99. */
function version(command: string, args: readonly string[], pattern: RegExp): string {
  const { error, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (error) return 'not installed';
  return `${stdout}${stderr}`.match(pattern)?.[1] ?? '?';
}

const QUIET_SHARE = 0.1;
const LOOK_MS = 1_000;

/** Waits until both cores are nearly idle for a second, at most so long. Gives the busy share of the last second. */
export async function waitForQuiet(cores: readonly number[], longestSec: number): Promise<number> {
  const deadline = performance.now() + longestSec * 1000;
  for (;;) {
    const before = cores.map(coreBusySec);
    await delay(LOOK_MS);
    const busy = Math.max(...cores.map((core, index) => coreBusySec(core) - (before[index] ?? 0)));
    if (busy < QUIET_SHARE || performance.now() > deadline) return busy;
  }
}
