import { isHost, parseHostPort } from './host.ts';
import {
  HEX_DIGIT,
  isAll,
  isAllOrEscaped,
  type OctetSet,
  URI_ASCII,
  URI_HEADER_VALUE,
  URI_HEADERS,
  URI_PARAM,
  URI_PASSWORD,
  URI_USER,
} from './octets.ts';
import { HeaderInjectionError } from './printable.ts';

/** A sip: or sips: URI (RFC 3261 §19.1). Texts are as on the wire, escapes kept, unless said otherwise. */
export interface SipUri {
  readonly scheme: 'sip' | 'sips';
  /** User part with its escapes, undefined when absent. A bare `#`, which the grammar does not allow, is escaped. */
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
    user = escapeHash(colon < 0 ? userinfo : userinfo.slice(0, colon));
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

/** `#` must be escaped, but many a phone dials `*21#` as it is; it is taken as if it were. */
function escapeHash(user: string): string {
  return user.includes('#') ? user.replaceAll('#', '%23') : user;
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

/** Escapes what is not in `set`; with `keepsEscapes`, `%hh` is left as it is. */
function escapeBy(set: OctetSet, text: string, keepsEscapes: boolean): string {
  if (keepsEscapes ? isAllOrEscaped(set, text) : isAll(set, text)) return text;
  let escaped = '';
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    const isEscape = keepsEscapes && c === 0x25 && i + 2 < text.length && isAll(HEX_DIGIT, text, i + 1, i + 3);
    escaped += set[c] === 1 || isEscape ? text.charAt(i) : `%${(c & 0xff).toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return escaped;
}

/** Escapes a byte string for the user part of a SIP URI. */
export function escapeUser(text: string): string {
  return escapeBy(URI_USER, text, false);
}

/** Escapes a byte string for the value of a header in a URI. */
export function escapeUriHeader(text: string): string {
  return escapeBy(URI_HEADER_VALUE, text, false);
}

/**
 * Prints a URI that `parseUri` accepts and understands the same way. What may not stand in a part is escaped there;
 * throws `HeaderInjectionError` for a host that is none.
 */
export function printUri(uri: Uri): string {
  if (uri.scheme === 'other') return checkedText(uri.text);
  if (uri.scheme === 'tel') return checkedText(`tel:${uri.number}${printUriParams(uri.params)}`);
  if (!isHost(uri.host)) throw new HeaderInjectionError('the host of a URI');
  const password = uri.password === undefined ? '' : `:${escapeBy(URI_PASSWORD, uri.password, true)}`;
  const user = uri.user === undefined ? '' : `${escapeBy(URI_USER, uri.user, true)}${password}@`;
  const port = uri.port === undefined ? '' : `:${uri.port}`;
  const headers = uri.headers === '' ? '' : `?${escapeBy(URI_HEADERS, uri.headers, true)}`;
  return `${uri.scheme}:${user}${uri.host}${port}${printUriParams(uri.params)}${headers}`;
}

function checkedText(text: string): string {
  if (!isAll(URI_ASCII, text)) throw new HeaderInjectionError('a URI');
  return text;
}

function printUriParams(params: ReadonlyMap<string, string>): string {
  let text = '';
  for (const [name, value] of params) {
    const escaped = escapeBy(URI_PARAM, name, false);
    text += value === '' ? `;${escaped}` : `;${escaped}=${escapeBy(URI_PARAM, value, false)}`;
  }
  return text;
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
