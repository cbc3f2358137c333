import { isIP } from 'node:net';
import { z } from 'zod';
import { LISTEN_POINTS_RIGHT, readListenPoints } from './listen-points.ts';

export const address = z.string().refine((text) => isIP(text) !== 0);

/** One or several IP addresses, always read as a list. */
export const addresses = z.union([address.transform((one) => [one]), z.array(address).min(1)]);

const listenPoints = z.unknown().transform((written, context) => {
  const points = readListenPoints(written);
  if (points !== undefined) return points;
  context.issues.push({ code: 'custom', message: LISTEN_POINTS_RIGHT, input: written });
  return z.NEVER;
});

export function transport(standard: number | 'off', about: string) {
  return listenPoints.prefault(standard).meta({ about, right: LISTEN_POINTS_RIGHT });
}

export const portRange = z
  .string()
  .regex(/^\d{1,5}-\d{1,5}$/)
  .transform((text) => {
    const [first = 0, last = 0] = text.split('-').map(Number);
    return { first, last };
  })
  .refine(({ first, last }) => first >= 1024 && last <= 65_535 && first < last);

export const whole = (standard: number, min: number, max: number, about: string) =>
  z
    .int()
    .min(min)
    .max(max)
    .default(standard)
    .meta({ about, right: `a whole number from ${min} to ${max}` });

export const DAY_SEC = 86_400;

/** A list of URLs, which may be written as one. */
export const urls = (form: RegExp) => {
  const url = z.string().regex(form);
  return z.union([url.transform((one) => [one]), z.array(url)]).prefault([]);
};

export const path = (about: string, otherwise: string) =>
  z.string().min(1).optional().meta({ about, right: 'a path', otherwise });
