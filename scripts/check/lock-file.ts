import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LockFile, missingPlatformPackages } from '../lock/platform-packages.ts';

/** What would keep the lock file from being installed with another registry, or on another platform. */
export function lockFileProblems(root: string): string[] {
  const text = readFileSync(join(root, 'package-lock.json'), 'utf8');
  return [...addresses(text), ...missing(JSON.parse(text) as LockFile)];
}

/** Integrity hashes say what is wanted, addresses tie the installation to one registry. */
function addresses(text: string): string[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      /"resolved": "https?:/.test(line)
        ? [
            `package-lock.json:${index + 1}: holds an address (${line.trim()}); install with omit-lockfile-registry-resolved=true (.npmrc)`,
          ]
        : [],
    );
}

function missing(lock: LockFile): string[] {
  return missingPlatformPackages(lock).map(
    ({ name, askedBy }) =>
      `package-lock.json: ${name} (for ${askedBy}) has no entry, npm ci refuses that: run node scripts/lock/main.ts`,
  );
}
