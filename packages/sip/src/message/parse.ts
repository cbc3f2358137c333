import { explainMissing } from './explain.ts';
import { type Problem, readHeaderSection } from './fields.ts';
import { HeaderList } from './headers.ts';
import { MAX_HEADER_SECTION_OCTETS, MAX_MESSAGE_OCTETS } from './limits.ts';
import {
  decodeEssentials,
  type EssentialFields,
  NO_BODY,
  type SipMessage,
  SipRequest,
  SipResponse,
} from './message.ts';
import { parseDecimal } from './octets.ts';
import { readStartLine, type StartLine } from './start-line.ts';

export type { StartLine } from './start-line.ts';

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

/**
 * Parses one whole message: a datagram, a WebSocket frame, or what the stream framing cut out. Headers are indexed, not
 * decoded, except those that route the message; octets behind Content-Length are ignored (RFC 3261 §18.3), line breaks
 * before the start line too (§7.5). Never throws; the body is a view into `bytes`.
 */
export function parseMessage(bytes: Buffer): ParseResult {
  const from = skipLineBreaks(bytes);
  const lineEnd = endOfLine(bytes, from);
  if (lineEnd < 0) return failure(undefined, new HeaderList(), 'Malformed Start Line', from, 400);
  const { text, headers, end, problem } = readHeaderSection(bytes, lineEnd + 2);
  const read = readStartLine(text, from, lineEnd);
  if (!read) return failure(undefined, headers, 'Malformed Start Line', from, 400);
  const { start } = read;
  if (read.problem) return failure(start, headers, read.problem.reason, from, read.problem.status);
  if (problem) return failure(start, headers, problem.reason, problem.offset, problem.status);
  const essentials = decodeEssentials(headers);
  if (!essentials) return failure(start, headers, explainMissing(headers), from, 400);
  if (start.kind === 'request' && essentials.cseq.method !== start.method) {
    return failure(start, headers, 'CSeq Method Mismatch', from, 400);
  }
  const body = cutBody(bytes, end, headers);
  if (!Buffer.isBuffer(body)) return failure(start, headers, body.reason, body.offset, body.status);
  return { ok: true, message: build(start, headers, body, essentials) };
}

function failure(
  start: StartLine | undefined,
  headers: HeaderList,
  reason: string,
  offset: number,
  status: number,
): ParseFailure {
  return { ok: false, reason, offset, status, start, headers };
}

function build(start: StartLine, headers: HeaderList, body: Buffer, essentials: EssentialFields): SipMessage {
  return start.kind === 'request'
    ? new SipRequest(start.method, start.uriText, headers, body, essentials)
    : new SipResponse(start.status, start.reason, headers, body, essentials);
}

const CR = 0x0d;
const LF = 0x0a;

function skipLineBreaks(bytes: Buffer): number {
  let i = 0;
  while (bytes[i] === CR || bytes[i] === LF) i++;
  return i;
}

/** Where the CRLF of the line stands that begins at `from`; -1 when there is none, or a CR, LF or NUL before it. */
function endOfLine(bytes: Buffer, from: number): number {
  const limit = Math.min(bytes.length, MAX_HEADER_SECTION_OCTETS);
  let i = from;
  while (i < limit && bytes[i] !== CR && bytes[i] !== LF && bytes[i] !== 0) i++;
  return bytes[i] === CR && bytes[i + 1] === LF && i > from ? i : -1;
}

/** The body as Content-Length says, or all that is left. */
function cutBody(bytes: Buffer, from: number, headers: HeaderList): Buffer | Problem {
  const field = headers.get('Content-Length');
  const length = field === undefined ? bytes.length - from : parseContentLength(field);
  if (length === undefined) return { reason: 'Malformed Content-Length', offset: from, status: 400 };
  if (from + length > MAX_MESSAGE_OCTETS) return { reason: 'Message Too Large', offset: from, status: 513 };
  if (from + length > bytes.length) return { reason: 'Content-Length Exceeds Message', offset: from, status: 400 };
  return length === 0 ? NO_BODY : bytes.subarray(from, from + length);
}

/** A Content-Length value; undefined unless it is a plain number within the limits. */
export function parseContentLength(field: string): number | undefined {
  return parseDecimal(field, MAX_MESSAGE_OCTETS);
}
