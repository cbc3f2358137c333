import { explainMissing } from './explain.ts';
import { HeaderList } from './headers.ts';
import { MAX_HEADER_FIELDS, MAX_HEADER_SECTION_OCTETS, MAX_HEADER_VALUE_OCTETS, MAX_MESSAGE_OCTETS } from './limits.ts';
import { decodeEssentials, type EssentialFields, type SipMessage, SipRequest, SipResponse } from './message.ts';
import { canonicalName } from './names.ts';
import { isToken } from './text.ts';

/** Why a message could not be understood. */
export interface ParseFailure {
  readonly ok: false;
  /** Reason phrase for people and for the response. */
  readonly reason: string;
  /** Octet at which it went wrong. */
  readonly offset: number;
  /** Status to answer a request with: 400, 413, 505, 513. */
  readonly status: number;
  /** What there is of the message, when it began like one: enough to tell whether and how to answer. */
  readonly start: StartLine | undefined;
  readonly headers: HeaderList;
}

export type ParseResult = { readonly ok: true; readonly message: SipMessage } | ParseFailure;

export type StartLine =
  | { readonly kind: 'request'; readonly method: string; readonly uriText: string }
  | { readonly kind: 'response'; readonly status: number; readonly reason: string };

/**
 * Parses one whole message: a datagram, a WebSocket frame, or what the stream framing cut out. Headers are indexed, not
 * decoded, except those that route the message; octets behind Content-Length are ignored (RFC 3261 §18.3). Never throws;
 * the body is a view into `bytes`.
 */
export function parseMessage(bytes: Buffer): ParseResult {
  if (bytes.length > MAX_MESSAGE_OCTETS) return failure('Message Too Large', MAX_MESSAGE_OCTETS, 513);
  const headerEnd = bytes.indexOf('\r\n\r\n');
  if (headerEnd < 0)
    return parseHeaders(bytes, bytes.toString('latin1', 0, Math.min(bytes.length, MAX_HEADER_SECTION_OCTETS)), -1);
  if (headerEnd > MAX_HEADER_SECTION_OCTETS) return failure('Header Section Too Long', MAX_HEADER_SECTION_OCTETS, 513);
  return parseHeaders(bytes, bytes.toString('latin1', 0, headerEnd + 2), headerEnd);
}

function parseHeaders(bytes: Buffer, text: string, headerEnd: number): ParseResult {
  const lineEnd = text.indexOf('\r\n');
  const start = lineEnd < 0 ? undefined : parseStartLine(text, lineEnd);
  if (!start) return failure('Malformed Start Line', 0, 400);
  if (start.kind === 'unsupported-version') {
    const headers = indexFields(text, lineEnd + 2);
    return {
      ok: false,
      reason: 'Version Not Supported',
      offset: 0,
      status: 505,
      start: start.start,
      headers: headers.list,
    };
  }
  const fields = indexFields(text, lineEnd + 2);
  const fail = (reason: string, offset: number, status = 400): ParseFailure => ({
    ok: false,
    reason,
    offset,
    status,
    start,
    headers: fields.list,
  });
  if (fields.problem) return fail(fields.problem.reason, fields.problem.offset, fields.problem.status);
  if (headerEnd < 0) return fail('Missing Empty Line After Headers', bytes.length);
  const essentials = decodeEssentials(fields.list);
  if (!essentials) return fail(explainMissing(fields.list), 0);
  if (start.kind === 'request' && essentials.cseq.method !== start.method) return fail('CSeq Method Mismatch', 0);
  const body = cutBody(bytes, headerEnd + 4, fields.list);
  if (typeof body === 'string') return fail(body, headerEnd + 4);
  return { ok: true, message: build(start, fields.list, body, essentials) };
}

function build(start: StartLine, headers: HeaderList, body: Buffer, essentials: EssentialFields): SipMessage {
  return start.kind === 'request'
    ? new SipRequest(start.method, start.uriText, headers, body, essentials)
    : new SipResponse(start.status, start.reason, headers, body, essentials);
}

type AnyStart = StartLine | { readonly kind: 'unsupported-version'; readonly start: StartLine };

function parseStartLine(text: string, end: number): AnyStart | undefined {
  return text.startsWith('SIP/') ? parseStatusLine(text, end) : parseRequestLine(text, end);
}

function parseStatusLine(text: string, end: number): AnyStart | undefined {
  const status = Number(text.slice(8, 11));
  if (text.charCodeAt(7) !== 0x20 || !(status >= 100 && status <= 699) || !/^\d{3}$/.test(text.slice(8, 11)))
    return undefined;
  if (end > 11 && text.charCodeAt(11) !== 0x20) return undefined;
  const start: StartLine = { kind: 'response', status, reason: text.slice(12, end) };
  return text.startsWith('SIP/2.0') ? start : { kind: 'unsupported-version', start };
}

function parseRequestLine(text: string, end: number): AnyStart | undefined {
  const afterMethod = text.indexOf(' ');
  const beforeVersion = text.lastIndexOf(' ', end);
  if (afterMethod <= 0 || beforeVersion <= afterMethod) return undefined;
  const method = text.slice(0, afterMethod);
  const uriText = text.slice(afterMethod + 1, beforeVersion);
  if (!isToken(method) || uriText === '' || /\s/.test(uriText)) return undefined;
  const version = text.slice(beforeVersion + 1, end);
  const start: StartLine = { kind: 'request', method, uriText };
  if (version === 'SIP/2.0' || version.toUpperCase() === 'SIP/2.0') return start;
  return /^SIP\/\d+\.\d+$/i.test(version) ? { kind: 'unsupported-version', start } : undefined;
}

interface Fields {
  readonly list: HeaderList;
  readonly problem: { readonly reason: string; readonly offset: number; readonly status: number } | undefined;
}

/** Cuts the header section (each line ends in CRLF) into fields, unfolding continuation lines (RFC 3261 §7.3.1). */
function indexFields(text: string, from: number): Fields {
  const names: string[] = [];
  const values: string[] = [];
  const problem = (reason: string, offset: number, status = 400): Fields => ({
    list: new HeaderList(names, values),
    problem: { reason, offset, status },
  });
  for (let line = from; line < text.length; ) {
    let end = text.indexOf('\r\n', line);
    if (end < 0) return problem('Malformed Header Line', line);
    let isFolded = false;
    for (let next = text.charCodeAt(end + 2); next === 0x20 || next === 0x09; next = text.charCodeAt(end + 2)) {
      isFolded = true;
      end = text.indexOf('\r\n', end + 2);
      if (end < 0) return problem('Malformed Header Line', line);
    }
    const colon = text.indexOf(':', line);
    if (colon < 0 || colon > end) return problem('Malformed Header Line', line);
    const name = trimEnd(text, line, colon);
    if (!isToken(name)) return problem('Malformed Header Name', line);
    if (end - colon > MAX_HEADER_VALUE_OCTETS) return problem('Header Value Too Long', line, 513);
    const raw = trimmed(text, colon + 1, end);
    if (hasForbiddenOctet(raw, isFolded)) return problem(`Forbidden Octet In ${canonicalName(name)}`, line);
    if (names.length >= MAX_HEADER_FIELDS) return problem('Too Many Header Fields', line, 513);
    names.push(canonicalName(name));
    values.push(isFolded ? raw.replace(/[ \t]*\r\n[ \t]+/g, ' ') : raw);
    line = end + 2;
  }
  return { list: new HeaderList(names, values), problem: undefined };
}

/** A lone CR, a lone LF or a NUL may not stand in a value: it would read differently at another hop. */
function hasForbiddenOctet(value: string, isFolded: boolean): boolean {
  for (let i = 0; i < value.length; i++) {
    const c = value.charCodeAt(i);
    if (c >= 0x20 || c === 0x09) continue;
    if (c === 0x0d && isFolded && value.charCodeAt(i + 1) === 0x0a) i++;
    else if (c === 0x0d || c === 0x0a || c === 0) return true;
  }
  return false;
}

function trimEnd(text: string, from: number, to: number): string {
  let end = to;
  while (end > from && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(from, end);
}

function trimmed(text: string, from: number, to: number): string {
  let start = from;
  while (start < to && isBlankOrBreak(text.charCodeAt(start))) start++;
  let end = to;
  while (end > start && isBlankOrBreak(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(c: number): boolean {
  return c === 0x20 || c === 0x09;
}

function isBlankOrBreak(c: number): boolean {
  return c === 0x20 || c === 0x09 || c === 0x0d || c === 0x0a;
}

/** The body as Content-Length says, or all that is left; a reason when the length is malformed or runs past the end. */
function cutBody(bytes: Buffer, from: number, headers: HeaderList): Buffer | string {
  const field = headers.get('Content-Length');
  if (field === undefined) return bytes.subarray(from);
  const length = parseContentLength(field);
  if (length === undefined) return 'Malformed Content-Length';
  if (from + length > bytes.length) return 'Content-Length Exceeds Message';
  return bytes.subarray(from, from + length);
}

/** A Content-Length value; undefined unless it is a plain number within the limits. */
export function parseContentLength(field: string): number | undefined {
  if (!/^\d{1,9}$/.test(field)) return undefined;
  const length = Number(field);
  return length <= MAX_MESSAGE_OCTETS ? length : undefined;
}

function failure(reason: string, offset: number, status: number): ParseFailure {
  return { ok: false, reason, offset, status, start: undefined, headers: new HeaderList() };
}
