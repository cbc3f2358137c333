import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = new URL('vectors/', import.meta.url);

/**
 * Descriptions by file name: those of Chromium 156, Firefox 153 and baresip 1.0.0 as recorded, those of other phones in the
 * shape they are known for.
 */
export const VECTORS: ReadonlyMap<string, string> = new Map(
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.sdp'))
    .sort()
    .map((file) => [file.slice(0, -'.sdp'.length), readFileSync(new URL(file, FOLDER), 'utf8')]),
);

/** One of them. */
export function vector(name: string): string {
  const text = VECTORS.get(name);
  if (text === undefined) throw new Error(`there is no vector ${name}.sdp`);
  return text;
}
