import { z } from 'zod';

/** Bounds of texts, in characters. */
export const MAX_NAME_LENGTH = 100;
export const MAX_ID_LENGTH = 64;
export const MAX_NUMBER_LENGTH = 40;

/** An id that the side which made it understands; others compare it. */
export const id = z
  .string()
  .min(1)
  .max(MAX_ID_LENGTH)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._@-]*$/, 'Write letters, digits and . _ - @, beginning with a letter or digit.');

/** Milliseconds since 1970, UTC. */
export const atMs = z.int().min(0).max(8_640_000_000_000_000).meta({ description: 'Milliseconds since 1970, UTC.' });

/** A whole number that only grows: a version, a revision, a position in a list. */
export const counter = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

/** A name as people read it: one line, no control signs, no space at its ends. */
export const personName = z
  .string()
  .trim()
  .min(1)
  .max(MAX_NAME_LENGTH)
  .regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+$/u, 'Write a name of one line.');

/** One line of text for people, bounded. */
export function line(maxLength: number) {
  return z
    .string()
    .max(maxLength)
    .regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]*$/u, 'Write one line.');
}

/** A number as it is dialled or shown: digits, `*`, `#`, a plus at its beginning; spaces and the usual signs between. */
export const dialNumber = z
  .string()
  .max(MAX_NUMBER_LENGTH)
  .regex(/^[+*#\d][\d*#() /.,;-]*$/, 'Write a number as it is dialled, like "4021" or "+491711234567".');

export const language = z.enum(['en', 'de']);
export type Language = z.output<typeof language>;

/** A position in a list that the server continues from; clients do not look into it. */
export const cursor = z.string().min(1).max(512);

/** Entries of a page. */
export function pageSize(standard: number, max: number) {
  return z.coerce.number().int().min(1).max(max).default(standard);
}

/** A random value that makes a repeated request count once; chosen by the sender, kept for a day. */
export const idempotencyKey = z
  .string()
  .min(8)
  .max(128)
  .regex(/^[A-Za-z0-9._:-]+$/, 'Write 8 to 128 letters, digits and . _ : -');

/** A wss or https address. */
export function webAddress(protocols: readonly string[]) {
  return z
    .string()
    .max(2048)
    .refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
      message: `Write an address that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
    });
}
