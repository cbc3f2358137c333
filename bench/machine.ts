/** The machine the figures come from. */
import { execFileSync } from 'node:child_process';
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
  };
}

function version(command: string, args: readonly string[], pattern: RegExp): string {
  try {
    return (
      execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).match(pattern)?.[1] ?? '?'
    );
  } catch (error) {
    // SIPp ends its version with exit code 99.
    const { stdout } = error as { readonly stdout?: string };
    return stdout?.match(pattern)?.[1] ?? 'not installed';
  }
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
