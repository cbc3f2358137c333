import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseError, problemLine } from '@unisono/platform';
import { type LoadedSettings, loadSettings } from '../config/load.ts';
import { DATABASE_FILE, openStore, type Store } from '../stores/open-store.ts';
import { StoredSystemError } from '../stores/system-store.ts';
import { type Console, EXIT, type ExitCode } from './console.ts';

type Given = Readonly<Record<string, string | undefined>>;

/**
 * Opens the database of the configured data folder, also beside a running system, and closes it after `use`. Without
 * `mayCreate` there has to be one already.
 */
export async function withStore(
  console: Console,
  { config, data }: Given,
  mayCreate: boolean,
  use: (store: Store, settings: LoadedSettings) => ExitCode | Promise<ExitCode>,
): Promise<ExitCode> {
  const loaded = loadSettings({ config, data }, console.environment, console.workingFolder);
  if (!loaded.ok) {
    for (const problem of loaded.problems) console.error(problemLine(problem));
    return EXIT.failed;
  }
  const path = join(loaded.settings.data, DATABASE_FILE);
  if (!mayCreate && !existsSync(path)) {
    console.error(
      `There is no database in ${loaded.settings.data}: start the system or import a file first, or give the folder with --data.`,
    );
    return EXIT.failed;
  }
  mkdirSync(loaded.settings.data, { recursive: true, mode: 0o700 });
  return useStore(console, path, (store) => use(store, loaded.settings));
}

async function useStore(
  console: Console,
  path: string,
  use: (store: Store) => ExitCode | Promise<ExitCode>,
): Promise<ExitCode> {
  let store: Store | undefined;
  try {
    store = await openStore(path);
    return await use(store);
  } catch (error) {
    if (!(error instanceof DatabaseError || error instanceof StoredSystemError)) throw error;
    console.error(error.message);
    return EXIT.failed;
  } finally {
    await store?.close();
  }
}
