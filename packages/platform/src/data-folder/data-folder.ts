import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** The part of the system that is the only one of its kind in a folder. Parts of different kinds may share one. */
export type FolderPart = 'instance' | 'assistant';

/** The folder of everything that survives a restart, held by this process alone until it is released. */
export interface DataFolder {
  /** Absolute path. */
  readonly path: string;
  /** Path of a file in the folder. */
  file(name: string): string;
  /** Lets another process take the folder. Also happens by itself when this process ends, however it ends. */
  release(): void;
}

/** Another process holds the folder, or it cannot be used at all. The message says which folder and what to do. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError';
  readonly code: 'inUse' | 'unusable';

  constructor(code: 'inUse' | 'unusable', message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/**
 * Creates the folder if need be, readable by its owner only, and takes it. Throws a `DataFolderError` when another process of
 * the same part has it. The lock is one of the operating system, so none is left behind by a process that was killed.
 */
export function openDataFolder(folder: string, part: FolderPart = 'instance'): DataFolder {
  const path = resolve(folder);
  createFolder(path);
  const lock = takeLock(path, part);
  writeFileSync(join(path, `${part}.pid`), `${process.pid}\n`, { mode: 0o600 });
  return {
    path,
    file: (name) => join(path, name),
    release: () => {
      if (!lock.isOpen) return;
      rmSync(join(path, `${part}.pid`), { force: true });
      lock.close();
    },
  };
}

function createFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    chmodSync(path, 0o700);
  } catch (error) {
    throw unusable(path, error);
  }
}

function takeLock(path: string, part: FolderPart): DatabaseSync {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(join(path, `${part}.lock`), { timeout: 0 });
    lock.exec('pragma journal_mode=memory; begin exclusive');
    return lock;
  } catch (error) {
    lock?.close();
    if (!isBusy(error)) throw unusable(path, error);
    const owner = pidOf(path, part);
    const who = owner === undefined ? 'another process' : `process ${owner}`;
    throw new DataFolderError(
      'inUse',
      `the data folder ${path} is in use by ${who}: stop that one first, or give this one its own folder with --data`,
      error,
    );
  }
}

function unusable(path: string, cause: unknown): DataFolderError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DataFolderError(
    'unusable',
    `the data folder ${path} cannot be used (${reason}): give another one with --data, or correct its permissions`,
    cause,
  );
}

const SQLITE_BUSY = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}

function pidOf(path: string, part: FolderPart): string | undefined {
  try {
    return readFileSync(join(path, `${part}.pid`), 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
