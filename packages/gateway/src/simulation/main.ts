// npm run simulate -- --seed 1 --calls 200 --seeds 50
import { parseArgs } from 'node:util';
import { clockTime } from './ladder.ts';
import { Run, type RunReport } from './scenario/run.ts';

const USAGE = `Plays seeded scenarios of phones, trunks and a bad network against a gateway in virtual time.

  npm run simulate -- [--seed N] [--calls M] [--seeds K]

  --seed N    the first seed (default 1)
  --calls M   calls in each seed (default 200)
  --seeds K   so many seeds, N, N+1, … (default 1)

It ends with 1 when an invariant did not hold, and prints the command that repeats the run.`;

interface Options {
  readonly seed: number;
  readonly calls: number;
  readonly seeds: number;
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      calls: { type: 'string', default: '200' },
      seeds: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  return {
    seed: number('seed', values.seed),
    calls: number('calls', values.calls),
    seeds: number('seeds', values.seeds),
  };
}

function number(name: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  console.error(`--${name} is "${text}"; a whole number above 0 is needed.\n\n${USAGE}`);
  process.exit(2);
}

function summary(report: RunReport): string {
  const results = [...report.results].map(([result, count]) => `${count} ${result}`).join(', ');
  const spent = `${report.messages} messages, ${clockTime(report.virtualMs)}`;
  return `seed ${report.seed} (${report.conditions}): ${spent}: ${results}`;
}

function failure({ seed, calls, problems, story }: RunReport): string {
  return [
    '',
    ...story.map(({ atMs, text }) => `  ${clockTime(atMs)}  ${text}`),
    '',
    ...problems.slice(0, 5).map(({ atMs, check, text }) => `FAILED at ${clockTime(atMs)}, "${check}": ${text}`),
    '',
    `repeat it: npm run simulate -- --seed ${seed} --calls ${calls}`,
    '',
  ].join('\n');
}

const { seed, calls, seeds } = readOptions();
const failed: number[] = [];
for (let one = seed; one < seed + seeds; one++) {
  const report = await new Run(one, calls).play();
  console.log(summary(report));
  if (report.problems.length === 0) continue;
  failed.push(one);
  console.log(failure(report));
}
console.log(
  failed.length === 0
    ? `${seeds} seeds, every invariant held`
    : `${failed.length} of ${seeds} seeds failed: ${failed.join(', ')}`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
