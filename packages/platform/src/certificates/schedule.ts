import type { CertificateFacts } from './pair.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Renewed when so much of its life is over. */
const RENEW_AFTER_SHARE = 2 / 3;
const FIRST_RETRY_MS = 5 * MINUTE_MS;
/** Authorities count failed orders by the hour and lock out whoever has too many. */
const LONGEST_RETRY_MS = 6 * 60 * MINUTE_MS;
/** Days before the end on which it is warned. */
const WARN_DAYS = [30, 14, 7, 3, 2, 1];

type Validity = Pick<CertificateFacts, 'validFromMs' | 'validToMs'>;

/** When a certificate is to be renewed, in milliseconds since 1970. */
export function renewAtMs({ validFromMs, validToMs }: Validity): number {
  return validFromMs + RENEW_AFTER_SHARE * (validToMs - validFromMs);
}

/** How long to wait after so many failures in a row. */
export function retryAfterMs(failures: number): number {
  return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 20));
}

/** Whole days that are left, as it is warned of: 30, 14, 7, 3, 2, 1, 0 (expired); undefined while there is time. */
export function warningDays({ validToMs }: Validity, nowMs: number): number | undefined {
  if (validToMs <= nowMs) return 0;
  const left = (validToMs - nowMs) / DAY_MS;
  return WARN_DAYS.findLast((days) => left <= days);
}
