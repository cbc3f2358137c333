import { z } from 'zod';
import { historyEntry, presence } from '../calls/calls.ts';
import { emailAddress } from '../values/email.ts';
import { counter, dialNumber, id, line } from '../values/scalars.ts';

/** A number of an entry; `kind` is `desk`, `work`, `mobile`, `home` or what the source says. */
const entryNumber = z.object({ kind: z.string().max(32), number: dialNumber });

/** A person of the tenant, a number of its phone system that is of none of them, or a shared contact. */
export const directoryEntry = z
  .object({
    entryId: id,
    source: z.enum(['person', 'station', 'contact', 'ldap']).or(z.string()),
    name: line(201),
    company: line(200).optional(),
    email: z.string().max(320).optional(),
    numbers: z.array(entryNumber),
    /** When it was asked. */
    presence: presence.optional(),
  })
  .meta({ id: 'DirectoryEntry' });
export type DirectoryEntry = z.output<typeof directoryEntry>;

export const directoryResult = z
  .object({ entries: z.array(directoryEntry), next: z.string().optional() })
  .meta({ id: 'DirectoryResult' });

/** Whose number it is; empty when nobody's. */
export const numberOwner = z
  .object({ name: line(201).optional(), entry: directoryEntry.optional() })
  .meta({ id: 'NumberOwner' });

const favourite = z.object({
  /** Of the directory, when it comes from there. */
  entryId: id.optional(),
  name: line(201),
  number: dialNumber,
});

/** The favourites, in the user's order. */
export const favourites = z
  .object({
    version: counter,
    favourites: z.array(favourite.extend({ presence: presence.optional() })).max(200),
  })
  .meta({ id: 'Favourites' });
export const favouritesChange = z.object({ version: counter, favourites: z.array(favourite).max(200) });

export const historyPage = z
  .object({
    entries: z.array(historyEntry),
    next: z.string().optional(),
    /** Missed calls since the history was looked at last (`seen`). */
    unseenMissed: z.int().min(0),
  })
  .meta({ id: 'HistoryPage' });

/** A shared contact of the tenant. */
export const contact = z
  .object({
    contactId: id,
    name: line(201),
    company: line(200).optional(),
    email: emailAddress.optional(),
    numbers: z.array(entryNumber).max(10),
  })
  .meta({ id: 'Contact' });
