import { HeaderList } from './headers.ts';
import { MAX_HEADER_FIELDS, MAX_HEADER_SECTION_OCTETS, MAX_HEADER_VALUE_OCTETS } from './limits.ts';
import { canonicalNameAt, isSingleHeader } from './names.ts';
import { TOKEN } from './octets.ts';
import { trimBlanks } from './text.ts';

const CR = 0x0d;
const LF = 0x0a;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

/** What is wrong with a message, where, and with which status to answer. */
export interface Problem {
  readonly reason: string;
  readonly offset: number;
  readonly status: number;
}

export interface HeaderSection {
  /** The octets from the very first up to the end of the section, as a byte string. */
  readonly text: string;
  readonly headers: HeaderList;
  /** Octet behind the empty line; -1 when there is none. */
  readonly end: number;
  /** The first thing wrong; fields after it were read all the same, to know how to answer. */
  readonly problem: Problem | undefined;
}

/** A field takes four places: name from, name to, value from, value to (negated when the value is folded). */
const STRIDE = 4;

/** Where the fields of the message in hand lie. One table serves all messages, as reading one never yields. */
const places = new Int32Array(STRIDE * MAX_HEADER_FIELDS);

/**
 * Indexes the header section that begins at `from`, in one pass over its octets, then cuts names and values out of one
 * string. Unfolds values (RFC 3261 §7.3.1). Refuses what another hop might read differently: a lone CR or LF, a NUL
 * that is no quoted pair.
 */
export function readHeaderSection(bytes: Buffer, from: number): HeaderSection {
  const limit = Math.min(bytes.length, MAX_HEADER_SECTION_OCTETS);
  let problem: Problem | undefined;
  let count = 0;
  let line = from;
  while (line < limit && !isLineEnd(bytes, line) && count < MAX_HEADER_FIELDS) {
    const next = placeField(bytes, line, limit, count * STRIDE);
    if (next > 0) {
      line = next;
      count++;
    } else {
      if (-next < limit) problem ??= fieldProblem(bytes, line, -next);
      line = nextLine(bytes, -next, limit);
    }
  }
  const end = line + 2 <= limit && isLineEnd(bytes, line) ? line + 2 : -1;
  if (end < 0) problem ??= sectionProblem(bytes.length, line, limit, count);
  const text = bytes.toString('latin1', 0, line);
  const headers = cutFields(text, count);
  return { text, headers, end, problem: problem ?? findRepeated(headers, from) };
}

/** Notes where one field lies; answers the start of the next line, or the negated place of what is wrong. */
function placeField(bytes: Buffer, line: number, limit: number, at: number): number {
  let i = line;
  while (i < limit && TOKEN[bytes[i] as number] === 1) i++;
  const nameEnd = i;
  while (i < limit && isBlank(bytes[i])) i++;
  if (nameEnd === line || i >= limit || bytes[i] !== COLON) return -i;
  i++;
  while (i < limit && isBlank(bytes[i])) i++;
  places[at] = line;
  places[at + 1] = nameEnd;
  places[at + 2] = i;
  return placeValue(bytes, i, limit, at + 3);
}

function placeValue(bytes: Buffer, from: number, limit: number, at: number): number {
  let isFolded = false;
  for (let i = from; i < limit; i++) {
    const c = bytes[i] as number;
    if (c > CR || (c !== CR && c !== LF && c !== 0)) continue;
    if (c === 0 && bytes[i - 1] === BACKSLASH) continue;
    if (c !== CR || bytes[i + 1] !== LF) return -i;
    if (isBlank(bytes[i + 2])) {
      isFolded = true;
      i++;
      continue;
    }
    if (i - from > MAX_HEADER_VALUE_OCTETS) return -i;
    places[at] = isFolded ? -i : trimEnd(bytes, from, i);
    return i + 2;
  }
  return -limit;
}

function trimEnd(bytes: Buffer, from: number, to: number): number {
  let end = to;
  while (end > from && isBlank(bytes[end - 1])) end--;
  return end;
}

function isBlank(c: number | undefined): boolean {
  return c === 0x20 || c === 0x09;
}

function isLineEnd(bytes: Buffer, at: number): boolean {
  return bytes[at] === CR && bytes[at + 1] === LF;
}

function nextLine(bytes: Buffer, from: number, limit: number): number {
  const lineFeed = bytes.indexOf(LF, from);
  return lineFeed < 0 ? limit : lineFeed + 1;
}

function fieldProblem(bytes: Buffer, line: number, offset: number): Problem {
  const isInValue = bytes.subarray(line, offset).includes(COLON);
  if (!isInValue) return { reason: 'Malformed Header Line', offset, status: 400 };
  if (isLineEnd(bytes, offset)) return { reason: 'Header Value Too Long', offset, status: 513 };
  return { reason: 'Forbidden Octet In Header', offset, status: 400 };
}

function sectionProblem(length: number, offset: number, limit: number, count: number): Problem {
  if (count === MAX_HEADER_FIELDS) return { reason: 'Too Many Header Fields', offset, status: 513 };
  if (limit < length) return { reason: 'Header Section Too Long', offset: limit, status: 513 };
  return { reason: 'Missing Empty Line After Headers', offset: limit, status: 400 };
}

const FOLD = /\r\n[ \t]+/g;

function cutFields(text: string, count: number): HeaderList {
  const names: string[] = [];
  const values: string[] = [];
  for (let at = 0; at < count * STRIDE; at += STRIDE) {
    const valueEnd = places[at + 3] as number;
    const value = text.slice(places[at + 2], Math.abs(valueEnd));
    names.push(canonicalNameAt(text, places[at] as number, places[at + 1] as number));
    values.push(valueEnd < 0 ? trimBlanks(value.replace(FOLD, ' ')) : value);
  }
  return new HeaderList(names, values);
}

/** RFC 4475 §3.3.8, §3.3.9: a field that must not be repeated says two things at once. */
function findRepeated(headers: HeaderList, offset: number): Problem | undefined {
  const name = headers.firstRepeated(isSingleHeader);
  return name === undefined ? undefined : { reason: `Repeated ${name}`, offset, status: 400 };
}
