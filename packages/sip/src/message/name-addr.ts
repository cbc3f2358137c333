import { DISPLAY, isAll, URI_TEXT } from './octets.ts';
import { areParams, findParam } from './params.ts';
import { HeaderInjectionError } from './printable.ts';
import { decodeUtf8, encodeUtf8, endOfQuoted, quote, skipBlanks, trimBlanks, unquote } from './text.ts';
import { parseUri, type Uri } from './uri.ts';

/** A name-addr or addr-spec with header parameters: From, To, Contact, Route, P-Asserted-Identity, Refer-To … */
export class NameAddr {
  /** Display name as on the wire, quotes included; '' when there is none. */
  readonly displayText: string;
  /** The URI's text, angle brackets removed. */
  readonly uriText: string;
  /** Header parameters as on the wire, beginning with `;`, or ''. */
  readonly paramsText: string;
  /** Asked for several times per message; null until it is found. */
  #tag: string | undefined | null = null;
  #uri: Uri | undefined | null = null;

  constructor(displayText: string, uriText: string, paramsText: string) {
    this.displayText = displayText;
    this.uriText = uriText;
    this.paramsText = paramsText;
  }

  /** The display name as people read it, '' when there is none. */
  get displayName(): string {
    return decodeUtf8(unquote(this.displayText));
  }

  /** The parsed URI; undefined when it breaks the grammar. */
  get uri(): Uri | undefined {
    if (this.#uri === null) this.#uri = parseUri(this.uriText);
    return this.#uri;
  }

  /** A header parameter: '' when it has no value, undefined when absent. */
  param(name: string): string | undefined {
    return this.paramsText === '' ? undefined : findParam(this.paramsText, name);
  }

  get tag(): string | undefined {
    if (this.#tag === null) this.#tag = this.param('tag');
    return this.#tag;
  }

  toString(): string {
    return `${this.displayText === '' ? '' : `${this.displayText} `}<${this.uriText}>${this.paramsText}`;
  }

  /** Makes one from what people read. Throws `HeaderInjectionError` unless URI and parameters are printed ones. */
  static make(displayName: string, uriText: string, paramsText = ''): NameAddr {
    if (!isAll(URI_TEXT, uriText) || !areParams(paramsText)) throw new HeaderInjectionError('an address');
    return new NameAddr(displayName === '' ? '' : quote(encodeUtf8(displayName)), uriText, paramsText);
  }
}

/**
 * Parses one element; undefined when brackets or quotes do not close, the display name is no token list, the URI has no
 * scheme or holds a blank, or the parameters are none.
 */
export function parseNameAddr(text: string): NameAddr | undefined {
  const from = skipBlanks(text, 0);
  const isQuoted = text.charCodeAt(from) === 0x22;
  const nameEnd = isQuoted ? endOfQuoted(text, from) + 1 : from;
  const open = text.indexOf('<', nameEnd);
  if (open < 0) return isQuoted ? undefined : parseAddrSpec(trimBlanks(text));
  if (isQuoted ? skipBlanks(text, nameEnd) !== open : !isAll(DISPLAY, text, from, open)) return undefined;
  const close = text.indexOf('>', open);
  if (close < 0) return undefined;
  const display = isQuoted ? text.slice(from, nameEnd) : trimBlanks(text.slice(from, open));
  return checked(display, text.slice(open + 1, close), text.slice(skipBlanks(text, close + 1)));
}

/** Without brackets every `;` belongs to the header, and the URI may hold neither `?` nor `,` (RFC 3261 §20.10). */
function parseAddrSpec(text: string): NameAddr | undefined {
  const semicolon = text.indexOf(';');
  const uriText = semicolon < 0 ? text : trimBlanks(text.slice(0, semicolon));
  if (uriText.includes('?') || uriText.includes(',')) return undefined;
  return checked('', uriText, semicolon < 0 ? '' : text.slice(semicolon));
}

function checked(display: string, uriText: string, paramsText: string): NameAddr | undefined {
  if (uriText.indexOf(':') <= 0 || !isAll(URI_TEXT, uriText) || !areParams(paramsText)) return undefined;
  return new NameAddr(display, uriText, paramsText);
}
