import { run } from './cli/program.ts';

// Whoever reads what is printed may go away (a pipe to head): that ends the printing and not the system.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const code = await run(process.argv.slice(2), {
  out: (text) => process.stdout.write(`${text}\n`),
  error: (text) => process.stderr.write(`${text}\n`),
  environment: process.env,
  workingFolder: process.cwd(),
  epochMs: Date.now,
});
// The command is done, and what it wrote is on the disk: timers that are still running (RFC 3261 §17.2.2, timer J) are of no use.
process.exit(code);
