import { checkRules } from '../check/check-system.ts';
import { type Finding, type SystemError, toError } from '../errors.ts';
import type { SystemData } from '../model/index.ts';
import { readAs } from '../schema/issues.ts';
import { systemDataSchema } from '../schema/system-data.ts';
import { withoutBroken } from './broken-entries.ts';
import { readJson } from './json.ts';
import { migrate } from './migrate.ts';
import { readPlainYaml } from './plain-yaml.ts';
import { MAX_TEXT_LENGTH, readSource } from './source.ts';

/** Checked system data with every default filled in, or every reason why it is none, in the order of the text. */
export type ReadSystem =
  | { readonly ok: true; readonly data: SystemData }
  | { readonly ok: false; readonly errors: readonly SystemError[] };

/**
 * Reads system data from YAML or JSON text. All or nothing; all errors are found at once, with line and column. JSON
 * and plain YAML are read many times faster than YAML with all its forms.
 */
export function parseSystem(text: string): ReadSystem {
  const simple = text.length > MAX_TEXT_LENGTH ? undefined : (readJson(text) ?? readPlainYaml(text));
  const quick = simple && readValue(simple.value);
  if (quick?.ok) return quick;
  const source = readSource(text);
  if ('errors' in source) return { ok: false, errors: source.errors };
  const read = readValue(source.value);
  if (read.ok) return read;
  const errors = read.findings.map((finding) => source.locate(finding));
  return { ok: false, errors: errors.sort(byPlace) };
}

/** Reads system data from a plain value, as it comes out of JSON or a database. */
export function readSystem(value: unknown): ReadSystem {
  const read = readValue(value);
  return read.ok ? read : { ok: false, errors: read.findings.map(toError) };
}

/** Everything wrong with the data, form and rules; empty: the system is sound. */
export function checkSystem(data: SystemData): readonly SystemError[] {
  const read = readSystem(data);
  return read.ok ? [] : read.errors;
}

type ReadValue =
  | { readonly ok: true; readonly data: SystemData }
  | { readonly ok: false; readonly findings: readonly Finding[] };

function readValue(value: unknown): ReadValue {
  const migrated = migrate(value);
  if (!migrated.ok) return { ok: false, findings: [migrated.finding] };
  const read = readAs(systemDataSchema, migrated.value);
  if (!read.ok) return { ok: false, findings: [...read.findings, ...rulesBeside(migrated.value, read.findings)] };
  const findings = checkRules(read.value);
  return findings.length === 0 ? { ok: true, data: read.value } : { ok: false, findings };
}

/** What the rules say about the entries whose form is right, so that one typing error hides nothing else. */
function rulesBeside(value: unknown, broken: readonly Finding[]): readonly Finding[] {
  const rest = withoutBroken(value, broken);
  const read = readAs(systemDataSchema, rest.value);
  return read.ok ? checkRules(read.value).filter(rest.isReliable).map(rest.restorePath) : [];
}

function byPlace(a: SystemError, b: SystemError): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
