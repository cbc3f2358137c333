// npm run check: everything that can be said about the code without running it. Prints only what is wrong.
import { join } from 'node:path';
import { layering } from './layering.ts';
import { brokenLinks } from './links.ts';
import { lockFileProblems } from './lock-file.ts';
import { longFiles } from './long-files.ts';
import { unnamedRooms } from './rooms.ts';
import { type Finding, inParallel, own, type Step, tool } from './steps.ts';

const ROOT = join(import.meta.dirname, '../..');

const STEPS: Step[] = [
  tool('types', ROOT, 'typescript/bin/tsc', ['-p', 'tsconfig.json']),
  tool('types of the console', ROOT, 'typescript/bin/tsc', ['-p', 'apps/console']),
  tool('types of the phone', ROOT, 'typescript/bin/tsc', ['-p', 'apps/phone']),
  tool('types of its worker', ROOT, 'typescript/bin/tsc', ['-p', 'apps/phone/tsconfig.worker.json']),
  tool('types of pages', ROOT, 'typescript/bin/tsc', ['-p', 'tsconfig.web.json']),
  tool('lint and format', ROOT, '@biomejs/biome/bin/biome', [
    'check',
    '--error-on-warnings',
    '--max-diagnostics=200',
    '.',
  ]),
  tool('dead code', ROOT, 'knip/bin/knip.js', ['--no-progress', '--no-config-hints']),
  own('layering', () => layering(ROOT)),
  own('long files', () => longFiles(ROOT)),
  own('links in documents', () => brokenLinks(ROOT)),
  own('rooms', () => unnamedRooms(ROOT)),
  own('lock file', () => lockFileProblems(ROOT)),
];

function report(finding: Finding): void {
  console.log(
    `${finding.problems.length === 0 ? 'ok  ' : 'FAIL'} ${finding.step}  ${Math.round(finding.durationMs)} ms`,
  );
  for (const problem of finding.problems) console.log(problem.replace(/^/gm, '     '));
}

const findings = await inParallel(STEPS, 2, report);
const failed = findings.filter((finding) => finding.problems.length > 0);
console.log(
  failed.length === 0 ? 'check: all good' : `check: ${failed.map((finding) => finding.step).join(', ')} failed`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
