import type { HeaderList } from '../headers.ts';
import { parseDeltaSeconds } from './value.ts';

/** Expires in seconds; undefined when absent or malformed, which both mean the default (RFC 3261 §20.19). */
export function expiresSec(headers: HeaderList): number | undefined {
  const field = headers.get('Expires');
  return field === undefined ? undefined : parseDeltaSeconds(field);
}

/** Min-Expires of a 423 in seconds; undefined when absent or malformed (RFC 3261 §20.23). */
export function minExpiresSec(headers: HeaderList): number | undefined {
  const field = headers.get('Min-Expires');
  return field === undefined ? undefined : parseDeltaSeconds(field);
}
