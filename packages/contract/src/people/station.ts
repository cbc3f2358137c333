import { z } from 'zod';
import { emailAddress } from '../values/email.ts';
import { dialNumber, id, line } from '../values/scalars.ts';

/** A number of the phone system that colleagues may call and find: a person's desk number, or that of a place like a reception. */
export const listedStation = z
  .object({
    /** The phone system's; one phone system never has two with the same. */
    stationId: id,
    name: line(201).min(1),
    /** Of the person whose number it is. A person of the tenant with this address is shown once, with this number. */
    email: emailAddress.optional(),
    number: dialNumber,
    /** Own outside number, E.164. */
    outsideNumber: z
      .string()
      .regex(/^\+\d{3,15}$/)
      .optional(),
  })
  .meta({ id: 'ListedStation' });
export type ListedStation = z.output<typeof listedStation>;

export const stationItem = z.discriminatedUnion('op', [
  z.object({ op: z.literal('put'), station: listedStation }),
  z.object({ op: z.literal('withdraw'), stationId: id }),
]);
export type StationItem = z.output<typeof stationItem>;

/** Entries of one upload at most. */
export const MAX_STATION_ITEMS = 500;

export const stationUpload = z
  .object({ items: z.array(stationItem).min(1).max(MAX_STATION_ITEMS) })
  .meta({ id: 'StationUpload' });

/** What is stored for the asking phone system, so that it uploads only what is different. */
export const storedStations = z
  .object({
    /** `digest` is `connectionDigest` of the `ListedStation`. */
    stations: z.array(z.object({ stationId: id, digest: z.string() })),
    next: z.string().optional(),
  })
  .meta({ id: 'StoredStations' });
