import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Problem, readConfiguration } from '@unisono/platform';
import { contradictions } from './contradictions.ts';
import { flagSource, type GivenFlags } from './flags.ts';
import { CONFIGURATION, type Settings, VARIABLE_PREFIX } from './schema.ts';

/** Used when it lies in the working folder and no other file is named. */
export const DEFAULT_FILE = 'unisono.yaml';
const DEFAULT_DATA_FOLDER = 'data';
/** Names the configuration file, where there is no flag. */
const FILE_VARIABLE = `${VARIABLE_PREFIX}_CONFIG`;

/** A checked configuration. All paths are absolute. */
export interface LoadedSettings extends Settings {
  readonly data: string;
}

export type Loaded =
  | { ok: true; settings: LoadedSettings; file: string | undefined; warnings: string[] }
  | { ok: false; problems: Problem[] };

/** Reads flags, environment and file. Paths in the file count from its folder, all others from the working folder. */
export function loadSettings(
  given: GivenFlags,
  environment: Readonly<Record<string, string | undefined>>,
  workingFolder: string,
): Loaded {
  const { [FILE_VARIABLE]: namedByVariable, ...variables } = environment;
  const file = readFile(given.config ?? (namedByVariable || undefined), workingFolder);
  if ('place' in file) return { ok: false, problems: [file] };
  const flags = flagSource(given);
  const text = file.text === undefined ? {} : { file: { name: file.name, text: file.text } };
  const sources = { prefix: VARIABLE_PREFIX, flags, environment: variables, ...text };
  const result = readConfiguration(CONFIGURATION, sources, contradictions);
  if (!result.ok) return result;
  const baseOf = (option: string, variable: string): string =>
    flags[option] === undefined && !variables[variable] ? dirname(file.path) : workingFolder;
  return {
    ok: true,
    file: file.text === undefined ? undefined : file.path,
    warnings: result.warnings,
    settings: withAbsolutePaths(result.value, baseOf, workingFolder),
  };
}

function withAbsolutePaths(
  settings: Settings,
  baseOf: (option: string, variable: string) => string,
  workingFolder: string,
): LoadedSettings {
  const absolute = (option: string, path: string | undefined): string | undefined => {
    const variable = `${VARIABLE_PREFIX}_${option
      .replace(/[A-Z]/g, (letter) => `_${letter}`)
      .replace('.', '_')
      .toUpperCase()}`;
    return path === undefined ? undefined : resolve(baseOf(option, variable), path);
  };
  return {
    ...settings,
    data: absolute('data', settings.data) ?? resolve(workingFolder, DEFAULT_DATA_FOLDER),
    system: absolute('system', settings.system),
    assistant: {
      ...settings.assistant,
      ca: absolute('assistant.ca', settings.assistant.ca),
      licenceKey: absolute('assistant.licenceKey', settings.assistant.licenceKey),
    },
    tls: {
      ...settings.tls,
      certificate: absolute('tls.certificate', settings.tls.certificate),
      key: absolute('tls.key', settings.tls.key),
      ca: absolute('tls.ca', settings.tls.ca),
    },
  };
}

interface ConfigurationFile {
  /** As it was named, for messages. */
  name: string;
  path: string;
  text: string | undefined;
}

/** A file that was named must be there; the default one may be. */
function readFile(named: string | undefined, workingFolder: string): ConfigurationFile | Problem {
  const name = named ?? DEFAULT_FILE;
  const path = resolve(workingFolder, name);
  try {
    return { name, path, text: readFileSync(path, 'utf8') };
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (named === undefined && isMissing) return { name, path, text: undefined };
    const wrong = isMissing
      ? 'there is no such file'
      : `cannot be read (${error instanceof Error ? error.message : error})`;
    return { place: name, field: '', wrong, right: 'the path of a configuration file' };
  }
}
