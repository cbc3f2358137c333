import type { ListName, System } from '@unisono/pbx';

/** The entry `stations/4020`, or the section `numbering`. */
export function entryOf({ data }: System, target: string): unknown {
  const slash = target.indexOf('/');
  if (slash < 0) return data[target as 'company' | 'numbering' | 'defaults' | 'licences'];
  const entries: readonly { readonly id: string }[] = data[target.slice(0, slash) as ListName] ?? [];
  return entries.find(({ id }) => id === target.slice(slash + 1));
}
