import { findParam } from './params.ts';
import { decodeUtf8, encodeUtf8, endOfQuoted, quote, unquote } from './text.ts';
import { parseUri, type Uri } from './uri.ts';

/** A name-addr or addr-spec with header parameters: From, To, Contact, Route, P-Asserted-Identity, Refer-To … */
export class NameAddr {
  /** Display name as on the wire, quotes included; '' when there is none. */
  readonly displayText: string;
  /** The URI's text, angle brackets removed. */
  readonly uriText: string;
  /** Header parameters as on the wire, beginning with `;`, or ''. */
  readonly paramsText: string;

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
    return parseUri(this.uriText);
  }

  /** A header parameter: '' when it has no value, undefined when absent. */
  param(name: string): string | undefined {
    return this.paramsText === '' ? undefined : findParam(this.paramsText, name);
  }

  get tag(): string | undefined {
    return this.param('tag');
  }

  toString(): string {
    return `${this.displayText === '' ? '' : `${this.displayText} `}<${this.uriText}>${this.paramsText}`;
  }

  /** Makes one from what people read; `uriText` must be a printed URI. */
  static make(displayName: string, uriText: string, paramsText = ''): NameAddr {
    return new NameAddr(displayName === '' ? '' : quote(encodeUtf8(displayName)), uriText, paramsText);
  }
}

/** Parses one element; undefined when brackets or quotes do not close, or the display name is no token list. */
export function parseNameAddr(text: string): NameAddr | undefined {
  const value = text.trim();
  let displayEnd = 0;
  if (value.charCodeAt(0) === 0x22) {
    displayEnd = endOfQuoted(value, 0) + 1;
    if (displayEnd > value.length) return undefined;
  }
  const open = value.indexOf('<', displayEnd);
  if (open < 0) return displayEnd > 0 ? undefined : parseAddrSpec(value);
  const close = value.indexOf('>', open);
  if (close < 0) return undefined;
  const display = value.slice(0, open).trim();
  if (displayEnd > 0 ? display.length !== displayEnd : !isDisplayTokens(display)) return undefined;
  const params = value.slice(close + 1).trim();
  if (params !== '' && params.charCodeAt(0) !== 0x3b) return undefined;
  const uriText = value.slice(open + 1, close);
  return uriText === '' ? undefined : new NameAddr(display, uriText, params);
}

/** Without brackets every `;` belongs to the header, and the URI may hold neither `?` nor `,` (RFC 3261 §20.10). */
function parseAddrSpec(value: string): NameAddr | undefined {
  const semicolon = value.indexOf(';');
  const uriText = (semicolon < 0 ? value : value.slice(0, semicolon)).trim();
  if (uriText === '' || /[\s<>"?,]/.test(uriText)) return undefined;
  return new NameAddr('', uriText, semicolon < 0 ? '' : value.slice(semicolon));
}

function isDisplayTokens(text: string): boolean {
  return text === '' || /^[A-Za-z0-9\-.!%*_+`'~ \t\x80-\xff]+$/.test(text);
}
