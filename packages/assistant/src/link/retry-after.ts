/** Longest time that a `Retry-After` is followed: what asks for more is asked again after this. */
const LONGEST_MS = 60 * 60_000;

/** Milliseconds of a `Retry-After` header (RFC 9110 §10.2.3): seconds or a date; undefined for anything else. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Math.min(LONGEST_MS, Number(header) * 1000);
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? undefined : Math.min(LONGEST_MS, Math.max(0, atMs - nowMs));
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 5 * 60_000;

/**
 * How long to wait before the next try: doubling, spread over half of it, so that thousands of Assistants do not come back at once;
 * and never sooner than the other side asked for.
 */
export function backOffMs(failures: number, fraction: number, askedForMs = 0): number {
  const fullMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(20, Math.max(0, failures - 1)));
  return Math.max(askedForMs * (1 + fraction * 0.1), fullMs * (0.5 + fraction * 0.5));
}
