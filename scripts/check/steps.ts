import { spawn } from 'node:child_process';
import { join } from 'node:path';

export interface Step {
  name: string;
  /** Gives what is wrong, one text per problem; empty when all is well. */
  problems(): Promise<string[]>;
}

export interface Finding {
  step: string;
  problems: string[];
  durationMs: number;
}

/** A step done by an installed tool. Its whole output is the problem when it exits with anything but 0. */
export function tool(name: string, root: string, script: string, args: readonly string[]): Step {
  return {
    name,
    problems: () =>
      new Promise((resolve, reject) => {
        const child = spawn(process.execPath, [join(root, 'node_modules', script), ...args], { cwd: root });
        let output = '';
        const collect = (chunk: Buffer): void => {
          output += chunk.toString();
        };
        child.stdout.on('data', collect);
        child.stderr.on('data', collect);
        child.on('error', reject);
        child.on('close', (code) => resolve(code === 0 ? [] : [output.trim() || `${script} ended with ${code}`]));
      }),
  };
}

/** A step of our own: a function over the files of the repository. */
export function own(name: string, find: () => string[]): Step {
  return { name, problems: async () => find() };
}

/** Runs the steps `lanes` at a time, calls `report` as each one ends. */
export async function inParallel(
  steps: readonly Step[],
  lanes: number,
  report: (finding: Finding) => void,
): Promise<Finding[]> {
  const waiting = [...steps];
  const findings: Finding[] = [];
  const lane = async (): Promise<void> => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const startedMs = performance.now();
      const problems = await step.problems();
      const finding = { step: step.name, problems, durationMs: performance.now() - startedMs };
      findings.push(finding);
      report(finding);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return findings;
}
