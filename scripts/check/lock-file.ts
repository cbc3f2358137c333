import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The lock file must not tie an installation to one registry: integrity hashes say what is wanted, not addresses. */
export function lockFileUrls(root: string): string[] {
  const lines = readFileSync(join(root, 'package-lock.json'), 'utf8').split('\n');
  return lines.flatMap((line, index) =>
    /"resolved": "https?:/.test(line)
      ? [
          `package-lock.json:${index + 1}: holds an address (${line.trim()}); install with omit-lockfile-registry-resolved=true (.npmrc)`,
        ]
      : [],
  );
}
