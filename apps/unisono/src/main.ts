import { run } from './cli/program.ts';

process.exitCode = await run(process.argv.slice(2), {
  out: (text) => process.stdout.write(`${text}\n`),
  error: (text) => process.stderr.write(`${text}\n`),
  environment: process.env,
  workingFolder: process.cwd(),
  epochMs: Date.now,
});
