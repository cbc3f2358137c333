import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assistantWorld } from '../testing/assistant-world.ts';
import { createServer } from './server.ts';

const FILE = join(import.meta.dirname, '../../openapi.json');

test('openapi.json is what the routes say (UPDATE_OPENAPI=1 writes it)', async () => {
  const api = await createServer(await assistantWorld(), {});
  await api.ready();
  const made: unknown = JSON.parse(JSON.stringify(api.swagger()));
  if (process.env.UPDATE_OPENAPI === '1') writeFileSync(FILE, `${JSON.stringify(made, null, 2)}\n`);
  assert.deepEqual(JSON.parse(readFileSync(FILE, 'utf8')), made, 'run this test with UPDATE_OPENAPI=1, then format');
});
