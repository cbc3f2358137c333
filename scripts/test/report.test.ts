import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type FileResult, fileReport, resultLine, sumUp } from './report.ts';

const folder = mkdtempSync(join(tmpdir(), 'unisono-runner-'));
after(() => rmSync(folder, { recursive: true }));

/** Runs one sample file in a runner that knows nothing of the one running this test (Node refuses to nest them). */
function resultOf(source: string, limitMs = 60_000): FileResult {
  writeFileSync(join(folder, 'sample.test.mjs'), `import test, { describe, it } from 'node:test';\n${source}`);
  const runner = JSON.stringify(join(import.meta.dirname, 'run-file.ts'));
  const call = `runFile(${JSON.stringify(folder)}, 'sample.test.mjs', ${limitMs})`;
  const script = `import { runFile } from ${runner}; console.log(JSON.stringify(await ${call}));`;
  writeFileSync(join(folder, 'runner.mjs'), script);
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const child = spawnSync(process.execPath, [join(folder, 'runner.mjs')], { env, encoding: 'utf8' });
  assert.equal(child.status, 0, child.stderr);
  return JSON.parse(child.stdout) as FileResult;
}

test('the last line names skipped tests only when there are any', () => {
  assert.equal(resultLine({ passed: 3, failed: 0, skipped: 0 }), '3 passed, 0 failed');
  assert.equal(resultLine({ passed: 3, failed: 1, skipped: 2 }), '3 passed, 1 failed, 2 skipped');
});

test('tests are counted, suites are not', () => {
  const result = resultOf("describe('suite', () => { it('a', () => {}); it('b', () => {}); }); test('c', () => {});");
  assert.deepEqual(sumUp([result]), { passed: 3, failed: 0, skipped: 0 });
});

test('a failure is told once, with its place, reason and what the file printed', () => {
  const result = resultOf(
    "console.log('before'); describe('suite', () => { it('breaks', () => { throw new Error('boom'); }); });",
  );
  assert.deepEqual(sumUp([result]), { passed: 0, failed: 1, skipped: 0 });
  assert.match(
    fileReport(result),
    /FAIL sample.*✗ breaks\n {4}sample\.test\.mjs:2\n.*boom.*printed by this file:.*before/s,
  );
});

test('a skipped test gives its reason', () => {
  const result = resultOf("test('needs a peer', { skip: 'baresip is not installed' }, () => {});");
  assert.match(
    fileReport(result),
    /0 passed, 0 failed, 1 skipped.*\n.*skipped: needs a peer \(baresip is not installed\)/,
  );
});

test('a file that cannot be loaded is a failure', () => {
  const result = resultOf('throw new Error("not loadable");');
  assert.deepEqual(sumUp([result]), { passed: 0, failed: 1, skipped: 0 });
  assert.match(fileReport(result), /not loadable/);
});

test('a file that never ends is ended and is a failure', () => {
  const result = resultOf("test('fine', () => { setInterval(() => {}, 1000); });", 1500);
  assert.deepEqual(sumUp([result]), { passed: 1, failed: 1, skipped: 0 });
  assert.match(fileReport(result), /never closed/);
});
