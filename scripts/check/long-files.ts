import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesOf } from './files.ts';

const MAX_LINES = 450;

/** Files that may be longer, each with the reason. An entry that is no longer needed is an error too. */
const MAY_BE_LONG: Readonly<Record<string, string>> = {};

/** Source files that have grown past what one reads in a sitting. */
export function longFiles(root: string): string[] {
  const long = filesOf(root, ['{packages,apps,scripts,test,bench}/**/*.{ts,tsx,mjs}']).flatMap((file) => {
    const lines = readFileSync(join(root, file), 'utf8').split('\n').length - 1;
    return lines > MAX_LINES ? [{ file, lines }] : [];
  });
  const unexpected = long.filter(({ file }) => MAY_BE_LONG[file] === undefined);
  const outdated = Object.keys(MAY_BE_LONG).filter((file) => !long.some((entry) => entry.file === file));
  return [
    ...unexpected.map(({ file, lines }) => `${file}: ${lines} lines, ${MAX_LINES} is the limit: split it by concern`),
    ...outdated.map(
      (file) => `${file}: is listed in scripts/check/long-files.ts and is not long any more: remove the entry`,
    ),
  ];
}
