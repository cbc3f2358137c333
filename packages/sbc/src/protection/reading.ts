import { decodeUtf8, parseCredentials, type SipRequest } from '@unisono/sip';

/** The user name for which a request gives digest credentials; whether they are right is not known. */
export function claimedAccount({ headers }: SipRequest): string | undefined {
  const field = headers.get('Authorization') ?? headers.get('Proxy-Authorization');
  if (field === undefined) return undefined;
  const credentials = parseCredentials(field);
  return typeof credentials === 'string' ? '' : decodeUtf8(credentials.username);
}

/** Whom a request outside a dialog asks for: the account to register, or the number called. */
export function askedFor(request: SipRequest): string {
  const uri = request.method === 'REGISTER' ? request.to.uri : request.uri;
  if (!uri || uri.scheme === 'other') return request.uriText;
  return uri.scheme === 'tel' ? uri.number : (uri.user ?? '');
}

/** Begins or changes a dialog that is there (RFC 3261 §12.2): its tags are known to nobody else. */
export function isInDialog(request: SipRequest): boolean {
  return request.to.tag !== undefined;
}

/** A pattern for the programs of a list, as they stand in User-Agent; undefined for an empty list. */
export function scannerPattern(names: readonly string[]): RegExp | undefined {
  const words = names.filter((name) => name !== '').map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return words.length === 0 ? undefined : new RegExp(`(?:^|[^a-z0-9])(?:${words.join('|')})`, 'i');
}
