import { emailAddress, type Language, language } from '@unisono/contract';
import { displayName, type UserRow } from '../people/directory.ts';
import { ScimError } from './error.ts';

export const USER_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:User';
/** Our own attribute: whether Unify Phone is on. */
export const PHONE_SCHEMA = 'urn:unisono:params:scim:schemas:extension:phone:2.0:User';

export type Resource = Record<string, unknown>;

/** A person as SCIM shows it (RFC 7643 §4.1). */
export function resourceOf(row: UserRow, location: string): Resource {
  return {
    schemas: [USER_SCHEMA, PHONE_SCHEMA],
    id: row.id,
    ...(row.external_id === null ? {} : { externalId: row.external_id }),
    userName: row.email,
    name: { givenName: row.first_name, familyName: row.last_name, formatted: displayName(row) },
    displayName: displayName(row),
    ...(row.language === null ? {} : { preferredLanguage: row.language }),
    active: row.status !== 'disabled',
    emails: [{ value: row.email, type: 'work', primary: true }],
    [PHONE_SCHEMA]: { phone: row.phone === 1 },
    meta: {
      resourceType: 'User',
      created: new Date(row.created_at_ms).toISOString(),
      lastModified: new Date(row.changed_at_ms).toISOString(),
      location: `${location}/Users/${row.id}`,
      version: versionTag(row),
    },
  };
}

export function versionTag({ version }: Pick<UserRow, 'version'>): string {
  return `W/"${version}"`;
}

/** What of a resource is kept here; the rest of the core schema is passed over. */
export interface Wanted {
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly externalId: string | undefined;
  readonly language: Language | undefined;
  readonly isActive: boolean;
  readonly phone: boolean | undefined;
}

/** Reads a resource as clients write it. Throws `invalidValue`. */
export function wantedOf(resource: Resource): Wanted {
  const email = emailOf(resource);
  const name = asRecord(resource.name);
  const shown = text(resource.displayName) ?? text(name.formatted);
  const [first, ...rest] = (shown ?? email.split('@')[0] ?? email).split(' ');
  const firstName = text(name.givenName) ?? first ?? email;
  const phone = asRecord(resource[PHONE_SCHEMA]).phone;
  return {
    email,
    firstName: line(firstName, 'name.givenName'),
    lastName: line(text(name.familyName) ?? (rest.join(' ') || firstName), 'name.familyName'),
    externalId: text(resource.externalId)?.slice(0, 256),
    language: language.safeParse(text(resource.preferredLanguage)?.slice(0, 2).toLowerCase()).data,
    isActive: asBoolean(resource.active, 'active') ?? true,
    phone: asBoolean(phone, 'phone'),
  };
}

/** The user name where it is an address, as it is with most providers; else the primary address. */
function emailOf(resource: Resource): string {
  const emails = (Array.isArray(resource.emails) ? resource.emails : []).map(asRecord);
  const primary = emails.find((one) => asBoolean(one.primary, 'emails.primary') === true) ?? emails[0];
  for (const candidate of [resource.userName, primary?.value]) {
    const read = emailAddress.safeParse(candidate);
    if (read.success) return read.data;
  }
  throw new ScimError(400, 'invalidValue', 'Neither userName nor the primary e-mail is an e-mail address.');
}

function line(value: string, path: string): string {
  const trimmed = value.trim().slice(0, 100);
  if (trimmed === '' || /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(trimmed))
    throw new ScimError(400, 'invalidValue', `${path} has to be one line of text.`);
  return trimmed;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** Some providers write booleans as texts. */
function asBoolean(value: unknown, path: string): boolean | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string' && /^(true|false)$/i.test(value)) return value.toLowerCase() === 'true';
  throw new ScimError(400, 'invalidValue', `${path} has to be true or false.`);
}

export function asRecord(value: unknown): Resource {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Resource) : {};
}
