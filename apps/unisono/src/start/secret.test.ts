import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { testFolder } from '../testing/folder.ts';
import { keptSecret } from './secret.ts';

const file = join(testFolder(), 'secret');

test('a secret is made once, for its owner only, and is another one in another place', () => {
  const secret = keptSecret(file);
  assert.equal(secret.length, 32);
  assert.deepEqual(keptSecret(file), secret);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.notDeepEqual(keptSecret(`${file}-2`), secret);
});

test('a damaged secret is made anew', () => {
  writeFileSync(file, 'short');
  assert.equal(keptSecret(file).length, 32);
});
