import type { z } from 'zod';
import type { DataPath, Finding } from '../errors.ts';
import { COMBINATION } from './combinations.ts';
import { didYouMean } from './did-you-mean.ts';

/** The value of the schema's type, or everything that is wrong with its form. */
export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly findings: Finding[] };

/** Checks the form of a value and fills in the defaults; `base` is where the value stands in the data. */
export function readAs<T>(schema: z.ZodType<T>, value: unknown, base: DataPath = []): Read<T> {
  const result = schema.safeParse(value, { reportInput: true, error: knownFields });
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, findings: result.error.issues.flatMap((issue) => findingsOf(issue, base)) };
}

/** The message of an unknown field carries the names of the known ones to `unknownFields`. */
function knownFields(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== 'unrecognized_keys') return undefined;
  const definition = issue.inst?._zod.def as { readonly shape?: object } | undefined;
  return Object.keys(definition?.shape ?? {}).join(',');
}

function findingsOf(issue: z.core.$ZodIssue, base: DataPath): Finding[] {
  const path = [...base, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownField(path, key, issue.message));
  return [{ path, ...explain(issue, path) }];
}

function unknownField(path: DataPath, key: string, known: string): Finding {
  const fields = known.split(',');
  const meant = didYouMean(key, fields);
  return {
    code: 'fieldUnknown',
    path: [...path, key],
    message: `There is no field "${key}" here.`,
    hint: meant === undefined ? `Fields here: ${fields.join(', ')}.` : `Did you mean "${meant}"?`,
  };
}

type Explanation = Pick<Finding, 'code' | 'message' | 'hint'>;

function explain(issue: z.core.$ZodIssue, path: DataPath): Explanation {
  if (issue.input === undefined && issue.code !== 'custom') return missing(issue, path);
  const value = shown(issue.input, path);
  switch (issue.code) {
    case 'invalid_type':
      return {
        code: 'fieldType',
        message: `${value} is not ${kindOf(issue.expected)}.`,
        hint: typeHint(issue.expected),
      };
    case 'invalid_value':
      return choice(value, issue.values.map(String), issue.input);
    case 'invalid_union':
      return unionChoice(issue, path);
    case 'too_small':
      return outOfRange(value, issue.origin, `at least ${issue.minimum}`);
    case 'too_big':
      return outOfRange(value, issue.origin, `at most ${issue.maximum}`);
    case 'custom':
      return isCombinationIssue(issue)
        ? { code: 'fieldCombination', message: 'These fields do not go together.', hint: issue.message }
        : { code: 'fieldFormat', message: `${value} is not written as this field asks.`, hint: issue.message };
    default:
      return { code: 'fieldFormat', message: `${value} is not written as this field asks.`, hint: issue.message };
  }
}

function isCombinationIssue(issue: z.core.$ZodIssue & { readonly code: 'custom' }): boolean {
  return issue.params?.kind === COMBINATION;
}

function missing(issue: z.core.$ZodIssue, path: DataPath): Explanation {
  const name = String(path.at(-1) ?? 'the value');
  const choices = 'values' in issue ? `one of ${issue.values.map(String).join(', ')}` : undefined;
  const kind = 'expected' in issue ? kindOf(issue.expected) : (choices ?? 'a value');
  return { code: 'fieldMissing', message: `The field "${name}" is missing.`, hint: `Add it: it holds ${kind}.` };
}

function choice(value: string, known: readonly string[], input: unknown): Explanation {
  const meant = typeof input === 'string' ? didYouMean(input, known) : undefined;
  const all = `Allowed: ${known.join(', ')}.`;
  const hint = meant === undefined ? all : `Did you mean "${meant}"? ${all}`;
  return { code: 'fieldChoice', message: `${value} is not one of the allowed words.`, hint };
}

function unionChoice(issue: z.core.$ZodIssue & { readonly code: 'invalid_union' }, path: DataPath): Explanation {
  const options = (issue as { readonly options?: readonly unknown[] }).options?.map(String) ?? [];
  const key = String(path.at(-1));
  const input = issue.input as Readonly<Record<string, unknown>> | null;
  const value = typeof input === 'object' && input !== null ? input[key] : input;
  if (value !== undefined) return choice(shown(value, path), options, value);
  return { code: 'fieldMissing', message: `The field "${key}" is missing.`, hint: `Add it: ${options.join(' or ')}.` };
}

const UNITS: Readonly<Record<string, string>> = { string: ' characters', array: ' entries' };

function outOfRange(value: string, origin: string, limit: string): Explanation {
  const unit = UNITS[origin] ?? '';
  return { code: 'fieldRange', message: `${value} is outside the limits.`, hint: `Give ${limit}${unit}.` };
}

const KINDS: Readonly<Record<string, readonly [kind: string, hint: string]>> = {
  string: ['text', 'Write a text, in quotes where it could be mistaken for something else.'],
  number: ['a whole number', 'Write a whole number without quotes.'],
  int: ['a whole number', 'Write a whole number without fraction.'],
  boolean: ['true or false', 'Write true or false.'],
  array: ['a list', 'Write a list; in YAML each entry begins with "- ".'],
  object: ['a group of fields', 'Write fields with their values.'],
};

function kindOf(expected: string): string {
  return KINDS[expected]?.[0] ?? expected;
}

function typeHint(expected: string): string {
  return KINDS[expected]?.[1] ?? `Write ${expected}.`;
}

/** Values longer than this are cut in messages. */
const MAX_SHOWN_LENGTH = 40;

/** The value as it appears in a message; secrets do not. */
function shown(value: unknown, path: DataPath): string {
  if (path.some((part) => part === 'password' || part === 'ha1')) return 'The value';
  if (Array.isArray(value)) return value.length === 0 ? 'An empty list' : 'A list';
  if (typeof value === 'object' && value !== null) return 'A group of fields';
  if (value === null) return 'Nothing';
  const text = String(value);
  const cut = text.length > MAX_SHOWN_LENGTH ? `${text.slice(0, MAX_SHOWN_LENGTH)}…` : text;
  return typeof value === 'string' ? `"${cut}"` : cut;
}
