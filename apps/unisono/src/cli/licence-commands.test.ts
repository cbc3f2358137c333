import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { testFolder } from '../testing/folder.ts';
import type { Console } from './console.ts';
import { inspect, make, makeKey } from './licence-commands.ts';

const DEMO = join(import.meta.dirname, '../../demo');

function consoleOf(workingFolder: string, said: string[]): Console {
  const say = (text: string): void => void said.push(text);
  return { out: say, error: say, environment: {}, workingFolder, epochMs: () => Date.parse('2026-11-27') };
}

test('the licence of the demo company is signed with the demo key', () => {
  const said: string[] = [];
  assert.equal(inspect(consoleOf(DEMO, said), 'lindner-optik.lic', { key: 'licence-key.pem.pub' }), 0);
  assert.ok(said.includes('The signature is good.') && said.includes('Flex licences: 25'));
});

test('a key is made, signs a licence, and never replaces another one', () => {
  const folder = testFolder();
  const said: string[] = [];
  const console = consoleOf(folder, said);
  assert.equal(makeKey(console, 'key'), 0);
  const grants = { key: 'key', customer: 'ACME', flex: 3, unifyPhone: 2, grace: 10, expires: '2027-12-31' };
  assert.equal(make(console, 'acme.lic', grants), 0);
  assert.equal(inspect(console, 'acme.lic', { key: 'key.pub' }), 0);
  assert.equal(inspect(console, 'acme.lic', { key: join(DEMO, 'licence-key.pem.pub') }), 1);
  assert.equal(makeKey(console, 'key'), 1);
  assert.match(readFileSync(join(folder, 'acme.lic'), 'utf8'), /Expires: 2027-12-31T23:59:59Z, then 10 days grace/);
});
