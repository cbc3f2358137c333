import type { ExitCode } from '../cli/console.ts';
import { run } from '../cli/program.ts';

/** What a command came to, and what it said. */
export interface Said {
  readonly code: ExitCode;
  readonly out: string;
  readonly error: string;
}

/** Runs commands of the command line in that folder, at that time and with nothing in the environment. */
export function commandLine(workingFolder: string, epochMs: number): (...args: string[]) => Promise<Said> {
  return async (...args) => {
    const said = { out: '', error: '' };
    const code = await run(args, {
      out: (text) => {
        said.out += `${text}\n`;
      },
      error: (text) => {
        said.error += `${text}\n`;
      },
      environment: {},
      workingFolder,
      epochMs: () => epochMs,
    });
    return { code, ...said };
  };
}
