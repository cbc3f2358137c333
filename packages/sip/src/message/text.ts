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

/** Splits at commas that stand neither in a quoted string nor in angle brackets; empty elements are dropped. */
export function splitList(value: string): string[] {
  if (!value.includes(',')) {
    const only = value.trim();
    return only === '' ? [] : [only];
  }
  return splitOutside(value, 0x2c);
}

/** Splits at an octet that stands neither in a quoted string nor in angle brackets; trimmed, empty pieces dropped. */
export function splitOutside(value: string, separator: number): string[] {
  const pieces: string[] = [];
  let start = 0;
  let inAngle = false;
  for (let i = 0; i < value.length; i++) {
    const c = value.charCodeAt(i);
    if (c === 0x22) i = endOfQuoted(value, i);
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
  const trimmed = piece.trim();
  if (trimmed !== '') pieces.push(trimmed);
}

/** Index of the closing quote of the string that opens at `open`, or the last index when it never closes. */
export function endOfQuoted(text: string, open: number): number {
  for (let i = open + 1; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x5c) i++;
    else if (c === 0x22) return i;
  }
  return text.length;
}

/** The content of a quoted string: quotes removed, `\x` resolved. Text without quotes comes back as it is. */
export function unquote(text: string): string {
  if (text.charCodeAt(0) !== 0x22) return text;
  const inner = text.slice(1, text.endsWith('"') ? -1 : undefined);
  return inner.includes('\\') ? inner.replace(/\\([\s\S])/g, '$1') : inner;
}

/** A quoted string (RFC 3261 §25.1), with `"` and `\` escaped and control characters made spaces. */
export function quote(text: string): string {
  return `"${text.replace(/[\x00-\x1f\x7f]/g, ' ').replace(/["\\]/g, '\\$&')}"`;
}

const TOKEN = /^[A-Za-z0-9\-.!%*_+`'~]+$/;
/** True for a `token` of RFC 3261 §25.1. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}
