import type { Finding } from '../errors.ts';
import type { SystemData } from '../model/index.ts';
import { readAs } from '../schema/issues.ts';
import { entrySchemas, sectionSchemas } from '../schema/system-data.ts';
import type { Change, ListName, SectionName } from './change.ts';
import { mergePatch } from './merge-patch.ts';

/** Data with a change in it whose form is right; the rules have not been asked. */
export type Edit =
  | { readonly ok: true; readonly data: SystemData }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** Changes that replace entries or sections; the other kinds know their own way. */
export type EditChange = Extract<Change, { readonly kind: 'create' | 'update' | 'delete' | 'set' }>;

/** Makes the change in the data, with the defaults of new entries filled in. */
export function editData(data: SystemData, change: EditChange): Edit {
  switch (change.kind) {
    case 'create':
      return putEntry(data, change.list, data[change.list].length, change.value);
    case 'update':
      return atEntry(data, change, (index) => {
        const merged = mergePatch(data[change.list][index], change.value);
        return putEntry(data, change.list, index, merged);
      });
    case 'delete':
      return atEntry(data, change, (index) => {
        const entries: readonly unknown[] = data[change.list];
        return { ok: true, data: { ...data, [change.list]: entries.toSpliced(index, 1) } };
      });
    case 'set':
      return putSection(data, change.section, mergePatch(data[change.section], change.value));
  }
}

interface Named {
  readonly list: ListName;
  readonly id: string;
}

function atEntry(data: SystemData, { list, id }: Named, edit: (index: number) => Edit): Edit {
  const entries: readonly { readonly id: string }[] = data[list];
  const index = entries.findIndex((entry) => entry.id === id);
  return index < 0 ? { ok: false, findings: [entryUnknown(list, id)] } : edit(index);
}

/** The finding when a change names what does not exist. */
export function entryUnknown(list: ListName, id: string): Finding {
  const message = `There is no "${id}" in ${list}.`;
  return { code: 'entryUnknown', path: [list], message, hint: 'Name the id of an existing entry.' };
}

function putEntry(data: SystemData, list: ListName, index: number, value: unknown): Edit {
  const read = readAs<unknown>(entrySchemas[list], value, [list, index]);
  if (!read.ok) return read;
  const entries: unknown[] = [...data[list]];
  entries[index] = read.value;
  return { ok: true, data: { ...data, [list]: entries } };
}

function putSection(data: SystemData, section: SectionName, value: unknown): Edit {
  const read = readAs<unknown>(sectionSchemas[section], value, [section]);
  return read.ok ? { ok: true, data: { ...data, [section]: read.value } } : read;
}
