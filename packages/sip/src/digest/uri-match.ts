import { parseUri, type SipUri, sameSipUri, type Uri, unescapeUri } from '../message/uri.ts';

/**
 * How near the digest-uri must be to the Request-URI (RFC 7616 §3.4.6, RFC 3261 §22.4).
 * - `same`: equal as text or by RFC 3261 §19.1.4.
 * - `related`: the same user at the same host; scheme, port and parameters may have been changed on the way.
 * - `any`: a proxy may have retargeted the request; the nonce-count alone protects against reuse.
 */
export type UriCheck = 'same' | 'related' | 'any';

/** True when credentials made for `digestUri` may be used for `requestUri`. */
export function isUriAccepted(digestUri: string, requestUri: string, check: UriCheck): boolean {
  if (digestUri === requestUri || check === 'any') return true;
  const given = parseUri(digestUri);
  const wanted = parseUri(requestUri);
  if (!given || !wanted) return false;
  if (isSip(given) && isSip(wanted)) return check === 'same' ? sameSipUri(given, wanted) : isRelated(given, wanted);
  return given.scheme === 'tel' && wanted.scheme === 'tel' && given.number === wanted.number;
}

function isSip(uri: Uri): uri is SipUri {
  return uri.scheme === 'sip' || uri.scheme === 'sips';
}

function isRelated(a: SipUri, b: SipUri): boolean {
  return a.host === b.host && unescapeUri(a.user ?? '') === unescapeUri(b.user ?? '');
}
