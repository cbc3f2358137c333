import { z } from 'zod';
import { emailAddress } from '../values/email.ts';
import { atMs, counter, id, language, line, personName } from '../values/scalars.ts';

/** `invited`: has not signed in yet; `disabled`: may not sign in, and is no Unify Phone user for as long. */
export const userStatus = z.enum(['invited', 'active', 'disabled']);
export type UserStatus = z.output<typeof userStatus>;

/** `admin` may do everything of the tenant's administration; `user` only what is theirs. */
export const userRole = z.enum(['user', 'admin']);

/** A person of the tenant's directory, as administrators see it. */
export const directoryUser = z
  .object({
    id,
    email: emailAddress,
    firstName: personName,
    lastName: personName,
    displayName: line(201),
    language: language.optional(),
    role: userRole,
    status: userStatus,
    /** Whether Unify Phone is on. */
    phone: z.boolean(),
    /** The id that another directory knows the person by (SCIM externalId). */
    externalId: line(256).optional(),
    /** Grows with every change of this entry; goes into If-Match as `"N"`. */
    version: counter,
    createdAtMs: atMs,
    changedAtMs: atMs,
    /** Whether a phone system has uploaded connection data. */
    connected: z.boolean(),
    /** The invitation whose link can still be used; absent: there is none, or its time is over. */
    invitation: z.object({ sentAtMs: atMs, expiresAtMs: atMs }).optional(),
    /** Whether signing in needs a code beside the password. */
    secondFactor: z.boolean().optional(),
  })
  .meta({ id: 'DirectoryUser', description: 'A person of the tenant.' });
export type DirectoryUser = z.output<typeof directoryUser>;

export const newUser = z
  .object({
    email: emailAddress,
    firstName: personName,
    lastName: personName,
    language: language.optional(),
    role: userRole.default('user'),
    phone: z.boolean().default(true),
    externalId: line(256).optional(),
    /** Whether an invitation goes out by e-mail now. */
    invite: z.boolean().default(true),
  })
  .meta({ id: 'NewUser' });
export type NewUser = z.output<typeof newUser>;

/** An invitation that went out. `file` and `link` are there where mails are kept as files because no mail server is configured. */
export const invitationSent = z
  .object({
    sentAtMs: atMs,
    expiresAtMs: atMs,
    /** Where the mail lies, at the Connector. */
    file: z.string().max(4096).optional(),
    link: z.string().max(2048).optional(),
  })
  .meta({ id: 'InvitationSent' });
export type InvitationSent = z.output<typeof invitationSent>;

/** What is given is changed. */
export const userPatch = z
  .object({
    email: emailAddress.optional(),
    firstName: personName.optional(),
    lastName: personName.optional(),
    language: language.nullable().optional(),
    role: userRole.optional(),
    phone: z.boolean().optional(),
    externalId: line(256).nullable().optional(),
    disabled: z.boolean().optional(),
  })
  .meta({ id: 'UserPatch' });
export type UserPatch = z.output<typeof userPatch>;

/** A person as the Assistant sees it: who has Unify Phone on and is not disabled. */
export const syncUser = z
  .object({
    id,
    email: emailAddress,
    firstName: personName,
    lastName: personName,
    displayName: line(201),
    language: language.optional(),
    status: userStatus,
    changedAtMs: atMs,
    /** The connection data stored for this person by the asking phone system; absent: none. */
    connection: z.object({ version: counter, digest: z.string() }).optional(),
  })
  .meta({ id: 'SyncUser', description: 'A Unify Phone user.' });
export type SyncUser = z.output<typeof syncUser>;

/** A person who is no Unify Phone user any more. Why, as far as this reader knows. */
export const removedUser = z
  .object({ id, reason: z.enum(['phoneOff', 'disabled', 'deleted']).or(z.string()) })
  .meta({ id: 'RemovedUser' });
export type RemovedUser = z.output<typeof removedUser>;

/**
 * A page of all Unify Phone users, or of what changed since a delta cursor. Where `next` is there, more follows. `delta` is on the
 * last page: everything that changes from the beginning of this walk on is found from there, including what changed during it.
 */
export const syncPage = z
  .object({
    users: z.array(syncUser),
    removed: z.array(removedUser),
    next: z.string().optional(),
    delta: z.string().optional(),
  })
  .meta({ id: 'SyncPage' });
export type SyncPage = z.output<typeof syncPage>;
