/** What a server holds, read when everything that ended before is forgotten. */
import { setTimeout as delay } from 'node:timers/promises';
import { groupMemoryOctets } from './processes.ts';
import type { Target } from './targets/target.ts';

/** For the kernel to take back what was given back. */
const COLLECT_MS = 3_000;

export interface MemoryInUse {
  /** What the processes have of the machine's memory; freed memory that they keep for later counts. */
  readonly residentOctets: number;
  /** What is in use of it; undefined for a server that cannot tell. */
  readonly liveOctets: number | undefined;
}

export async function settledMemory(target: Target, settleSec: number): Promise<MemoryInUse> {
  await delay(settleSec * 1000);
  target.settle();
  await delay(COLLECT_MS);
  const residentOctets = groupMemoryOctets(target.pid);
  return { residentOctets, liveOctets: await target.liveOctets?.() };
}

/** The difference, divided by what there is more of: `NAMEKb` is resident, `NAMELiveKb` in use. */
export function perUnitKb(
  name: string,
  before: MemoryInUse,
  after: MemoryInUse,
  units: number,
): Record<string, number> {
  const kb = (octets: number) => octets / 1_000 / Math.max(1, units);
  const resident = { [`${name}Kb`]: kb(after.residentOctets - before.residentOctets) };
  if (before.liveOctets === undefined || after.liveOctets === undefined) return resident;
  return { ...resident, [`${name}LiveKb`]: kb(after.liveOctets - before.liveOctets) };
}
