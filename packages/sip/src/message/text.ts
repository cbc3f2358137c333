import { isAll, TOKEN } from './octets.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;

/**
 * Inside this library message text is a byte string: one character per octet, as Buffer's latin1. It is quick to index
 * and nothing is lost. Only what people read (display names, reason phrases) is decoded from UTF-8, on demand.
 */
export function decodeUtf8(bytes: string): string {
  return isAscii(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8');
}

/** The byte string of a text. */
export function encodeUtf8(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

/** Without blanks and line breaks at either end. Not `trim`, which takes 0xA0 for a blank: here it is half a letter. */
export function trimBlanks(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isBlank(text.charCodeAt(from))) from++;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
  return from === 0 && to === text.length ? text : text.slice(from, to);
}

/** True for SP, TAB, CR and LF: linear whitespace, also where it was not unfolded. */
export function isBlank(c: number): boolean {
  return c === 0x20 || c === 0x09 || c === 0x0d || c === 0x0a;
}

/** Index of the first octet at or after `from` that is no blank. */
export function skipBlanks(text: string, from: number): number {
  let i = from;
  while (i < text.length && isBlank(text.charCodeAt(i))) i++;
  return i;
}

/** Splits at commas that stand neither in a quoted string nor in angle brackets; empty elements are dropped. */
export function splitList(value: string): string[] {
  if (!value.includes(',')) {
    const only = trimBlanks(value);
    return only === '' ? [] : [only];
  }
  return splitOutside(value, COMMA);
}

/** True when one element of a list of tokens is `token`, compared without case. */
export function hasListToken(value: string, token: string): boolean {
  const list = value.toLowerCase();
  for (let at = list.indexOf(token); at >= 0; at = list.indexOf(token, at + 1)) {
    if (isElementStart(list, at) && isElementEnd(list, at + token.length)) return true;
  }
  return false;
}

function isElementStart(list: string, at: number): boolean {
  let i = at - 1;
  while (i >= 0 && isBlank(list.charCodeAt(i))) i--;
  return i < 0 || list.charCodeAt(i) === COMMA;
}

function isElementEnd(list: string, at: number): boolean {
  const i = skipBlanks(list, at);
  return i === list.length || list.charCodeAt(i) === COMMA;
}

/** The first element of a comma-separated field, '' when there is none. */
export function firstElement(field: string): string {
  return field.includes(',') ? (splitList(field)[0] ?? '') : field;
}

/** Splits at an octet that stands neither in a quoted string nor in angle brackets; trimmed, empty pieces dropped. */
export function splitOutside(value: string, separator: number): string[] {
  const pieces: string[] = [];
  let start = 0;
  let inAngle = false;
  for (let i = 0; i < value.length; i++) {
    const c = value.charCodeAt(i);
    if (c === QUOTE) i = endOfQuoted(value, i);
    else if (c === 0x3c) inAngle = true;
    else if (c === 0x3e) inAngle = false;
    else if (c === separator && !inAngle) {
      pushTrimmed(pieces, value.slice(start, i));
      start = i + 1;
    }
  }
  pushTrimmed(pieces, value.slice(start));
  return pieces;
}

function pushTrimmed(pieces: string[], piece: string): void {
  const trimmed = trimBlanks(piece);
  if (trimmed !== '') pieces.push(trimmed);
}

/** Index of the closing quote of the string that opens at `open`, or the length when it never closes. */
export function endOfQuoted(text: string, open: number): number {
  const quote = text.indexOf('"', open + 1);
  if (quote < 0) return text.length;
  // No backslash before the first quote there is: nothing to count.
  return text.charCodeAt(quote - 1) === BACKSLASH ? endOfEscaped(text, open) : quote;
}

function endOfEscaped(text: string, open: number): number {
  for (let i = open + 1; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === BACKSLASH) i++;
    else if (c === QUOTE) return i;
  }
  return text.length;
}

/** The content of a quoted string: quotes removed, `\x` resolved. Text without quotes comes back as it is. */
export function unquote(text: string): string {
  if (text.charCodeAt(0) !== QUOTE) return text;
  const inner = text.slice(1, text.endsWith('"') ? -1 : undefined);
  return inner.includes('\\') ? inner.replace(/\\([\s\S])/g, '$1') : inner;
}

const NEEDS_ESCAPE = /[\x00-\x1f\x7f"\\]/;

/** A quoted string (RFC 3261 §25.1), with `"` and `\` escaped and control characters made spaces. */
export function quote(text: string): string {
  if (!NEEDS_ESCAPE.test(text)) return `"${text}"`;
  return `"${text.replace(/[\x00-\x1f\x7f]/g, ' ').replace(/["\\]/g, '\\$&')}"`;
}

/** True for a `token` of RFC 3261 §25.1. */
export function isToken(text: string): boolean {
  return text !== '' && isAll(TOKEN, text);
}
