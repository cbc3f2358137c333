import { isAll, parseDecimal, TOKEN, URI_TEXT } from './octets.ts';
import { TokenTable } from './token-table.ts';

export type StartLine =
  | { readonly kind: 'request'; readonly method: string; readonly uriText: string }
  | { readonly kind: 'response'; readonly status: number; readonly reason: string };

/** A start line, and what is wrong with it although it can be told what it was meant to be. */
export interface ReadStartLine {
  readonly start: StartLine;
  readonly problem?: { readonly reason: string; readonly status: number };
}

const METHODS = new TokenTable([
  ...['INVITE', 'ACK', 'BYE', 'CANCEL', 'REGISTER', 'OPTIONS', 'PRACK', 'UPDATE', 'INFO'],
  ...['SUBSCRIBE', 'NOTIFY', 'REFER', 'MESSAGE', 'PUBLISH'],
]);

const MALFORMED_URI = { reason: 'Malformed Request-URI', status: 400 };
const MALFORMED_LINE = { reason: 'Malformed Start Line', status: 400 };
const OTHER_VERSION = { reason: 'Version Not Supported', status: 505 };

/** Reads the line in `text` from `from` up to `to`; undefined when it is not SIP at all (RFC 3261 §7.1, §7.2). */
export function readStartLine(text: string, from: number, to: number): ReadStartLine | undefined {
  return /^sip\//i.test(text.slice(from, from + 4)) ? readStatusLine(text, from, to) : readRequestLine(text, from, to);
}

function readStatusLine(text: string, from: number, to: number): ReadStartLine | undefined {
  const space = text.indexOf(' ', from);
  const status = parseDecimal(text, 699, space + 1, space + 4);
  if (space < 0 || space + 4 > to || status === undefined || status < 100) return undefined;
  if (space + 4 < to && text.charCodeAt(space + 4) !== 0x20) return undefined;
  const start: StartLine = { kind: 'response', status, reason: text.slice(space + 5, to) };
  return withVersion(start, text.slice(from, space));
}

function readRequestLine(text: string, from: number, to: number): ReadStartLine | undefined {
  const methodEnd = text.indexOf(' ', from);
  const lineEnd = trimEnd(text, from, to);
  const uriEnd = text.lastIndexOf(' ', lineEnd - 1);
  if (methodEnd <= from || uriEnd <= methodEnd || uriEnd > to || !isAll(TOKEN, text, from, methodEnd)) return undefined;
  const method = METHODS.find(text, from, methodEnd) ?? text.slice(from, methodEnd);
  const start: StartLine = { kind: 'request', method, uriText: text.slice(methodEnd + 1, uriEnd) };
  const read = withVersion(start, text.slice(uriEnd + 1, lineEnd));
  if (!read || read.problem) return read;
  if (start.uriText === '' || !isAll(URI_TEXT, start.uriText)) return { start, problem: MALFORMED_URI };
  return lineEnd === to ? read : { start, problem: MALFORMED_LINE };
}

function withVersion(start: StartLine, version: string): ReadStartLine | undefined {
  if (version === 'SIP/2.0' || version.toUpperCase() === 'SIP/2.0') return { start };
  return /^SIP\/\d+\.\d+$/i.test(version) ? { start, problem: OTHER_VERSION } : undefined;
}

function trimEnd(text: string, from: number, to: number): number {
  let end = to;
  while (end > from && text.charCodeAt(end - 1) === 0x20) end--;
  return end;
}
