import type { FieldOf } from './kinds.ts';

export type Draft = Readonly<Record<string, unknown>>;

/** The value at a place of an entry; undefined when there is none. */
export function valueAt(draft: Draft, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, name) => (typeof value === 'object' && value !== null ? (value as Draft)[name] : undefined),
    draft,
  );
}

/** The entry with another value there; an empty one is taken away, and the group around it when it was its last. */
export function withValue(draft: Draft, path: readonly string[], value: unknown): Draft {
  const [name = '', ...rest] = path;
  const { [name]: before, ...others } = draft;
  const isGroup = typeof before === 'object' && before !== null && !Array.isArray(before);
  const now = rest.length === 0 ? value : withValue(isGroup ? (before as Draft) : {}, rest, value);
  const isEmpty =
    now === undefined ||
    now === '' ||
    (rest.length > 0 && Object.keys(now as Draft).every((key) => key === 'hasPassword'));
  return isEmpty ? others : { ...draft, [name]: now };
}

/** What has to be sent to make an entry of this one (RFC 7396): what differs, and null for what is gone. */
export function patchBetween(before: Draft, after: Draft): Draft {
  const patch: Record<string, unknown> = {};
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, now] = [before[name], after[name]];
    if (JSON.stringify(old) === JSON.stringify(now)) continue;
    const areGroups = [old, now].every((one) => typeof one === 'object' && one !== null && !Array.isArray(one));
    patch[name] = now === undefined ? null : areGroups ? patchBetween(old as Draft, now as Draft) : now;
  }
  return patch;
}

/** What a new part has from the beginning. */
export function newRow(fields: readonly FieldOf[]): Draft {
  return fields.reduce<Draft>((draft, { path, input }) => {
    if (input.as === 'choice') return withValue(draft, path, input.options[0]);
    return input.as === 'flag' ? withValue(draft, path, true) : draft;
  }, {});
}
