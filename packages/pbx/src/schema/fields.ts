import { z } from 'zod';

/** Bounds of texts, in characters. */
export const MAX_NAME_LENGTH = 100;
export const MAX_ID_LENGTH = 64;
export const MAX_SECRET_LENGTH = 128;
export const MAX_NUMBER_LENGTH = 15;

/** A whole number. Text takes decimal digits, because YAML is read without guessing which texts are numbers. */
export function whole(min: number, max: number) {
  return z.preprocess(
    (value) => (typeof value === 'string' && /^-?\d{1,9}$/.test(value) ? Number(value) : value),
    z.number().int().min(min).max(max),
  );
}

/** A text of a certain form; `hint` says what would be right. */
export function text(form: RegExp, hint: string, maxLength: number) {
  return z.string().max(maxLength).regex(form, hint);
}

/** What people read: names of people and things. */
export const name = text(
  /^[^\p{Cc}\p{Cs}\p{Zs}\p{Zl}\p{Zp}]([^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]*[^\p{Cc}\p{Cs}\p{Zs}\p{Zl}\p{Zp}])?$/u,
  'Write a name of one line, without space at its beginning and end.',
  MAX_NAME_LENGTH,
);

export const id = text(
  /^[A-Za-z0-9][A-Za-z0-9._@-]*$/,
  'Write letters, digits and . _ - @, beginning with a letter or digit.',
  MAX_ID_LENGTH,
);

/** Digits of an internal number. */
export const internalNumber = text(/^\d+$/, 'Write digits only, like "4020".', MAX_NUMBER_LENGTH);

/** Digits of a prefix, or nothing. */
export const prefix = text(/^\d*$/, 'Write digits only, like "0", or "" for none.', 6);

export const e164 = text(/^\+[1-9]\d{4,14}$/, 'Write the number with plus and country code, like "+4989123450".', 16);

/** A number calls can be sent to: internal digits, E.164, or as the user would dial it. */
export const target = text(
  /^[+\d][\d ()/.-]*$/,
  'Write a number as it is dialled, like "4021" or "+491711234567".',
  40,
);

const LABEL = '[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const HOST_NAME = `${LABEL}(\\.${LABEL})*`;

export const domain = text(new RegExp(`^${HOST_NAME}$`), 'Write a host name, like "example.com".', 253);

/** A host name or an IP address, IPv6 with or without brackets. */
export const host = text(
  new RegExp(`^(${HOST_NAME}|\\[?[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*\\]?)$`),
  'Write a host name or an IP address, like "sip.example.com" or "192.0.2.1".',
  253,
);

export const email = text(
  /^[^\s@<>()[\],;:"\p{Cc}]+@[^\s@<>()[\],;:"\p{Cc}]+\.[^\s@<>()[\],;:"\p{Cc}]+$/u,
  'Write an e-mail address, like "anna@example.com".',
  254,
);

/** A SIP username: what a user part takes without escapes (RFC 3261 §25.1). */
export const username = text(
  /^[A-Za-z0-9\-_.!~*'()&=+$,;?/@]+$/,
  'Write letters, digits and signs of a SIP user name, without spaces.',
  MAX_ID_LENGTH,
);

export const secret = text(/^[^\p{Cc}\p{Cs}]+$/u, 'Write at least one character, no line breaks.', MAX_SECRET_LENGTH);

/** Hex digits of a digest. */
export function hex(length: number) {
  return text(new RegExp(`^[0-9a-fA-F]{${length}}$`), `Write ${length} hexadecimal digits.`, length);
}

/** An on/off value. */
export const flag = z.boolean();
