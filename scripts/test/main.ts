// npm test: every *.test.ts of the repository, each file in its own process, two at a time.
// npm test -- packages/sip digest      only files whose path contains one of the words
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type FileResult, fileReport, resultLine, sumUp } from './report.ts';
import { runFile } from './run-file.ts';

const ROOT = join(import.meta.dirname, '../..');
const PATTERNS = [
  'packages/*/{src,test}/**/*.test.ts',
  'apps/*/src/**/*.test.ts',
  'scripts/**/*.test.ts',
  'bench/**/*.test.ts',
  'test/**/*.test.ts',
];
/** Whose tests start whole processes and peers, on the machine's own clock. */
const REAL_FOLDERS = ['test/', 'apps/unisono/'];
const FILE_LIMIT_MS = 300_000;

async function runAll(files: readonly string[], lanes: number): Promise<FileResult[]> {
  const waiting = [...files];
  const results: FileResult[] = [];
  const lane = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const result = await runFile(ROOT, file, FILE_LIMIT_MS);
      results.push(result);
      process.stdout.write(fileReport(result));
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}

/**
 * Files with real peers or processes that failed are run once more, alone: a phone that was late on a busy machine is no fault of
 * ours. Both outcomes are shown, and what failed at first is named at the end; all other files have one try.
 */
async function withSecondTry(results: readonly FileResult[]): Promise<FileResult[]> {
  const isTriedAgain = ({ file, failures }: FileResult): boolean =>
    failures.length > 0 && REAL_FOLDERS.some((folder) => file.startsWith(folder));
  const again = await runAll(
    results.filter(isTriedAgain).map(({ file }) => file),
    1,
  );
  const mended = again.filter(({ failures }) => failures.length === 0).map(({ file }) => file);
  if (mended.length > 0) console.log(`failed at first, and not when run alone: ${mended.join(', ')}`);
  return results.map((result) => again.find(({ file }) => file === result.file) ?? result);
}

const words = process.argv.slice(2);
const found = globSync(PATTERNS, { cwd: ROOT, exclude: (path) => path.includes('node_modules') }).sort();
const files = words.length === 0 ? found : found.filter((file) => words.some((word) => file.includes(word)));
const results = await withSecondTry(await runAll(files, Math.min(2, availableParallelism())));
if (files.length === 0) console.log(`no test file matches ${words.join(' ') || PATTERNS.join(' ')}`);
console.log(resultLine(sumUp(results)));
process.exitCode = files.length === 0 || results.some((result) => result.failures.length > 0) ? 1 : 0;
