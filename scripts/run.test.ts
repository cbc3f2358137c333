import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';

const RUN = join(import.meta.dirname, 'run.mjs');
const folder = mkdtempSync(join(tmpdir(), 'unisono-run-'));
after(() => rmSync(folder, { recursive: true }));

/** Starts a script through the launcher. */
function launch(t: TestContext, source: string): ChildProcess {
  const script = join(mkdtempSync(join(folder, 'script-')), 'main.mjs');
  writeFileSync(script, source);
  const child = spawn(process.execPath, [RUN, script, 'one', 'two words'], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  return child;
}

async function outputOf(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout ?? []) text += String(chunk);
  return text;
}

test('arguments and the exit code pass through', async (t) => {
  const child = launch(t, 'console.log(process.argv.slice(2).join("|")); process.exitCode = 7;');
  assert.equal(await outputOf(child), 'one|two words\n');
  assert.equal(child.exitCode ?? (await once(child, 'exit'))[0], 7);
});

test('the Node that runs the program is the first on its path', async (t) => {
  const source = `import { execFileSync } from 'node:child_process';
    console.log(String(execFileSync('node', ['-p', 'process.execPath'])).trim() === process.execPath);`;
  assert.equal(await outputOf(launch(t, source)), 'true\n');
});

const UNTIL_TOLD = `setInterval(() => {}, 1000);
  process.on('SIGTERM', () => { console.log('told'); process.exit(0); });
  console.log('ready');`;

test('a signal passes through, and the program says how it ended', async (t) => {
  const child = launch(t, UNTIL_TOLD);
  await once(child.stdout as NonNullable<typeof child.stdout>, 'data');
  child.kill('SIGTERM');
  assert.equal(await outputOf(child), 'told\n');
  assert.equal(child.exitCode ?? (await once(child, 'exit'))[0], 0);
});

test('a program started by npm ends when npm is killed', async (t) => {
  const launcher = `import { spawn } from 'node:child_process';
    spawn(process.execPath, [${JSON.stringify(RUN)}, ${JSON.stringify(join(folder, 'told.mjs'))}], { stdio: 'inherit', env: { ...process.env, npm_lifecycle_event: 'start' } });`;
  writeFileSync(join(folder, 'told.mjs'), UNTIL_TOLD);
  writeFileSync(join(folder, 'npm.mjs'), launcher);
  const npm = spawn(process.execPath, [join(folder, 'npm.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => npm.kill('SIGKILL'));
  await once(npm.stdout, 'data');
  npm.kill('SIGKILL');
  assert.equal(await outputOf(npm), 'told\n');
});
