import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The folder with the built pages of the console; undefined when they were not built. */
export function pagesFolder(): string | undefined {
  const folder = join(import.meta.dirname, '../../../console/dist');
  return existsSync(join(folder, 'index.html')) ? folder : undefined;
}
