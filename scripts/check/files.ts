import { globSync } from 'node:fs';

/** Files below `root` that match, sorted, without anything installed or generated. */
export function filesOf(root: string, patterns: readonly string[]): string[] {
  const skipped = /(^|\/)(node_modules|coverage|dist|data|\.git)(\/|$)/;
  return globSync(patterns, { cwd: root, exclude: (path) => skipped.test(path) }).sort();
}
