/** What came of one test file. Suites are not counted, tests and subtests are. */
export interface FileResult {
  file: string;
  passed: number;
  durationMs: number;
  failures: { name: string; place: string; detail: string }[];
  skips: { name: string; reason: string }[];
  /** stdout and stderr of the file's process. */
  output: string;
}

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Lines about one file: how many passed; skips with their reason; failures in full, with what the file printed. */
export function fileReport(result: FileResult): string {
  const mark = result.failures.length > 0 ? 'FAIL' : 'ok  ';
  const lines = [`${mark} ${result.file}  ${resultLine(sumUp([result]))}  ${Math.round(result.durationMs)} ms`];
  for (const skip of result.skips) lines.push(`     skipped: ${skip.name} (${skip.reason})`);
  for (const failure of result.failures)
    lines.push('', `  ✗ ${failure.name}`, `    ${failure.place}`, indent(failure.detail));
  if (result.failures.length > 0 && result.output.trim() !== '')
    lines.push('', '    printed by this file:', indent(result.output));
  if (result.failures.length > 0) lines.push('');
  return `${lines.join('\n')}\n`;
}

export function sumUp(results: readonly FileResult[]): Counts {
  const sum = (count: (result: FileResult) => number): number =>
    results.reduce((all, result) => all + count(result), 0);
  return {
    passed: sum((result) => result.passed),
    failed: sum((result) => result.failures.length),
    skipped: sum((result) => result.skips.length),
  };
}

/** The last line of a run: `12 passed, 0 failed`, and how many were skipped when some were. */
export function resultLine(counts: Counts): string {
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  return `${counts.passed} passed, ${counts.failed} failed${skipped}`;
}

function indent(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n');
}
