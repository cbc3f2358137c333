import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { copyDatabase, DatabaseError, problemLine } from '@unisono/platform';
import { loadSettings } from '../config/load.ts';
import { LOCAL_ACCESS_FILE } from './api-client.ts';
import { type Console, EXIT, type ExitCode } from './console.ts';

/** What belongs to a running process, or is in the copy of the database. */
const LEFT_OUT = /\.(lock|pid|sock)$|-(wal|shm|journal)$/;

/** `unisono backup FOLDER`: the data folder as it is at this moment, in a folder that is not there yet. */
export async function backup(
  console: Console,
  into: string,
  { config, data }: Readonly<Record<string, string | undefined>>,
): Promise<ExitCode> {
  const loaded = loadSettings({ config, data }, console.environment, console.workingFolder);
  if (!loaded.ok) {
    for (const problem of loaded.problems) console.error(problemLine(problem));
    return EXIT.failed;
  }
  const { settings } = loaded;
  const names = existsSync(settings.data) ? readdirSync(settings.data) : [];
  if (!names.some((name) => name.endsWith('.db'))) {
    console.error(`There is no database in ${settings.data}: give the data folder with --data.`);
    return EXIT.failed;
  }
  const target = resolve(console.workingFolder, into);
  if (existsSync(target)) {
    console.error(`${into} is there already: name a folder that is not there yet.`);
    return EXIT.failed;
  }
  try {
    mkdirSync(target, { recursive: true, mode: 0o700 });
    await copyAll(settings.data, names, target);
  } catch (error) {
    rmSync(target, { recursive: true, force: true });
    const isExpected = error instanceof DatabaseError || (error instanceof Error && 'code' in error);
    if (!isExpected) throw error;
    console.error(`Nothing was backed up: ${error.message}`);
    return EXIT.failed;
  }
  console.out(`Written to ${into}. It holds passwords and keys: keep it as you keep them.`);
  if (settings.connector.database !== undefined)
    console.out('What the Connector has is in PostgreSQL and not in this copy: back it up there (pg_dump).');
  return EXIT.done;
}

/** Databases first: keys and certificates that they need are older than they are. */
async function copyAll(from: string, names: readonly string[], target: string): Promise<void> {
  for (const name of names) if (name.endsWith('.db')) await copyDatabase(join(from, name), join(target, name));
  for (const name of names) {
    if (name.endsWith('.db') || LEFT_OUT.test(name) || name === LOCAL_ACCESS_FILE) continue;
    cpSync(join(from, name), join(target, name), { recursive: true, preserveTimestamps: true });
  }
}
