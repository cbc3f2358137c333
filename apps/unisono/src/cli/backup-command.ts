import { resolve } from 'node:path';
import { type Console, EXIT, type ExitCode } from './console.ts';
import { withStore } from './open-data.ts';

/** `unisono backup FILE` */
export function backup(
  console: Console,
  file: string,
  given: Readonly<Record<string, string | undefined>>,
): Promise<ExitCode> {
  return withStore(console, given, false, async (store) => {
    await store.copyTo(resolve(console.workingFolder, file));
    console.out(`Written to ${file}. It holds the passwords: keep it as you keep them.`);
    return EXIT.done;
  });
}
