import { z } from 'zod';

export const DAY_SEC = 86_400;

/** A whole number with its bounds and what applies when nobody says anything. */
export const whole = (standard: number, min: number, max: number, about: string) =>
  z
    .int()
    .min(min)
    .max(max)
    .default(standard)
    .meta({ about, right: `a whole number from ${min} to ${max}` });
