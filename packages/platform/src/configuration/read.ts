import { parse } from 'yaml';
import type { z } from 'zod';
import { type Option, optionsOf } from './options.ts';
import { closest, type Problem } from './problem.ts';
import { readYaml } from './yaml-file.ts';

/** Where values come from. A flag wins over an environment variable, that over the file, that over the default. */
export interface Sources {
  /** By option (`sip.udp`): the text given and the flag it was given with (`--sip-port`). */
  flags?: Readonly<Record<string, { text: string; flag: string }>>;
  environment?: Readonly<Record<string, string | undefined>>;
  file?: { name: string; text: string };
  /** What environment variables begin with, without the underscore: `UNISONO`. */
  prefix: string;
}

/** Something that contradicts: found by the program when each value for itself was right. */
export interface Contradiction {
  path: readonly string[];
  wrong: string;
  right: string;
}

export type Configuration<Value> =
  | {
      ok: true;
      value: Value /** Variables that begin with the prefix and are no option: probably misspelt. */;
      warnings: string[];
    }
  | { ok: false; problems: Problem[] };

/**
 * Puts a configuration together and checks it. `contradictions` looks at the whole once every value is right. Never throws for
 * anything that somebody wrote; every problem names its place and what would be right.
 */
export function readConfiguration<Schema extends z.ZodType>(
  schema: Schema,
  sources: Sources,
  contradictions: (value: z.output<Schema>) => Contradiction[] = () => [],
): Configuration<z.output<Schema>> {
  const options = optionsOf(schema, sources.prefix);
  const file = readYaml(sources.file?.name ?? '', sources.file?.text ?? '');
  if (file.problems.length > 0) return { ok: false, problems: file.problems };
  const given = overridesOf(options, sources);
  const values = structuredClone(file.values);
  for (const { option, value } of given.values()) put(values, option.path, value);

  const placeOf = (path: readonly PropertyKey[]): string => given.get(path.join('.'))?.place ?? file.placeOf(path);
  const result = schema.safeParse(values);
  if (!result.success) return { ok: false, problems: problemsOf(result.error.issues, options, values, placeOf) };
  const contradicting = contradictions(result.data);
  if (contradicting.length === 0) return { ok: true, value: result.data, warnings: strayVariables(options, sources) };
  return {
    ok: false,
    problems: contradicting.map(({ path, wrong, right }) => ({
      place: placeOf(path),
      field: path.join('.'),
      wrong,
      right,
    })),
  };
}

interface Override {
  option: Option;
  value: unknown;
  place: string;
}

/** What flags and environment say, by option. An empty variable counts as not set. */
function overridesOf(options: readonly Option[], { flags = {}, environment = {} }: Sources): Map<string, Override> {
  const overrides = new Map<string, Override>();
  for (const option of options) {
    const name = option.path.join('.');
    const flag = flags[name];
    const variable = environment[option.variable];
    if (flag !== undefined) {
      overrides.set(name, { option, value: valueOfText(option, flag.text), place: `option ${flag.flag}` });
    } else if (variable !== undefined && variable !== '') {
      const place = `environment variable ${option.variable}`;
      overrides.set(name, { option, value: valueOfText(option, variable), place });
    }
  }
  return overrides;
}

/** A text as it would be read in the file, or as it is when only that fits: `5060` is a port for one option, a name for another. */
function valueOfText(option: Option, text: string): unknown {
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    return text;
  }
  const onlyAsText = !option.schema.safeParse(value).success && option.schema.safeParse(text).success;
  return onlyAsText ? text : value;
}

function put(values: unknown, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path;
  if (key === undefined || !isRecord(values)) return;
  if (rest.length === 0) values[key] = value;
  else {
    // A section that is written and left empty is null.
    values[key] ??= {};
    put(values[key], rest, value);
  }
}

type Issue = z.core.$ZodIssue;

function problemsOf(
  issues: readonly Issue[],
  options: readonly Option[],
  values: unknown,
  placeOf: (path: readonly PropertyKey[]) => string,
): Problem[] {
  return issues.flatMap((issue): Problem[] => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => {
        const path = [...issue.path, key];
        return {
          place: placeOf(path),
          field: path.join('.'),
          wrong: 'there is no such option',
          right: suggestion(issue.path, key, options),
        };
      });
    }
    const option = options.find(({ path }) => path.every((key, index) => issue.path[index] === key));
    const path = option?.path ?? issue.path;
    const wrong = `is ${JSON.stringify(path.reduce<unknown>((value, key) => (isRecord(value) ? value[String(key)] : undefined), values)) ?? 'missing'}`;
    const right = option?.right ?? `a section with ${childrenOf(issue.path, options).join(', ')}`;
    return [{ place: placeOf(path), field: path.join('.'), wrong, right }];
  });
}

function suggestion(section: readonly PropertyKey[], key: string, options: readonly Option[]): string {
  const siblings = childrenOf(section, options);
  const meant = closest(key, siblings) ?? options.find(({ path }) => path.at(-1) === key)?.path.join('.');
  return meant === undefined ? `one of ${siblings.join(', ')}` : meant;
}

function childrenOf(section: readonly PropertyKey[], options: readonly Option[]): string[] {
  const inside = options.filter(({ path }) => section.every((key, index) => path[index] === key));
  return [...new Set(inside.map(({ path }) => path[section.length] ?? ''))];
}

function strayVariables(options: readonly Option[], { environment = {}, prefix }: Sources): string[] {
  const known = options.map((option) => option.variable);
  return Object.keys(environment)
    .filter((name) => name.startsWith(`${prefix}_`) && !known.includes(name))
    .map((name) => {
      const meant = closest(name, known);
      return `the environment variable ${name} is no option and has no effect${meant === undefined ? '' : `; is ${meant} meant?`}`;
    });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
