import type { FieldChange } from './audit-log.ts';

const SECRETS = new Set(['password', 'ha1', 'md5', 'sha256', 'mailboxPin']);
const HIDDEN = '(hidden)';

/** The fields in which two values differ, with dots between names; secrets only as changed or not. */
export function differences(before: unknown, after: unknown, field = ''): FieldChange[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (isFields(before) && isFields(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) => differences(before[name], after[name], field === '' ? name : `${field}.${name}`));
  }
  return [
    {
      field,
      ...(before === undefined ? {} : { before: hidden(before, field) }),
      ...(after === undefined ? {} : { after: hidden(after, field) }),
    },
  ];
}

/** The value with its secrets replaced by a word. */
export function hidden(value: unknown, field = ''): unknown {
  if (SECRETS.has(field.split('.').at(-1) ?? '')) return HIDDEN;
  if (Array.isArray(value)) return value.map((one) => hidden(one));
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, hidden(inner, name)]));
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
