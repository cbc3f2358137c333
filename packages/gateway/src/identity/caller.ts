import type { AccountOwner, Caller, System } from '@unisono/pbx';
import { decodeUtf8, type NameAddr, parseNameAddr, parseUri, type SipRequest, unescapeUri } from '@unisono/sip';
import type { TrunkSource } from './source.ts';

/** The caller behind an authenticated account. */
export function callerOfAccount(owner: AccountOwner, request: SipRequest): Caller {
  switch (owner.kind) {
    case 'desk':
      return { from: 'desk', station: owner.station };
    case 'client':
      return { from: 'client', ufipDevice: owner.ufipDevice };
    case 'trunk':
      return trunkCaller(owner.trunkGroup, request);
  }
}

/** The caller behind a trunk: what the peer asserts, else what From says (RFC 3325 §5). */
export function trunkCaller(trunkGroup: string, request: SipRequest): Caller {
  if (isWithheld(request)) return { from: 'trunk', trunkGroup };
  const asserted = request.headers
    .list('P-Asserted-Identity')
    .map(parseNameAddr)
    .find((one) => numberIn(one) !== undefined);
  const shown = asserted ?? request.from;
  const number = numberIn(shown);
  // Many providers assert the number alone and write its name into From.
  const name =
    shown.displayName === '' && numberIn(request.from) === number ? request.from.displayName : shown.displayName;
  return {
    from: 'trunk',
    trunkGroup,
    ...(number === undefined ? {} : { number }),
    ...(name === '' || name === number ? {} : { name }),
  };
}

/** True when the caller asks that others do not see the number (RFC 3323, RFC 3325 §9.3). */
export function isWithheld(request: SipRequest): boolean {
  const { headers } = request;
  if (headers.has('Privacy')) {
    const values = headers.all('Privacy').join(';').toLowerCase();
    if (/\b(?:id|user|header)\b/.test(values) && !/\bnone\b/.test(values)) return true;
  }
  const uri = request.from.uri;
  return uri !== undefined && uri.scheme !== 'tel' && uri.scheme !== 'other' && uri.host === 'anonymous.invalid';
}

/** The user part of a sip URI or the number of a tel URI, escapes resolved. */
export function numberIn(address: NameAddr | undefined): string | undefined {
  const uri = address && parseUri(address.uriText);
  if (!uri || uri.scheme === 'other') return undefined;
  if (uri.scheme === 'tel') return uri.number;
  // RFC 3966 parameters in a user part (`+4989…;phone-context=…`) are not part of the number.
  const user = uri.user?.split(';')[0];
  return user === undefined || user === '' ? undefined : decodeUtf8(unescapeUri(user));
}

export type DialledResult =
  | { readonly ok: true; readonly dialled: string }
  | { readonly ok: false; readonly status: number; readonly reason: string };

/** What a device dialled: the user part of a Request-URI in our domain or at one of our addresses, or a tel URI. */
export function dialledByDevice(request: SipRequest, isOurs: (host: string) => boolean, system: System): DialledResult {
  const { uri } = request;
  if (!uri) return { ok: false, status: 400, reason: 'Malformed Request-URI' };
  if (uri.scheme === 'other' && isSosUrn(uri.text))
    return { ok: true, dialled: system.data.numbering.emergencyNumbers[0] ?? '112' };
  if (uri.scheme === 'other') return { ok: false, status: 416, reason: 'Unsupported URI Scheme' };
  if (uri.scheme === 'tel') return { ok: true, dialled: uri.number };
  if (!isOurs(uri.host)) return { ok: false, status: 404, reason: 'Domain is not served here' };
  if (uri.user === undefined || uri.user === '') return { ok: false, status: 484, reason: 'No number dialled' };
  return { ok: true, dialled: decodeUtf8(unescapeUri(uri.user)) };
}

/**
 * What a trunk's peer called. A provider at which we registered calls our Contact; the number is then in
 * P-Called-Party-ID or To.
 */
export function dialledByTrunk(request: SipRequest, source: TrunkSource): DialledResult {
  const { uri } = request;
  if (!uri) return { ok: false, status: 400, reason: 'Malformed Request-URI' };
  if (uri.scheme === 'other') return { ok: false, status: 416, reason: 'Unsupported URI Scheme' };
  const called = numberIn(parseNameAddr(`<${request.uriText}>`));
  const { registration, credentials } = source.trunk;
  const contactUser = registration ? (registration.user ?? credentials?.username) : undefined;
  if (called === undefined || (called === contactUser && !isInboundNumber(source, called))) {
    const party = request.headers.get('P-Called-Party-ID');
    const number = numberIn(party === undefined ? undefined : parseNameAddr(party)) ?? numberIn(request.to);
    return number === undefined
      ? { ok: false, status: 484, reason: 'No number called' }
      : { ok: true, dialled: number };
  }
  return { ok: true, dialled: called };
}

function isInboundNumber(source: TrunkSource, called: string): boolean {
  return source.group.inbound.some((rule) =>
    'number' in rule ? rule.number === called : called.startsWith(rule.prefix),
  );
}

/** The emergency service, written as RFC 5031 has it. */
export function isSosUrn(text: string): boolean {
  return /^urn:service:sos(?:\.[a-z0-9.-]+)?$/i.test(text);
}
