import { decodeUtf8, endOfQuoted, isToken, quote, splitOutside, unquote } from './text.ts';

/**
 * The value of `;name=value` in parameter text such as `;tag=a;expires=60`: '' when it has none, undefined when the
 * parameter is absent. `name` in lower case. Quoted values come unquoted.
 */
export function findParam(text: string, name: string): string | undefined {
  for (let i = 0; i < text.length; ) {
    const start = skipTo(text, i, 0x3b) + 1;
    if (start > text.length) return undefined;
    const end = skipTo(text, start, 0x3b);
    const equals = text.indexOf('=', start);
    const nameEnd = equals < 0 || equals > end ? end : equals;
    if (sameName(text.slice(start, nameEnd), name)) {
      return nameEnd === end ? '' : unquote(text.slice(nameEnd + 1, end).trim());
    }
    i = end;
  }
  return undefined;
}

function sameName(found: string, name: string): boolean {
  if (found === name) return true;
  const trimmed = found.trim();
  return trimmed.length === name.length && trimmed.toLowerCase() === name;
}

/** Index of the next `octet` outside quoted strings, or the length. */
function skipTo(text: string, from: number, octet: number): number {
  for (let i = from; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === octet) return i;
    if (c === 0x22) i = endOfQuoted(text, i);
  }
  return text.length;
}

/** All parameters, names in lower case; a later one of the same name is ignored. Values decoded from UTF-8. */
export function parseParams(text: string): Map<string, string> {
  const params = new Map<string, string>();
  for (const piece of splitOutside(text, 0x3b)) {
    const equals = piece.indexOf('=');
    const name = (equals < 0 ? piece : piece.slice(0, equals)).trim().toLowerCase();
    if (name === '' || params.has(name)) continue;
    params.set(name, equals < 0 ? '' : decodeUtf8(unquote(piece.slice(equals + 1).trim())));
  }
  return params;
}

/** Prints `;name=value`, the value quoted when it is no token (hosts in brackets excepted). */
export function printParam(name: string, value: string): string {
  if (value === '') return `;${name}`;
  return isToken(value) || /^\[[0-9a-fA-F:.]+\]$/.test(value) ? `;${name}=${value}` : `;${name}=${quote(value)}`;
}
