import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** `unisono 0.1.0 (Node 24.21.0, linux x64)` */
export function versionText(): string {
  return `unisono ${version()} (Node ${process.versions.node}, ${process.platform} ${process.arch})`;
}

export function version(): string {
  const text = readFileSync(join(import.meta.dirname, '../../../../package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
