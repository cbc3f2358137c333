import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

/** For tests: a folder that is gone when the tests of the file are done. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'unisono-app-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
