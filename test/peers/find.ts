/** Where the foreign programs are that the tests talk to, and what happens when one is missing. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { TestContext } from 'node:test';

export type PeerName =
  | 'baresip'
  | 'linphonec'
  | 'sipp'
  | 'kamailio'
  | 'rtpengine'
  | 'turnserver'
  | 'chromium'
  | 'firefox-esr'
  | 'pulseaudio';

/** The Debian package that brings the program. */
const debianPackages: Readonly<Record<PeerName, string>> = {
  baresip: 'baresip-core',
  linphonec: 'linphone-cli',
  sipp: 'sip-tester',
  kamailio: 'kamailio kamailio-tls-modules kamailio-websocket-modules',
  rtpengine: 'rtpengine',
  turnserver: 'coturn',
  chromium: 'chromium',
  'firefox-esr': 'firefox-esr',
  pulseaudio: 'pulseaudio',
};

/** The path of the program, looked for in PATH and in the sbin folders; undefined when it is not installed. */
export function findPeer(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/usr/bin'];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** The path of the program; throws with the package to install when it is missing. */
export function peerPath(name: PeerName): string {
  const path = findPeer(name);
  if (path === undefined) throw new Error(missingMessage([name]));
  return path;
}

/**
 * True when all programs are there. Otherwise the test is skipped with a message that names the packages to install,
 * and false is returned; with CI set in the environment a missing program fails the test instead.
 */
export function requirePeer(t: Pick<TestContext, 'skip'>, ...names: PeerName[]): boolean {
  const missing = names.filter((name) => findPeer(name) === undefined);
  if (missing.length === 0) return true;
  if (process.env.CI) throw new Error(missingMessage(missing));
  t.skip(missingMessage(missing));
  return false;
}

function missingMessage(names: readonly PeerName[]): string {
  const packages = names.map((name) => debianPackages[name]).join(' ');
  return `Not installed: ${names.join(', ')}. Install with: apt-get install --no-install-recommends ${packages}`;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
