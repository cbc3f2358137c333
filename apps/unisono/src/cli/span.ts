const MINUTE_MS = 60_000;
const UNIT_MS: Readonly<Record<string, number>> = { m: MINUTE_MS, h: 60 * MINUTE_MS, d: 24 * 60 * MINUTE_MS };

/** A span of time as people write it (`90m`, `12h`, `7d`) in milliseconds; NaN when it is none. */
export function readSpanMs(text: string): number {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  return count === undefined || unit === undefined ? Number.NaN : Number(count) * (UNIT_MS[unit] ?? Number.NaN);
}
