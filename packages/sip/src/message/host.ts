import { endOf, HEX_DIGIT, HOST_NAME, isAll, parseDecimal } from './octets.ts';

export interface HostPort {
  /** Lower case: a name, IPv4, or IPv6 in brackets. */
  readonly host: string;
  readonly port: number | undefined;
}

const COLON = 0x3a;
const DOT = 0x2e;
const HYPHEN = 0x2d;

/** Parses `host[:port]`; undefined when it is none. */
export function parseHostPort(text: string): HostPort | undefined {
  const end = endOfHost(text, 0);
  const host = readHost(text, 0, end);
  if (host === undefined) return undefined;
  if (end === text.length) return { host, port: undefined };
  const port = text.charCodeAt(end) === COLON ? parsePort(text, end + 1) : undefined;
  return port === undefined ? undefined : { host, port };
}

/**
 * The host that fills `text` from `from` up to `to`, in lower case; undefined when it is none. `:::` before an IPv4 part,
 * which the grammar of RFC 3261 once asked for, is read as `::` (RFC 5118 §4.10).
 */
export function readHost(text: string, from: number, to: number): string | undefined {
  let host = text.slice(from, to);
  if (isIpv4(host)) return host;
  if (host.includes(':::') && host.includes('.')) host = host.replace(':::', '::');
  return isHost(host) ? host.toLowerCase() : undefined;
}

/** Where the host that begins at `from` ends: behind the bracket of an IPv6 address, else at the first octet of no name. */
export function endOfHost(text: string, from: number): number {
  if (text.charCodeAt(from) === 0x5b) {
    const close = text.indexOf(']', from);
    return close < 0 ? text.length : close + 1;
  }
  return endOf(HOST_NAME, text, from);
}

/** The port written from `from` up to `to`. */
export function parsePort(text: string, from: number, to = text.length): number | undefined {
  return to - from > 5 ? undefined : parseDecimal(text, 65_535, from, to);
}

/** True for a host name, an IPv4 address, or an IPv6 address in brackets (RFC 3261 §25.1, `host`). */
export function isHost(text: string): boolean {
  if (text.charCodeAt(0) === 0x5b) return text.endsWith(']') && isIpv6(text.slice(1, -1));
  return isIpv4(text) || isHostName(text);
}

/** Labels as in RFC 1123 (and `_`), a dot at the end allowed; the last one not all digits, so that no address is a name. */
function isHostName(text: string): boolean {
  if (text.length === 0 || text.length > 255 || !isAll(HOST_NAME, text)) return false;
  const end = text.charCodeAt(text.length - 1) === DOT ? text.length - 1 : text.length;
  let label = 0;
  for (let i = 0; i <= end; i++) {
    if (i < end && text.charCodeAt(i) !== DOT) continue;
    if (i === label || text.charCodeAt(label) === HYPHEN || text.charCodeAt(i - 1) === HYPHEN) return false;
    if (i === end) return parseDecimal(text, Number.POSITIVE_INFINITY, label, end) === undefined;
    label = i + 1;
  }
  return false;
}

/** True for four decimal numbers up to 255. */
export function isIpv4(text: string): boolean {
  let dots = 0;
  let digits = 0;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === DOT && digits > 0) {
      dots++;
      digits = value = 0;
    } else if (c >= 0x30 && c <= 0x39) {
      value = value * 10 + c - 0x30;
      if (++digits > 3 || value > 255) return false;
    } else return false;
  }
  return dots === 3 && digits > 0;
}

/** True for an IPv6 address without brackets or zone (RFC 5954, RFC 4291 §2.2). */
export function isIpv6(text: string): boolean {
  const elided = text.indexOf('::');
  if (elided >= 0 && text.indexOf('::', elided + 1) >= 0) return false;
  const lastColon = text.lastIndexOf(':');
  if (lastColon < 0) return false;
  const hasV4 = text.includes('.');
  if (hasV4 && !isIpv4(text.slice(lastColon + 1))) return false;
  const hex = hasV4 ? `${text.slice(0, lastColon + 1)}0:0` : text;
  const groups = (half: string) => (half === '' ? [] : half.split(':'));
  const parts = elided < 0 ? groups(hex) : [...groups(hex.slice(0, elided)), ...groups(hex.slice(elided + 2))];
  if (!parts.every((part) => part.length >= 1 && part.length <= 4 && isAll(HEX_DIGIT, part))) return false;
  return elided < 0 ? parts.length === 8 : parts.length <= 7;
}
