import { z } from 'zod';
import {
  DEFAULT_CALL_DEFAULTS,
  type Feature,
  type FeatureCodes,
  type KeepAlive,
  type Language,
} from '../model/index.ts';
import { DEFAULT_FEATURE_CODES, FEATURES } from '../numbering/index.ts';
import * as field from './fields.ts';

export const language = z.enum(['en', 'de'] satisfies Language[]);

const timeZone = z.string().refine(isTimeZone, 'Write an IANA name, like "Europe/Berlin".');

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

export const company = z.strictObject({
  name: field.name,
  domain: field.domain,
  realm: z.exactOptional(field.name),
  timeZone: timeZone.default('UTC'),
  language: language.default('en'),
});

const range = z.strictObject({ from: field.internalNumber, to: field.internalNumber });

const featureCode = field.text(
  /^([*#]{0,2}\d{1,5})?$/,
  'Write a code without the closing #, like "*21", or "" to switch the feature off.',
  7,
);

const featureCodes = z.strictObject(
  Object.fromEntries(FEATURES.map((name) => [name, featureCode.default(DEFAULT_FEATURE_CODES[name])])) as Record<
    Feature,
    z.ZodDefault<typeof featureCode>
  >,
) satisfies z.ZodType<FeatureCodes>;

const outsidePrefix = field.text(/^\+?\d+$/, 'Write the beginning of a number, like "+49900" or "118".', 16);

export const numbering = z.strictObject({
  countryCode: field.text(/^[1-9]\d{0,2}$/, 'Write the country code without plus, like "49".', 3),
  areaCode: z.exactOptional(field.text(/^\d+$/, 'Write the area code without the leading 0, like "89".', 8)),
  nationalPrefix: field.prefix.default('0'),
  internationalPrefix: field.prefix.default('00'),
  outsideLinePrefix: field.prefix.default(''),
  emergencyNumbers: z
    .array(field.text(/^\d{2,6}$/, 'Write two to six digits, like "112".', 6))
    .min(1)
    .default(['112']),
  internalRanges: z.array(range).min(1),
  reservedRanges: z.array(range).default([]),
  premiumPrefixes: z.array(outsidePrefix).default([]),
  servicePrefixes: z.array(outsidePrefix).default([]),
  featureCodes: featureCodes.prefault({}),
});

/** RFC-free figures of the system itself: 0 is off, else 30 s to one hour. */
const keepAlive = z.strictObject({
  intervalSec: field
    .whole(0, 3600)
    .refine((sec) => sec === 0 || sec >= 30, 'Write 0 (off) or 30 to 3600 seconds.')
    .default(DEFAULT_CALL_DEFAULTS.ufipKeepAlive.intervalSec),
  attempts: field.whole(1, 5).default(DEFAULT_CALL_DEFAULTS.ufipKeepAlive.attempts),
}) satisfies z.ZodType<KeepAlive>;

/** Bounds of every ring time. */
export const ringSec = field.whole(5, 180);

export const defaults = z.strictObject({
  ringSec: ringSec.default(DEFAULT_CALL_DEFAULTS.ringSec),
  ufipKeepAlive: keepAlive.prefault({}),
});

const licenceCount = field.whole(0, 1_000_000);

export const licences = z.strictObject({ flex: licenceCount, unifyPhone: licenceCount });
