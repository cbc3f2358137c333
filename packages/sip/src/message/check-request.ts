import { parseContacts } from './header/contact.ts';
import { maxForwards } from './header/max-forwards.ts';
import { parseAddresses } from './header/value.ts';
import type { SipRequest } from './message.ts';
import { understandsBody } from './multipart.ts';
import type { Uri } from './uri.ts';

/** What an element understands; every request is held against it. Build it once. */
export interface RequestPolicy {
  /** Methods that are answered. */
  readonly methods: ReadonlySet<string>;
  /** Option tags that Require and Proxy-Require may name, in lower case. */
  readonly extensions: ReadonlySet<string>;
  /** Media types understood in a body, in lower case. */
  readonly mediaTypes: ReadonlySet<string>;
  /** Schemes understood in a Request-URI beside sip. */
  readonly schemes: ReadonlySet<'sips' | 'tel'>;
  /** Other Request-URIs that are served, such as `urn:service:sos`. */
  readonly servesUri?: ((text: string) => boolean) | undefined;
  /** Methods that are passed on to somebody else, and so need a hop left (RFC 3261 §16.3). */
  readonly passedOn: ReadonlySet<string>;
}

/** Why a request is refused, and the headers that must say so; made for `makeResponse`. */
export interface Refusal {
  readonly status: number;
  readonly reason?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
}

/** Methods of the standards: 405 when not answered here, all others 501 (RFC 3261 §8.2.1, §21.5.2). */
const STANDARD_METHODS = new Set([
  ...['INVITE', 'ACK', 'BYE', 'CANCEL', 'REGISTER', 'OPTIONS', 'PRACK', 'UPDATE', 'INFO'],
  ...['SUBSCRIBE', 'NOTIFY', 'REFER', 'MESSAGE', 'PUBLISH'],
]);

/**
 * Holds a request against what the element understands, in the order of RFC 3261 §8.2.1 to §8.2.3 and §16.3; undefined
 * when all is well. ACK and CANCEL always pass: the one cannot be answered, the other belongs to its INVITE.
 */
export function checkRequest(request: SipRequest, policy: RequestPolicy): Refusal | undefined {
  if (request.method === 'ACK' || request.method === 'CANCEL') return undefined;
  return (
    checkMethod(request, policy) ??
    checkUri(request, policy) ??
    checkHops(request, policy) ??
    checkExtensions(request, policy) ??
    checkAddresses(request) ??
    checkBody(request, policy)
  );
}

function checkMethod({ method }: SipRequest, { methods }: RequestPolicy): Refusal | undefined {
  if (methods.has(method)) return undefined;
  return { status: STANDARD_METHODS.has(method) ? 405 : 501, headers: [['Allow', [...methods].join(', ')]] };
}

function checkUri(request: SipRequest, { schemes, servesUri }: RequestPolicy): Refusal | undefined {
  const { uri } = request;
  if (!uri) return { status: 400, reason: 'Malformed Request-URI' };
  if (uri.scheme === 'other') return servesUri?.(uri.text) ? undefined : { status: 416 };
  if (uri.scheme !== 'sip' && !schemes.has(uri.scheme)) return { status: 416 };
  // RFC 3261 §19.1.1 and RFC 4475 §3.1.2.11: a Request-URI has no headers.
  if (uri.scheme !== 'tel' && uri.headers !== '') return { status: 400, reason: 'Headers In Request-URI' };
  if (request.method === 'REGISTER' && !isSip(request.to.uri)) return { status: 400, reason: 'To Is No SIP Address' };
  return undefined;
}

function isSip(uri: Uri | undefined): boolean {
  return uri?.scheme === 'sip' || uri?.scheme === 'sips';
}

function checkHops(request: SipRequest, { passedOn }: RequestPolicy): Refusal | undefined {
  const hops = maxForwards(request.headers);
  if (hops === undefined) return { status: 400, reason: 'Malformed Max-Forwards' };
  return hops === 0 && passedOn.has(request.method) ? { status: 483 } : undefined;
}

function checkExtensions({ headers }: SipRequest, { extensions }: RequestPolicy): Refusal | undefined {
  if (!headers.has('Require') && !headers.has('Proxy-Require')) return undefined;
  const asked = [...headers.list('Require'), ...headers.list('Proxy-Require')];
  const unknown = asked.filter((tag) => !extensions.has(tag.toLowerCase()));
  return unknown.length === 0 ? undefined : { status: 420, headers: [['Unsupported', unknown.join(', ')]] };
}

/** What dialogs, bindings and routing are made of must be readable before anybody builds on it. */
function checkAddresses({ headers }: SipRequest): Refusal | undefined {
  if (headers.has('Contact') && parseContacts(headers) === undefined) return malformed('Contact');
  for (const name of ['Record-Route', 'Route', 'Path'] as const) {
    if (headers.has(name) && parseAddresses(headers, name) === undefined) return malformed(name);
  }
  return undefined;
}

function malformed(name: string): Refusal {
  return { status: 400, reason: `Malformed ${name}` };
}

function checkBody(request: SipRequest, { mediaTypes }: RequestPolicy): Refusal | undefined {
  // A body without a type is nobody's: a line break too many at the end of a datagram, mostly.
  if (request.body.length === 0 || !request.headers.has('Content-Type')) return undefined;
  const encoding = request.headers.get('Content-Encoding')?.toLowerCase() ?? 'identity';
  if (encoding !== 'identity') return { status: 415, headers: [['Accept-Encoding', 'identity']] };
  // As nearly everybody writes it, there is nothing to parse.
  if (mediaTypes.has(request.headers.get('Content-Type') ?? '')) return undefined;
  const isUnderstood = understandsBody(request, mediaTypes);
  if (isUnderstood === undefined) return malformed('Body');
  return isUnderstood ? undefined : { status: 415, headers: [['Accept', [...mediaTypes].join(', ')]] };
}
