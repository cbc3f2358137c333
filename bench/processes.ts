/** What the kernel says about the CPU time and the memory of a process group and of a core. */
import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ, which is 100 on every Linux of today. */
const TICKS_PER_SEC = 100;
const OCTETS_PER_KB = 1024;

/** The fields of /proc/PID/stat after the name, which may hold spaces and parentheses itself. */
export function parseProcessStat(stat: string): { readonly groupId: number; readonly cpuSec: number } {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [groupId, userTicks, systemTicks] = [fields[2], fields[11], fields[12]].map(Number);
  return { groupId: groupId ?? 0, cpuSec: ((userTicks ?? 0) + (systemTicks ?? 0)) / TICKS_PER_SEC };
}

/** User and system time in seconds of all processes of a group that are still there. */
export function groupCpuSec(groupId: number): number {
  return processIds().reduce((sum, pid) => {
    const stat = readProc(`${pid}/stat`);
    if (stat === undefined) return sum;
    const parsed = parseProcessStat(stat);
    return parsed.groupId === groupId ? sum + parsed.cpuSec : sum;
  }, 0);
}

/** Resident memory of the group, shared pages counted once (PSS). */
export function groupMemoryOctets(groupId: number): number {
  return processIds().reduce((sum, pid) => {
    const stat = readProc(`${pid}/stat`);
    if (stat === undefined || parseProcessStat(stat).groupId !== groupId) return sum;
    return sum + parseProportionalKb(readProc(`${pid}/smaps_rollup`) ?? '') * OCTETS_PER_KB;
  }, 0);
}

/** The most memory that the processes of a group have had, each by itself, added up (VmHWM). */
export function groupPeakOctets(groupId: number): number {
  return processIds().reduce((sum, pid) => {
    const stat = readProc(`${pid}/stat`);
    if (stat === undefined || parseProcessStat(stat).groupId !== groupId) return sum;
    return sum + Number(readProc(`${pid}/status`)?.match(/^VmHWM:\s+(\d+) kB/m)?.[1] ?? 0) * OCTETS_PER_KB;
  }, 0);
}

/** The `Pss:` line of smaps_rollup, in kB; 0 when it is missing. */
export function parseProportionalKb(rollup: string): number {
  return Number(rollup.match(/^Pss:\s+(\d+) kB/m)?.[1] ?? 0);
}

/** Seconds in which the core was not idle since the machine started. */
export function coreBusySec(core: number): number {
  return parseCoreBusy(readFileSync('/proc/stat', 'utf8'), core);
}

/** A line of /proc/stat is user, nice, system, idle, iowait, irq, softirq, steal, ...; guest time is in user already. */
export function parseCoreBusy(stat: string, core: number): number {
  const line = stat.split('\n').find((text) => text.startsWith(`cpu${core} `));
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] =
    line?.trim().split(/\s+/).slice(1).map(Number) ?? [];
  return (user + nice + system + irq + softirq) / TICKS_PER_SEC;
}

function processIds(): string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return undefined;
  }
}
