import { emailAddress, emailKey, type ImportReport, language, line, personName } from '@unisono/contract';
import { z } from 'zod';
import { nameKeys } from '../book/keys.ts';
import { type Change, change, holdTenant } from '../change.ts';
import type { Context } from '../context.ts';
import { type CsvLine, Report, readCsv } from './csv.ts';
import { type By, newRow, searchKey, type UserRow } from './directory.ts';
import { forEachInSlices } from './slices.ts';

const COLUMNS = ['email', 'firstName', 'lastName', 'phone', 'language', 'externalId'];
/** Rows of one statement: SQLite takes 32,766 values, PostgreSQL 65,535. */
const INSERT_ROWS = 100;

const yes = /^(1|y|yes|true|on|ja|j)$/i;
const no = /^(0|n|no|false|off|nein)$/i;

const personLine = z.object({
  email: emailAddress,
  firstName: personName,
  lastName: personName,
  phone: z
    .string()
    .refine((text) => text === '' || yes.test(text) || no.test(text), 'Write yes or no.')
    .optional(),
  language: z.union([language, z.literal('')]).optional(),
  externalId: line(256).optional(),
});
type PersonLine = z.output<typeof personLine>;

export interface ImportOptions {
  readonly dryRun: boolean;
  readonly skipErrors: boolean;
}

/**
 * People from CSV, matched by address. All or nothing, unless errors are to be skipped; a dry run only says what would be. Nobody is
 * taken out, and nobody is invited. Throws `invalidRequest` for what is no such file.
 */
export async function importUsers(
  context: Context,
  by: By,
  text: string,
  options: ImportOptions,
): Promise<ImportReport> {
  const lines = await readCsv(text, COLUMNS, ['email', 'firstName', 'lastName']);
  return change(context, async (one) => {
    await holdTenant(one, by.tenantId);
    const plan = await planLines(lines, await peopleByKey(one, by.tenantId));
    const isApplied = !options.dryRun && (plan.report.failed === 0 || options.skipErrors);
    if (isApplied && plan.create.length + plan.update.length > 0) await apply(one, by, plan);
    return plan.report.finish(options.dryRun, isApplied);
  });
}

interface Plan {
  readonly report: Report;
  readonly create: PersonLine[];
  readonly update: { readonly row: UserRow; readonly person: PersonLine }[];
}

async function planLines(lines: readonly CsvLine[], known: ReadonlyMap<string, UserRow>): Promise<Plan> {
  const plan: Plan = { report: new Report(), create: [], update: [] };
  const seen = new Map<string, number>();
  await forEachInSlices(lines, ({ line: number, fields }) => {
    const read = personLine.safeParse(fields);
    if (!read.success) {
      const [issue] = read.error.issues;
      const message = `${issue?.path.join('.')}: ${issue?.message}`;
      plan.report.add({ line: number, outcome: 'error', code: 'invalidRequest', message, ...emailOf(fields) });
      return;
    }
    const person = read.data;
    const key = emailKey(person.email);
    const earlier = seen.get(key);
    if (earlier !== undefined) {
      const message = `The same address stands in line ${earlier}.`;
      plan.report.add({ line: number, outcome: 'error', code: 'emailTaken', message, email: person.email });
      return;
    }
    seen.set(key, number);
    const row = known.get(key);
    if (row === undefined) plan.create.push(person);
    else if (isDifferent(row, person)) plan.update.push({ row, person });
    const outcome = row === undefined ? 'create' : isDifferent(row, person) ? 'update' : 'unchanged';
    plan.report.add({ line: number, outcome, email: person.email });
  });
  return plan;
}

function emailOf(fields: Readonly<Record<string, string>>): { email?: string } {
  return fields.email === undefined ? {} : { email: fields.email.slice(0, 320) };
}

async function peopleByKey(one: Change, tenantId: string): Promise<Map<string, UserRow>> {
  const rows = one.writing.selectFrom('users').selectAll().where('tenant_id', '=', tenantId);
  const people = await rows.where('deleted_at_ms', 'is', null).execute();
  return new Map(people.map((row) => [row.email_key ?? '', row]));
}

/** Columns that are not there, or empty, leave a person as they are. */
function merged(row: UserRow, person: PersonLine) {
  return {
    email: person.email,
    first_name: person.firstName,
    last_name: person.lastName,
    phone: person.phone === undefined || person.phone === '' ? row.phone : Number(yes.test(person.phone)),
    language: person.language === undefined || person.language === '' ? row.language : person.language,
    external_id: person.externalId === undefined || person.externalId === '' ? row.external_id : person.externalId,
  };
}

function isDifferent(row: UserRow, person: PersonLine): boolean {
  return Object.entries(merged(row, person)).some(([name, value]) => row[name as keyof UserRow] !== value);
}

async function apply(one: Change, by: By, { create, update }: Plan): Promise<void> {
  let revision = (await one.nextRevision(by.tenantId, create.length + update.length)) - create.length - update.length;
  const rows: UserRow[] = [];
  await forEachInSlices(create, (person) => {
    revision++;
    const { email, firstName, lastName } = person;
    const more = {
      ...(person.language === undefined || person.language === '' ? {} : { language: person.language }),
      ...(person.externalId === undefined || person.externalId === '' ? {} : { externalId: person.externalId }),
    };
    const phone = person.phone === undefined || !no.test(person.phone);
    rows.push(newRow(one, by.tenantId, { email, firstName, lastName, role: 'user', phone, ...more }, revision));
  });
  for (let from = 0; from < rows.length; from += INSERT_ROWS)
    await one.writing
      .insertInto('users')
      .values(rows.slice(from, from + INSERT_ROWS))
      .execute();
  for (const { row, person } of update) {
    revision++;
    const values = merged(row, person);
    const search_key = searchKey(values.first_name, values.last_name, values.email);
    const name_keys = nameKeys(`${values.first_name} ${values.last_name}`);
    await one.writing
      .updateTable('users')
      .set({ ...values, search_key, name_keys, revision, version: row.version + 1, changed_at_ms: one.nowMs })
      .where('tenant_id', '=', by.tenantId)
      .where('id', '=', row.id)
      .execute();
  }
  const details = { created: create.length, updated: update.length };
  one.audit({ ...by, action: 'people imported', subject: 'CSV', details });
}
