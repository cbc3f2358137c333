/** The built app, as the doors serve it: built once for all test files that run at the same time. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const APP = join(ROOT, 'apps/phone');
const LOCK = join(ROOT, 'node_modules/.phone-app-build');
const SOURCES = [
  'apps/phone/src',
  'apps/phone/public',
  'apps/phone/index.html',
  'apps/phone/vite.config.ts',
  'packages/phone/src',
  'packages/contract/src',
  'package-lock.json',
];
/** A lock this old was left by somebody who was killed. */
const STALE_MS = 60_000;
const LOOK_MS = 100;

/** Builds the app unless it is newer than everything it is made of. */
export function buildApp(): void {
  lock();
  try {
    const builtMs = changedMs(join(APP, 'dist/sw.js'));
    if (SOURCES.every((source) => changedMs(join(ROOT, source)) < builtMs)) return;
    execFileSync(process.execPath, [join(ROOT, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'error'], {
      cwd: APP,
    });
  } finally {
    rmdirSync(LOCK);
  }
}

function lock(): void {
  for (;;) {
    try {
      return mkdirSync(LOCK);
    } catch {
      const sinceMs = statSync(LOCK, { throwIfNoEntry: false })?.mtimeMs ?? 0;
      if (sinceMs > 0 && Date.now() - sinceMs > STALE_MS) rmdirSync(LOCK);
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_MS);
    }
  }
}

/** When a file, or the latest in a folder, was changed; 0 when it is not there. */
function changedMs(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => changedMs(join(path, name))));
}
