import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { exportSystem, parseSystem, type ReadSystem, type SystemData } from '@unisono/pbx';
import { rememberImport } from '../stores/import-record.ts';
import { createSystem, loadSystem } from '../stores/system-store.ts';
import { type Console, EXIT, type ExitCode } from './console.ts';
import { describeSystem, systemErrorLine } from './describe.ts';
import { withStore } from './open-data.ts';

type Given = Readonly<Record<string, string | undefined>>;

/** `unisono check FILE` */
export function check(console: Console, file: string): ExitCode {
  const read = readSystemFile(console, file);
  if (read === undefined) return EXIT.failed;
  console.out(`${file} is sound. ${describeSystem(read.data)}`);
  return EXIT.done;
}

/** `unisono import FILE` */
export async function importFile(console: Console, file: string, given: Given): Promise<ExitCode> {
  const read = readSystemFile(console, file);
  if (read === undefined) return EXIT.failed;
  return withStore(console, given, true, (store) => {
    const system = loadSystem(store, console.epochMs);
    if (system === undefined) createSystem(store, read.data, 'import', console.epochMs);
    else system.replace(read.data, 'import');
    rememberImport(store, resolve(console.workingFolder, file), read.text, console.epochMs());
    console.out(`Imported ${file}. ${describeSystem(read.data)}`);
    console.out('A running system takes it over within a second.');
    return EXIT.done;
  });
}

/** `unisono export [FILE]` */
export function exportFile(
  console: Console,
  file: string | undefined,
  given: Given,
  mayReplace: boolean,
): Promise<ExitCode> {
  return withStore(console, given, false, (store) => {
    const system = loadSystem(store, console.epochMs);
    if (system === undefined) {
      console.error(`There is no system data in ${dirname(store.path)} yet: start the system or import a file first.`);
      return EXIT.failed;
    }
    const text = exportSystem(system.current().data);
    if (file === undefined) {
      console.out(text.trimEnd());
      return EXIT.done;
    }
    return writeExport(console, file, text, mayReplace);
  });
}

/** A system data file that is sound; otherwise undefined, and everything that is wrong has been printed. */
function readSystemFile(console: Console, file: string): { data: SystemData; text: string } | undefined {
  let text: string;
  try {
    text = readFileSync(resolve(console.workingFolder, file), 'utf8');
  } catch (error) {
    console.error(`${file} cannot be read: ${fileProblem(error)}`);
    return undefined;
  }
  const read: ReadSystem = parseSystem(text);
  if (read.ok) return { data: read.data, text };
  for (const error of read.errors) console.error(systemErrorLine(file, error));
  console.error(`${file}: ${read.errors.length === 1 ? 'one thing is' : `${read.errors.length} things are`} wrong.`);
  return undefined;
}

function writeExport(console: Console, file: string, text: string, mayReplace: boolean): ExitCode {
  const path = resolve(console.workingFolder, file);
  try {
    // It holds passwords: readable by its owner only.
    writeFileSync(path, text, { mode: 0o600, flag: mayReplace ? 'w' : 'wx' });
  } catch (error) {
    console.error(`${file} was not written: ${fileProblem(error)}`);
    return EXIT.failed;
  }
  console.out(`Written to ${file}. It holds the passwords: keep it as you keep them.`);
  return EXIT.done;
}

const FILE_PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EISDIR: 'it is a folder, not a file',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EACCES: 'this user has no right to do so',
  EEXIST: 'it is there already; --force replaces it',
};

/** Why the operating system refused, in words. */
function fileProblem(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return ('code' in error ? FILE_PROBLEMS[String(error.code)] : undefined) ?? error.message;
}
