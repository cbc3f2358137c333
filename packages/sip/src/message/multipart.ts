import { parseContentDisposition, parseMediaType } from './header/content.ts';
import { HeaderList } from './headers.ts';
import { MAX_BODY_PARTS, MAX_HEADER_FIELDS, MAX_HEADER_SECTION_OCTETS, MAX_MULTIPART_NESTING } from './limits.ts';
import type { SipMessage } from './message.ts';
import { findParam } from './params.ts';
import { isToken, trimBlanks } from './text.ts';

/** A body, or one part of it, with its own Content-Type and the like. */
export interface BodyPart {
  readonly headers: HeaderList;
  /** A view into the message. */
  readonly body: Buffer;
}

/**
 * The body of type `mediaType` (`application/sdp`) in a message: the whole body, or a part of it however deep within the
 * limits (RFC 5621 §3). In multipart/alternative the last one that fits counts, else the first. Undefined when there is
 * none.
 */
export function bodyOfType(message: SipMessage, mediaType: string): Buffer | undefined {
  return message.body.length === 0 ? undefined : findBody(message, mediaType, 0);
}

function findBody(part: BodyPart, mediaType: string, depth: number): Buffer | undefined {
  const media = parseMediaType(part.headers.get('Content-Type') ?? '');
  if (!media) return undefined;
  if (media.name === mediaType) return part.body;
  if (media.type !== 'multipart' || depth >= MAX_MULTIPART_NESTING) return undefined;
  const parts = parseMultipart(part.body, findParam(media.paramsText, 'boundary') ?? '') ?? [];
  if (media.subtype === 'alternative') parts.reverse();
  for (const inner of parts) {
    const found = findBody(inner, mediaType, depth + 1);
    if (found) return found;
  }
  return undefined;
}

/**
 * True when a receiver that knows `mediaTypes` understands all it must: every part but those with `handling=optional`,
 * one of each multipart/alternative (RFC 5621 §3, §4). Undefined when a type or a multipart body is malformed, or beyond
 * the limits.
 */
export function understandsBody(part: BodyPart, mediaTypes: ReadonlySet<string>, depth = 0): boolean | undefined {
  const media = parseMediaType(part.headers.get('Content-Type') ?? 'text/plain');
  if (!media) return undefined;
  if (mediaTypes.has(media.name)) return true;
  if (parseContentDisposition(part.headers.get('Content-Disposition') ?? '')?.isRequired === false) return true;
  if (media.type !== 'multipart') return false;
  const parts = parseMultipart(part.body, findParam(media.paramsText, 'boundary') ?? '');
  if (!parts || depth >= MAX_MULTIPART_NESTING) return undefined;
  const verdicts = parts.map((inner) => understandsBody(inner, mediaTypes, depth + 1));
  if (verdicts.includes(undefined)) return undefined;
  return media.subtype === 'alternative' ? verdicts.includes(true) : !verdicts.includes(false);
}

const DASHES = '--';
const LINE_END = '\r\n';

/**
 * Cuts a multipart body into its parts (RFC 2046 §5.1); preamble and epilogue are ignored, a missing end is forgiven.
 * Undefined when there is no boundary, no part, too many parts, or a part's headers are malformed.
 */
export function parseMultipart(body: Buffer, boundary: string): BodyPart[] | undefined {
  if (!isBoundary(boundary)) return undefined;
  const parts: BodyPart[] = [];
  let delimiter = findDelimiter(body, boundary, 0);
  while (delimiter && !delimiter.isLast) {
    const next = findDelimiter(body, boundary, delimiter.end);
    const part = parts.length < MAX_BODY_PARTS ? parsePart(body.subarray(delimiter.end, next?.start)) : undefined;
    if (!part) return undefined;
    parts.push(part);
    delimiter = next;
  }
  return parts.length === 0 ? undefined : parts;
}

/** 1 to 70 characters, not ending in a space. */
function isBoundary(boundary: string): boolean {
  return /^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/.test(boundary);
}

interface Delimiter {
  /** Where the line end before it begins: it belongs to the delimiter. */
  readonly start: number;
  /** Behind its own line. */
  readonly end: number;
  readonly isLast: boolean;
}

function findDelimiter(body: Buffer, boundary: string, from: number): Delimiter | undefined {
  const dashed = DASHES + boundary;
  for (let at = body.indexOf(dashed, from, 'latin1'); at >= 0; at = body.indexOf(dashed, at + 1, 'latin1')) {
    const isAtLineStart = at === 0 || (body[at - 2] === 0x0d && body[at - 1] === 0x0a);
    if (!isAtLineStart) continue;
    const lineEnd = body.indexOf(LINE_END, at, 'latin1');
    const rest = body.toString('latin1', at + dashed.length, lineEnd < 0 ? body.length : lineEnd);
    const isLast = rest.startsWith(DASHES);
    if (trimBlanks(isLast ? rest.slice(2) : rest) !== '') continue;
    return { start: Math.max(from, at - 2), end: lineEnd < 0 ? body.length : lineEnd + 2, isLast };
  }
  return undefined;
}

function parsePart(bytes: Buffer): BodyPart | undefined {
  if (bytes[0] === 0x0d && bytes[1] === 0x0a) return { headers: new HeaderList(), body: bytes.subarray(2) };
  const end = bytes.indexOf(LINE_END + LINE_END, 0, 'latin1');
  if (end < 0 || end > MAX_HEADER_SECTION_OCTETS) return undefined;
  const headers = new HeaderList();
  const lines = bytes
    .toString('latin1', 0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split(LINE_END);
  if (lines.length > MAX_HEADER_FIELDS) return undefined;
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = trimBlanks(line.slice(0, Math.max(colon, 0)));
    const value = trimBlanks(line.slice(colon + 1));
    if (!isToken(name) || /[\r\n\0]/.test(value)) return undefined;
    headers.append(name, value);
  }
  return { headers, body: bytes.subarray(end + 4) };
}

/** Prints parts under a boundary that the caller chose and that occurs in none of them. */
export function printMultipart(parts: readonly BodyPart[], boundary: string): Buffer {
  const pieces: Buffer[] = [];
  for (const { headers, body } of parts) {
    let head = `${DASHES}${boundary}${LINE_END}`;
    for (let i = 0; i < headers.length; i++) head += `${headers.nameAt(i)}: ${headers.valueAt(i)}${LINE_END}`;
    pieces.push(Buffer.from(`${head}${LINE_END}`, 'latin1'), body, Buffer.from(LINE_END));
  }
  return Buffer.concat([...pieces, Buffer.from(`${DASHES}${boundary}${DASHES}${LINE_END}`, 'latin1')]);
}
