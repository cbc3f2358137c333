import { dialNumber, emailAddress, type ImportReport, line } from '@unisono/contract';
import { z } from 'zod';
import { type Change, change } from '../change.ts';
import type { Context } from '../context.ts';
import { folded, fromCursor, toCursor } from '../database/json.ts';
import type { Reader } from '../database/tables.ts';
import { ProblemError } from '../http/problem-error.ts';
import { type CsvLine, Report, readCsv } from '../people/csv.ts';
import type { By } from '../people/directory.ts';
import type { ImportOptions } from '../people/import.ts';
import { forEachInSlices } from '../people/slices.ts';
import { nameKeys } from './keys.ts';
import { numberKey } from './numbers.ts';

const KINDS = ['work', 'mobile', 'home'] as const;
const INSERT_ROWS = 500;

const number = z.union([dialNumber, z.literal('')]).optional();
const contactLine = z
  .object({
    name: line(201).min(1),
    company: line(200).optional(),
    email: z.union([emailAddress, z.literal('')]).optional(),
    work: number,
    mobile: number,
    home: number,
  })
  .refine((one) => KINDS.some((kind) => one[kind]), 'Give one number at least.');
type ContactLine = z.output<typeof contactLine>;

/** Shared contacts from CSV: they replace those there were, all or nothing unless errors are to be skipped. */
export async function importContacts(
  context: Context,
  by: By,
  text: string,
  options: ImportOptions,
): Promise<ImportReport> {
  const lines = await readCsv(text, ['name', 'company', 'email', ...KINDS], ['name']);
  const report = new Report();
  const good: ContactLine[] = [];
  await forEachInSlices(lines, (one) => void good.push(...readLine(one, report)));
  const isApplied = !options.dryRun && (report.failed === 0 || options.skipErrors);
  if (isApplied) await change(context, (one) => replace(one, by, good));
  return report.finish(options.dryRun, isApplied);
}

function readLine({ line: at, fields }: CsvLine, report: Report): ContactLine[] {
  const read = contactLine.safeParse(fields);
  if (read.success) {
    report.add({ line: at, outcome: 'create' });
    return [read.data];
  }
  const [issue] = read.error.issues;
  const message = `${issue?.path.join('.')}: ${issue?.message}`;
  report.add({ line: at, outcome: 'error', code: 'invalidRequest', message });
  return [];
}

async function replace(one: Change, by: By, contacts: readonly ContactLine[]): Promise<void> {
  const { tenantId } = by;
  for (const table of ['contact_numbers', 'contacts'] as const)
    await one.writing.deleteFrom(table).where('tenant_id', '=', tenantId).execute();
  const rows = contacts.map((contact) => rowOf(one, tenantId, contact));
  for (let from = 0; from < rows.length; from += INSERT_ROWS) {
    const part = rows.slice(from, from + INSERT_ROWS);
    await one.writing.insertInto('contacts').values(part).execute();
    const numbers = part.flatMap((row) =>
      keysOf(row.numbers).map((number_key) => ({ tenant_id: tenantId, number_key, contact_id: row.id })),
    );
    if (numbers.length > 0) await one.writing.insertInto('contact_numbers').values(numbers).execute();
  }
  one.audit({ ...by, action: 'contacts imported', subject: 'CSV', details: { contacts: rows.length } });
}

function rowOf(one: Change, tenantId: string, contact: ContactLine) {
  const numbers = KINDS.flatMap((kind) => (contact[kind] ? [{ kind, number: contact[kind] }] : []));
  const { name, company, email } = contact;
  return {
    tenant_id: tenantId,
    id: one.newId('b'),
    name,
    company: company || null,
    email: email || null,
    numbers: JSON.stringify(numbers),
    search_key: folded([name, company, email, ...keysOf(JSON.stringify(numbers))].filter(Boolean).join(' ')),
    name_keys: nameKeys(name),
  };
}

function keysOf(numbers: string): string[] {
  const list = JSON.parse(numbers) as { readonly number: string }[];
  return [...new Set(list.map((entry) => numberKey(entry.number)))].filter((key) => key !== '');
}

/** A page of the shared contacts, by name. */
export async function listContacts(
  reader: Reader,
  tenantId: string,
  query: { readonly cursor?: string | undefined; readonly limit: number },
) {
  const after = query.cursor === undefined ? (['', ''] as const) : fromCursor(query.cursor, ['string', 'string']);
  if (after === undefined) throw new ProblemError('invalidRequest', 'This is no cursor of this list.');
  const [key, id] = after;
  const rows = await reader
    .selectFrom('contacts')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where((is) => is.or([is('search_key', '>', key), is.and([is('search_key', '=', key), is('id', '>', id)])]))
    .orderBy('search_key')
    .orderBy('id')
    .limit(query.limit + 1)
    .execute();
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    contacts: page.map((row) => ({
      contactId: row.id,
      name: row.name,
      numbers: JSON.parse(row.numbers) as { kind: string; number: string }[],
      ...(row.company === null ? {} : { company: row.company }),
      ...(row.email === null ? {} : { email: row.email }),
    })),
    ...(rows.length > query.limit && last !== undefined ? { next: toCursor([last.search_key, last.id]) } : {}),
  };
}
