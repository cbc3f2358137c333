import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The folder with the built client app; undefined when it was not built. */
export function phoneFolder(): string | undefined {
  const folder = join(import.meta.dirname, '../../../phone/dist');
  return existsSync(join(folder, 'index.html')) ? folder : undefined;
}
