import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const README = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');

test('the example of the README prints what it says', () => {
  const [, code = ''] = /```js\n(.*?)```/s.exec(README) ?? [];
  const [, printed] = /prints\n\n```\n(.*?)```/s.exec(README) ?? [];
  const arguments_ = ['--input-type=module', '--eval', code];
  assert.equal(execFileSync(process.execPath, arguments_, { cwd: import.meta.dirname, encoding: 'utf8' }), printed);
});
