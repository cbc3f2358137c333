// The launcher behind every npm script. Plain JavaScript for any Node >= 18, because it runs before anything is installed:
// it installs what the lock file asks for, then hands over to the pinned Node, or to the one running if that is as new.
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import * as os from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lockFile = join(root, 'package-lock.json');
const installedFile = join(root, 'node_modules', '.package-lock.json');

// For how long a message waits while garbage is collected (docs/performance.md, "Garbage"): young objects die before they are looked at,
// no other thread is waited for, and the whole heap is looked at seldom.
const cores = os.availableParallelism?.() ?? os.cpus().length;
const memoryMb = os.totalmem() / 2 ** 20;
const NODE_FLAGS = [
  '--max-semi-space-size=32',
  '--no-parallel-scavenge',
  `--initial-old-space-size=${Math.round(Math.min(512, memoryMb / 16))}`,
  `--v8-pool-size=${Math.max(1, Math.min(4, cores - 1))}`,
];

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function modifiedMs(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}

/** True when node_modules holds what package-lock.json asks for. Packages for other platforms may be absent. */
function isInstalled() {
  const installedMs = modifiedMs(installedFile);
  if (installedMs === undefined) return false;
  if (installedMs >= modifiedMs(lockFile)) return true;
  // A checkout touches the lock file without changing it: only a real difference is worth an installation.
  const installed = readJson(installedFile).packages;
  return Object.entries(readJson(lockFile).packages).every(([path, wanted]) => {
    if (!path.includes('node_modules/')) return true;
    const found = installed[path];
    return found === undefined ? wanted.optional === true : found.version === wanted.version;
  });
}

function install() {
  console.error('unisono: installing dependencies (npm ci), about 60 MB the first time …');
  // Only errors: packages that want a newer Node than npm runs on are run by the pinned one, and a warning would mislead.
  const result = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (result.status === 0) return;
  fail(`"npm ci" did not succeed${result.error ? ` (${result.error.message})` : ''}. Its own message is above.`);
}

function isAtLeast(version, wanted) {
  const have = version.split('.').map(Number);
  const want = wanted.split('.').map(Number);
  const differing = want.findIndex((part, index) => have[index] !== part);
  return differing === -1 || have[differing] > want[differing];
}

/** Path of the Node that runs the program: this one when it is new enough, else the pinned one from node_modules. */
function chooseNode() {
  const platform = `node-${process.platform}-${process.arch}`;
  const pins = readJson(join(root, 'package.json')).optionalDependencies;
  const wanted = pins[platform] ?? Object.values(pins)[0];
  if (isAtLeast(process.versions.node, wanted)) return process.execPath;
  const pinned = join(root, 'node_modules', platform, 'bin', 'node');
  if (modifiedMs(pinned) !== undefined) return pinned;
  return fail(
    `Node ${wanted} or newer is needed and this is ${process.versions.node}.\n` +
      `  No pinned Node is available for ${process.platform}-${process.arch} (or optional packages were left out of the installation).\n` +
      '  Install a newer Node from your system and start again.',
  );
}

function fail(message) {
  console.error(`unisono: ${message}`);
  process.exit(1);
}

/** The newest change of a file below the folder. */
function newestMs(folder) {
  return Math.max(
    0,
    ...readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => modifiedMs(join(entry.parentPath ?? entry.path, entry.name)) ?? 0),
  );
}

/** What is built for browsers, and what it is called. */
const PAGES = { console: 'the pages of the administration', phone: 'the client app' };

/** Builds the pages that were not built, or were changed since. Without them everything else works. */
function buildPages(node, name, packages) {
  const folder = join(root, 'apps', name);
  if (modifiedMs(join(folder, 'package.json')) === undefined) return;
  const builtMs = modifiedMs(join(folder, 'dist', 'index.html')) ?? 0;
  const sources = [join(folder, 'src'), ...packages.map((one) => join(root, 'packages', one, 'src'))];
  if (builtMs >= Math.max(...sources.map(newestMs), modifiedMs(join(folder, 'package.json')) ?? 0)) return;
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  if (modifiedMs(vite) === undefined) return;
  console.error(`unisono: building ${PAGES[name]}, once …`);
  const result = spawnSync(node, [vite, 'build', '--logLevel', 'error'], { cwd: folder, stdio: ['ignore', 2, 2] });
  if (result.status !== 0) console.error(`unisono: ${PAGES[name]} could not be built; the rest runs.`);
}

if (!isInstalled()) install();
const node = chooseNode();
if (process.argv[3] === 'start') {
  buildPages(node, 'console', []);
  buildPages(node, 'phone', ['phone', 'contract']);
}
const child = spawn(node, [...NODE_FLAGS, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: {
    ...process.env,
    PATH: dirname(node) + delimiter + (process.env.PATH ?? ''),
    // Compiled code is kept between runs: a start takes about half the time.
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, 'node_modules', '.cache', 'node'),
  },
});
child.on('error', (error) => fail(`${node} could not be started: ${error.message}`));
child.on('exit', (code, signal) => process.exit(signal ? 128 + (os.constants.signals[signal] ?? 0) : (code ?? 1)));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));

// Started by npm, the program must not outlive it: when npm is killed without a chance to pass the signal on, this process gets
// another parent. (The scripts of package.json say `exec`, so that npm is the parent and no shell in between.)
if (process.env.npm_lifecycle_event !== undefined) {
  const npm = process.ppid;
  setInterval(() => process.ppid === npm || child.kill('SIGTERM'), 500).unref();
}
