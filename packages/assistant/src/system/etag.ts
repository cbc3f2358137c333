import { createHash } from 'node:crypto';

/** A fingerprint of an entry as it is stored, secrets included: it changes whenever anything of the entry does. */
export function etagOf(entry: unknown): string {
  return `"${createHash('sha256').update(JSON.stringify(entry)).digest('base64url').slice(0, 22)}"`;
}

/** True when an `If-Match` header (RFC 9110 §13.1.1) names this entity tag, or any. */
export function matches(ifMatch: string, etag: string): boolean {
  return ifMatch.trim() === '*' || ifMatch.split(',').some((one) => one.trim() === etag);
}
