import { endOfQuoted, unquote } from '../message/text.ts';
import { TokenTable } from '../message/token-table.ts';

/** A scheme with its parameters, of a challenge or of credentials (RFC 3261 §25.1, RFC 7235 §2.1). */
export interface AuthScheme {
  /** In lower case: `digest`. */
  readonly scheme: string;
  /** Names in lower case, values unquoted byte strings; of two equal names the first counts. */
  readonly params: ReadonlyMap<string, string>;
}

/** Names as nearly everybody writes them, so that the hot path cuts out no strings. */
const NAMES = new TokenTable<string>(
  'username realm nonce uri response algorithm cnonce qop nc opaque domain stale'.split(' '),
);

/**
 * Reads an Authorization, WWW-Authenticate … value, or several challenges in one field; undefined when a quote does not
 * close or a parameter stands before any scheme.
 */
export function parseAuthSchemes(field: string): AuthScheme[] | undefined {
  const schemes: AuthScheme[] = [];
  let params: Map<string, string> | undefined;
  let i = skipSeparators(field, 0);
  while (i < field.length) {
    const nameEnd = endOfWord(field, i);
    if (nameEnd === i) return undefined;
    const name = NAMES.find(field, i, nameEnd) ?? field.slice(i, nameEnd).toLowerCase();
    i = skipBlanks(field, nameEnd);
    if (field.charCodeAt(i) !== 0x3d) {
      params = new Map();
      schemes.push({ scheme: name, params });
    } else {
      const start = skipBlanks(field, i + 1);
      i = endOfValue(field, start);
      if (i > field.length || !params) return undefined;
      if (!params.has(name)) params.set(name, unquote(field.slice(start, i)));
    }
    i = skipSeparators(field, i);
  }
  return schemes;
}

/** The end of the quoted string or word at `start`; beyond the end of the text when a quote does not close. */
function endOfValue(text: string, start: number): number {
  return text.charCodeAt(start) === 0x22 ? endOfQuoted(text, start) + 1 : endOfWord(text, start);
}

function endOfWord(text: string, from: number): number {
  let i = from;
  for (; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x2c || c === 0x3d || c === 0x20 || c === 0x09 || c === 0x22) break;
  }
  return i;
}

function skipBlanks(text: string, from: number): number {
  let i = from;
  while (text.charCodeAt(i) === 0x20 || text.charCodeAt(i) === 0x09) i++;
  return i;
}

function skipSeparators(text: string, from: number): number {
  let i = from;
  for (let c = text.charCodeAt(i); c === 0x20 || c === 0x09 || c === 0x2c; c = text.charCodeAt(i)) i++;
  return i;
}
