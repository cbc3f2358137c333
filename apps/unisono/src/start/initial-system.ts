import { readFileSync } from 'node:fs';
import { demoSystem, parseSystem, type SystemData } from '@unisono/pbx';
import { SystemRandom } from '@unisono/sip';
import { systemErrorLine } from '../cli/describe.ts';
import { rememberImport, wasImported } from '../stores/import-record.ts';
import type { Store } from '../stores/open-store.ts';
import { createSystem, loadSystem, type Origin, type SystemStore } from '../stores/system-store.ts';
import { StartError } from './start-error.ts';

/** The system data to start with, and what was done to get it. */
export interface InitialSystem {
  system: SystemStore;
  done: 'loaded' | 'imported' | 'demoCreated';
}

/**
 * Loads the stored system data. A system data file whose text is another than at its last import replaces them first, as a whole.
 * Without either there is the demo company. Throws a `StartError` when the file is not sound: then nothing was changed.
 */
export function initialSystem(store: Store, file: string | undefined, epochMs: () => number): InitialSystem {
  const text = file === undefined ? undefined : readText(file);
  const isNews = file !== undefined && text !== undefined && !wasImported(store, file, text);
  if (isNews) {
    const system = put(store, checked(file, text), 'import', epochMs);
    rememberImport(store, file, text, epochMs());
    return { system, done: 'imported' };
  }
  const system = loadSystem(store, epochMs);
  if (system !== undefined) return { system, done: 'loaded' };
  return {
    system: createSystem(store, demoSystem({ random: new SystemRandom() }), 'demo', epochMs),
    done: 'demoCreated',
  };
}

function put(store: Store, data: SystemData, origin: Origin, epochMs: () => number): SystemStore {
  const system = loadSystem(store, epochMs);
  if (system === undefined) return createSystem(store, data, origin, epochMs);
  system.replace(data, origin);
  return system;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new StartError(
      `the system data file ${file} cannot be read: ${error instanceof Error ? error.message : error}`,
    );
  }
}

function checked(file: string, text: string): SystemData {
  const read = parseSystem(text);
  if (read.ok) return read.data;
  const lines = read.errors.map((error) => `  ${systemErrorLine(file, error)}`);
  throw new StartError(
    `the system data file ${file} is not sound, and nothing of it was imported:\n${lines.join('\n')}`,
  );
}
