import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const VECTORS = join(import.meta.dirname, '../vectors');

/** Every message kept under `vectors`, by its path there. */
export function readVectors(): Map<string, Buffer> {
  const files = readdirSync(VECTORS, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.dat'));
  return new Map(files.sort().map((file) => [file, readFileSync(join(VECTORS, file))]));
}
