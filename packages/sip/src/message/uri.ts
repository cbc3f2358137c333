import { parseHostPort } from './host.ts';
import { isAll, isAllOrEscaped, URI_ASCII, URI_HEADERS, URI_PARAM, URI_PASSWORD, URI_USER } from './octets.ts';
import { isToken } from './text.ts';

export { isHost, isIpv4, isIpv6, parseHostPort } from './host.ts';

/** A sip: or sips: URI (RFC 3261 §19.1). Texts are as on the wire, escapes kept, unless said otherwise. */
export interface SipUri {
  readonly scheme: 'sip' | 'sips';
  /** User part with its escapes, undefined when absent. */
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Host name in lower case, or IPv4, or IPv6 in brackets. */
  readonly host: string;
  readonly port: number | undefined;
  /** Names in lower case, values with escapes resolved; '' for a flag. */
  readonly params: ReadonlyMap<string, string>;
  /** What stands behind `?`, unparsed, '' when absent. */
  readonly headers: string;
}

/** A tel: URI (RFC 3966). */
export interface TelUri {
  readonly scheme: 'tel';
  /** Digits with a leading `+` when global; visual separators removed. */
  readonly number: string;
  readonly params: ReadonlyMap<string, string>;
}

/** Any other absolute URI: kept, not understood. */
export interface OtherUri {
  readonly scheme: 'other';
  readonly text: string;
}

export type Uri = SipUri | TelUri | OtherUri;

const NO_PARAMS: ReadonlyMap<string, string> = new Map();
const SCHEME = /^[A-Za-z][A-Za-z0-9+\-.]*$/;
/** Parses a URI; undefined when it breaks the grammar. */
export function parseUri(text: string): Uri | undefined {
  const colon = text.indexOf(':');
  if (colon <= 0) return undefined;
  const scheme = text.slice(0, colon);
  if (scheme === 'sip' || scheme === 'sips') return parseSipUri(scheme, text.slice(colon + 1));
  if (!SCHEME.test(scheme)) return undefined;
  const lower = scheme.toLowerCase();
  if (lower === 'sip' || lower === 'sips') return parseSipUri(lower, text.slice(colon + 1));
  if (lower === 'tel') return parseTelUri(text.slice(colon + 1));
  return isAll(URI_ASCII, text) ? { scheme: 'other', text } : undefined;
}

function parseSipUri(scheme: 'sip' | 'sips', rest: string): SipUri | undefined {
  const at = rest.indexOf('@');
  let user: string | undefined;
  let password: string | undefined;
  if (at >= 0) {
    const userinfo = rest.slice(0, at);
    const colon = userinfo.indexOf(':');
    user = colon < 0 ? userinfo : userinfo.slice(0, colon);
    if (user === '' || !isAllOrEscaped(URI_USER, user)) return undefined;
    if (colon >= 0) {
      password = userinfo.slice(colon + 1);
      if (!isAllOrEscaped(URI_PASSWORD, password)) return undefined;
    }
  }
  let tail = rest.slice(at + 1);
  let headers = '';
  const question = tail.indexOf('?');
  if (question >= 0) {
    headers = tail.slice(question + 1);
    tail = tail.slice(0, question);
    if (!isAllOrEscaped(URI_HEADERS, headers)) return undefined;
  }
  const semicolon = tail.indexOf(';');
  const params = semicolon < 0 ? NO_PARAMS : parseUriParams(tail.slice(semicolon + 1));
  const hostport = parseHostPort(semicolon < 0 ? tail : tail.slice(0, semicolon));
  if (!hostport || !params) return undefined;
  return { scheme, user, password, host: hostport.host, port: hostport.port, params, headers };
}

function parseUriParams(text: string): ReadonlyMap<string, string> | undefined {
  const params = new Map<string, string>();
  for (const piece of text.split(';')) {
    const equals = piece.indexOf('=');
    const name = equals < 0 ? piece : piece.slice(0, equals);
    const value = equals < 0 ? '' : piece.slice(equals + 1);
    if (!isUriParam(name) || (equals >= 0 && !isUriParam(value))) return undefined;
    const key = unescapeUri(name).toLowerCase();
    if (params.has(key)) return undefined;
    params.set(key, unescapeUri(value));
  }
  return params;
}

function isUriParam(text: string): boolean {
  return text !== '' && isAllOrEscaped(URI_PARAM, text);
}

function parseTelUri(rest: string): TelUri | undefined {
  const [subscriber = '', ...pieces] = rest.split(';');
  const number = subscriber.replace(/[-.()]/g, '');
  if (!/^\+?[0-9A-Fa-f*#]+$/.test(number)) return undefined;
  const params = pieces.length === 0 ? NO_PARAMS : parseUriParams(pieces.join(';'));
  return params && { scheme: 'tel', number, params };
}

/** Resolves `%hh`; the result is a byte string. */
export function unescapeUri(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Escapes a byte string for the user part of a SIP URI. */
export function escapeUser(text: string): string {
  if (/^[A-Za-z0-9\-_.!~*'()&=+$,;?/]*$/.test(text)) return text;
  return text.replace(/[^A-Za-z0-9\-_.!~*'()&=+$,;?/]/g, percent);
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

/** Prints a URI that `parseUri` accepts and understands the same way. */
export function printUri(uri: Uri): string {
  if (uri.scheme === 'other') return uri.text;
  if (uri.scheme === 'tel') return `tel:${uri.number}${printUriParams(uri.params)}`;
  const password = uri.password === undefined ? '' : `:${uri.password}`;
  const user = uri.user === undefined ? '' : `${uri.user}${password}@`;
  const port = uri.port === undefined ? '' : `:${uri.port}`;
  const headers = uri.headers === '' ? '' : `?${uri.headers}`;
  return `${uri.scheme}:${user}${uri.host}${port}${printUriParams(uri.params)}${headers}`;
}

function printUriParams(params: ReadonlyMap<string, string>): string {
  let text = '';
  for (const [name, value] of params) text += `;${escapeParam(name)}${value === '' ? '' : `=${escapeParam(value)}`}`;
  return text;
}

function escapeParam(text: string): string {
  return isToken(text) && !text.includes('%') ? text : text.replace(/[^A-Za-z0-9\-_.!~*'()[\]/:&+$]/g, percent);
}

/** What a `SipUri` needs at least. */
export function sipUri(parts: Partial<SipUri> & { readonly host: string }): SipUri {
  return {
    scheme: 'sip',
    user: undefined,
    password: undefined,
    port: undefined,
    params: NO_PARAMS,
    headers: '',
    ...parts,
  };
}

/** Parameters that make two URIs different when only one has them (RFC 3261 §19.1.4). */
const DECISIVE_PARAMS = ['user', 'ttl', 'method', 'maddr', 'transport'];

/** Equality of SIP URIs (RFC 3261 §19.1.4). */
export function sameSipUri(a: SipUri, b: SipUri): boolean {
  if (a.scheme !== b.scheme || a.host !== b.host || a.port !== b.port) return false;
  if (unescapeOr(a.user) !== unescapeOr(b.user) || unescapeOr(a.password) !== unescapeOr(b.password)) return false;
  for (const [name, value] of a.params) {
    const other = b.params.get(name);
    if (other !== undefined && other.toLowerCase() !== value.toLowerCase()) return false;
  }
  if (DECISIVE_PARAMS.some((name) => a.params.has(name) !== b.params.has(name))) return false;
  return sortedHeaders(a.headers) === sortedHeaders(b.headers);
}

function unescapeOr(text: string | undefined): string | undefined {
  return text === undefined ? undefined : unescapeUri(text);
}

function sortedHeaders(headers: string): string {
  return headers === '' ? '' : headers.split('&').sort().join('&').toLowerCase();
}
