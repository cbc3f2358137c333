/** Processes that a process has started, and those that these have started. Linux only. */
import { readdirSync, readFileSync } from 'node:fs';

export interface Descendant {
  readonly pid: number;
  readonly name: string;
}

export function descendants(pid: number): Descendant[] {
  const children = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      const status = statusOf(entry);
      return status?.parent === pid ? [{ pid: Number(entry), name: status.name }] : [];
    });
  return children.flatMap((child) => [child, ...descendants(child.pid)]);
}

/** Undefined when it has ended meanwhile. */
function statusOf(pid: string): { readonly parent: number; readonly name: string } | undefined {
  try {
    const [, name = '', parent] = /^\d+ \((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return { parent: Number(parent), name };
  } catch {
    return undefined;
  }
}
