import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';

const FOLDER = new URL('../examples/', import.meta.url);
const LAST_LINE: Readonly<Record<string, RegExp>> = {
  'tone-through-echo.ts': /^G722: 15 packets sent, 1[0-5] came back$/,
};

describe('examples', () => {
  for (const name of readdirSync(FOLDER)) {
    it(`${name} runs and ends by itself`, async () => {
      const { pathname } = new URL(name, FOLDER);
      const { stdout } = await promisify(execFile)(process.execPath, [pathname], { timeout: 20_000 });
      assert.match(stdout.trim().split('\n').at(-1) ?? '', LAST_LINE[name] ?? assert.fail('say what it prints'));
    });
  }
});
