import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { DataFolderError, openDataFolder } from './data-folder.ts';

const base = mkdtempSync(join(tmpdir(), 'unisono-folder-'));
after(() => rmSync(base, { recursive: true }));

function refusal(folder: string): DataFolderError {
  try {
    openDataFolder(folder).release();
  } catch (error) {
    if (error instanceof DataFolderError) return error;
    throw error;
  }
  throw new Error('the folder was given out');
}

test('a folder is created for its owner only', () => {
  const folder = openDataFolder(join(base, 'deep', 'new'));
  assert.equal(statSync(folder.path).mode & 0o777, 0o700);
  folder.release();
});

test('a folder is given to one only, and to the next after its release', () => {
  const folder = openDataFolder(join(base, 'one'));
  const error = refusal(join(base, 'one'));
  assert.equal(error.code, 'inUse');
  assert.match(error.message, new RegExp(`in use by process ${process.pid}: stop that one first`));
  folder.release();
  folder.release();
  openDataFolder(join(base, 'one')).release();
});

test('a process that was killed leaves no lock behind', async () => {
  const path = join(base, 'killed');
  const module = JSON.stringify(join(import.meta.dirname, 'data-folder.ts'));
  const script = join(base, 'holder.ts');
  writeFileSync(
    script,
    `import { openDataFolder } from ${module}; openDataFolder(${JSON.stringify(path)}); console.log('held'); setInterval(() => {}, 1000);`,
  );
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  assert.match(refusal(path).message, new RegExp(`process ${child.pid}`));
  child.kill('SIGKILL');
  await once(child, 'exit');
  openDataFolder(path).release();
});

test('a path that is a file is refused with the reason', () => {
  writeFileSync(join(base, 'file'), '');
  const error = refusal(join(base, 'file'));
  assert.equal(error.code, 'unusable');
  assert.match(error.message, /EEXIST|ENOTDIR/);
});
