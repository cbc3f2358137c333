import type { Finding } from '../errors.ts';
import { SYSTEM_DATA_VERSION } from '../model/index.ts';

/** Makes data of version n into data of version n + 1. Both are plain values whose form has not been checked. */
export type Migration = (data: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

/** The migration from each version that was ever written. Version 1 is the first: none so far. */
export const MIGRATIONS: ReadonlyMap<number, Migration> = new Map();

type Migrated = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly finding: Finding };

/** Brings data to the current version step by step. */
export function migrate(value: unknown, migrations = MIGRATIONS, current: number = SYSTEM_DATA_VERSION): Migrated {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { ok: true, value };
  let data = value as Readonly<Record<string, unknown>>;
  if (data.version === undefined) return refused('versionMissing', 'The field "version" is missing.', current);
  let version = Number(data.version);
  while (version !== current) {
    const step = migrations.get(version);
    if (step === undefined) {
      return refused('versionUnknown', `Format version ${String(data.version)} cannot be read.`, current);
    }
    version += 1;
    data = { ...step(data), version };
  }
  return { ok: true, value: data };
}

function refused(code: 'versionMissing' | 'versionUnknown', message: string, current: number): Migrated {
  return { ok: false, finding: { code, path: ['version'], message, hint: `Write "version: ${current}".` } };
}
