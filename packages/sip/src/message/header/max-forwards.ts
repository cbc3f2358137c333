import type { HeaderList } from '../headers.ts';
import { parseDecimal } from '../octets.ts';

/** What a request without Max-Forwards counts as, and what new ones get (RFC 3261 §8.1.1.6, §16.6). */
export const DEFAULT_MAX_FORWARDS = 70;

/** Max-Forwards, 0–255; the default when absent, undefined when malformed (RFC 3261 §20.22). */
export function maxForwards(headers: HeaderList): number | undefined {
  const field = headers.get('Max-Forwards');
  return field === undefined ? DEFAULT_MAX_FORWARDS : parseDecimal(field, 255);
}
