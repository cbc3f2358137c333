import { endOf, PARAM_VALUE, TOKEN } from './octets.ts';
import { decodeUtf8, endOfQuoted, isToken, quote, skipBlanks, splitOutside, trimBlanks, unquote } from './text.ts';

const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const QUOTE = 0x22;

/**
 * The value of `;name=value` in parameter text such as `;tag=a;expires=60`: '' when it has none, undefined when the
 * parameter is absent. `name` in lower case. Quoted values come unquoted.
 */
export function findParam(text: string, name: string): string | undefined {
  for (let i = endOfParam(text, 0); i < text.length; i = endOfParam(text, i)) {
    i = skipBlanks(text, i + 1);
    const end = endOf(TOKEN, text, i);
    if (end - i === name.length && isAt(text, i, name)) return valueAfter(text, end);
    i = end;
  }
  return undefined;
}

/** True when the text is a chain of `;name` and `;name=value`, or empty (RFC 3261 §25.1, generic-param). */
export function areParams(text: string): boolean {
  let i = 0;
  while (i < text.length) {
    if (text.charCodeAt(i) !== SEMICOLON) return false;
    const name = skipBlanks(text, i + 1);
    i = endOf(TOKEN, text, name);
    if (i === name) return false;
    i = skipBlanks(text, i);
    if (text.charCodeAt(i) !== EQUALS) continue;
    i = endOfValue(text, skipBlanks(text, i + 1));
    if (i > text.length) return false;
    i = skipBlanks(text, i);
  }
  return true;
}

function isAt(text: string, from: number, name: string): boolean {
  return text.startsWith(name, from) || text.slice(from, from + name.length).toLowerCase() === name;
}

/** The end of the quoted string or of the plain value at `from`; beyond the end of the text when a quote does not close. */
function endOfValue(text: string, from: number): number {
  if (text.charCodeAt(from) === QUOTE) return endOfQuoted(text, from) + 1;
  return endOf(PARAM_VALUE, text, from);
}

function valueAfter(text: string, nameEnd: number): string {
  const equals = skipBlanks(text, nameEnd);
  if (text.charCodeAt(equals) !== EQUALS) return '';
  const from = skipBlanks(text, equals + 1);
  return unquote(trimBlanks(text.slice(from, endOfParam(text, from))));
}

/** Index of the next `;` outside quoted strings, or the length. */
function endOfParam(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === SEMICOLON) return i;
    if (c === QUOTE) i = endOfQuoted(text, i);
  }
  return text.length;
}

/** All parameters, names in lower case; a later one of the same name is ignored. Values decoded from UTF-8. */
export function parseParams(text: string): Map<string, string> {
  const params = new Map<string, string>();
  for (const piece of splitOutside(text, SEMICOLON)) {
    const equals = piece.indexOf('=');
    const name = trimBlanks(equals < 0 ? piece : piece.slice(0, equals)).toLowerCase();
    if (name === '' || params.has(name)) continue;
    params.set(name, equals < 0 ? '' : decodeUtf8(unquote(trimBlanks(piece.slice(equals + 1)))));
  }
  return params;
}

/** Prints `;name=value`, the value quoted when it is no token (hosts in brackets excepted). */
export function printParam(name: string, value: string): string {
  if (value === '') return `;${name}`;
  return isToken(value) || /^\[[0-9a-fA-F:.]+\]$/.test(value) ? `;${name}=${value}` : `;${name}=${quote(value)}`;
}
