import { join } from 'node:path';
import type { EventData } from 'node:test';
import { run } from 'node:test';
import type { FileResult } from './report.ts';

type TestEvent = EventData.TestPass | EventData.TestFail;

/** Runs one test file in a process of its own. A file that is still running after `limitMs` is ended and counts as failed. */
export async function runFile(root: string, file: string, limitMs: number): Promise<FileResult> {
  const path = join(root, file);
  const result: FileResult = { file, passed: 0, durationMs: 0, failures: [], skips: [], output: '' };
  const startedMs = performance.now();
  const limit = AbortSignal.timeout(limitMs);
  for await (const event of run({ files: [path], cwd: root, signal: limit })) {
    if (event.type === 'test:pass') pass(result, event.data);
    if (event.type === 'test:fail') fail(result, event.data, path, limit.aborted ? limitMs : undefined);
    if (event.type === 'test:stdout' || event.type === 'test:stderr') result.output += event.data.message;
  }
  result.durationMs = performance.now() - startedMs;
  return result;
}

function pass(result: FileResult, test: EventData.TestPass): void {
  if (test.details.type === 'suite' && test.skip === undefined) return;
  if (test.skip === undefined) result.passed += 1;
  else
    result.skips.push({
      name: test.name,
      reason: typeof test.skip === 'string' && test.skip !== '' ? test.skip : 'no reason given',
    });
}

function fail(result: FileResult, test: EventData.TestFail, path: string, limitMs: number | undefined): void {
  const error = test.details.error;
  const isFile = test.name === path;
  // The suite, or the file, only repeats that something inside it failed.
  if (test.details.type === 'suite' && failureType(error) === 'subtestsFailed') return;
  if (isFile && failureType(error) === 'subtestsFailed') return;
  if (isFile && limitMs !== undefined) {
    const detail = `still running after ${limitMs / 1000} s: something it started (timer, socket, child process) was never closed`;
    result.failures.push({ name: 'the whole file', place: result.file, detail });
    return;
  }
  result.failures.push({
    name: isFile ? 'the file itself, outside of any test' : test.name,
    place: place(result.file, test, isFile),
    detail: isFile ? `${message(error)}; its output says why` : message(error),
  });
}

function place(file: string, test: TestEvent, isFile: boolean): string {
  return isFile || test.line === undefined ? file : `${file}:${test.line}`;
}

function failureType(error: Error): unknown {
  return 'failureType' in error ? error.failureType : undefined;
}

function message(error: Error): string {
  const cause = error.cause;
  if (cause instanceof Error) return cause.stack ?? cause.message;
  return cause === undefined ? error.message : String(cause);
}
