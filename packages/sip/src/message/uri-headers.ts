import { HeaderList } from './headers.ts';
import { isPrintable } from './printable.ts';
import { isToken } from './text.ts';
import { escapeUriHeader, unescapeUri } from './uri.ts';

/**
 * The headers behind `?` in a URI, escapes resolved (RFC 3261 §19.1.1); undefined when a name is none or a value would
 * break a line.
 */
export function parseUriHeaders(text: string): HeaderList | undefined {
  const headers = new HeaderList();
  if (text === '') return headers;
  for (const piece of text.split('&')) {
    const equals = piece.indexOf('=');
    const name = unescapeUri(equals < 0 ? piece : piece.slice(0, equals));
    const value = equals < 0 ? '' : unescapeUri(piece.slice(equals + 1));
    if (!isToken(name) || !isPrintable(value)) return undefined;
    headers.append(name, value);
  }
  return headers;
}

/** Prints headers as a URI carries them, '' when there are none; `sip:a@b?` is not part of it. */
export function printUriHeaders(headers: HeaderList): string {
  const pieces: string[] = [];
  for (let i = 0; i < headers.length; i++) {
    pieces.push(`${escapeUriHeader(headers.nameAt(i))}=${escapeUriHeader(headers.valueAt(i))}`);
  }
  return pieces.join('&');
}
