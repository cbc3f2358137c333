// node scripts/lock/main.ts: after dependencies have changed, adds to package-lock.json what the registry did not have.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LockFile, missingPlatformPackages, withPlatformPackages } from './platform-packages.ts';

const FILE = join(import.meta.dirname, '../../package-lock.json');

const lock = JSON.parse(readFileSync(FILE, 'utf8')) as LockFile;
const missing = missingPlatformPackages(lock);
if (missing.length > 0) writeFileSync(FILE, `${JSON.stringify(withPlatformPackages(lock), null, 2)}\n`);
console.log(`package-lock.json: ${missing.length} platform packages added`);
