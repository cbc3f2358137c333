import { endOfHost, parsePort, readHost } from './host.ts';
import { DIGIT, endOf, TOKEN } from './octets.ts';
import { areParams, findParam } from './params.ts';
import { firstElement, skipBlanks } from './text.ts';
import { TokenTable } from './token-table.ts';

/** What every branch of RFC 3261 begins with (§8.1.1.7). */
export const MAGIC_COOKIE = 'z9hG4bK';

const COLON = 0x3a;
const TRANSPORTS = new TokenTable(['UDP', 'TCP', 'TLS', 'WS', 'WSS']);

/** One Via element (RFC 3261 §20.42). */
export interface Via {
  /** Upper case: UDP, TCP, TLS, WS, WSS or another token. */
  readonly transport: string;
  readonly host: string;
  readonly port: number | undefined;
  /** Parameters as on the wire, beginning with `;`, or ''. */
  readonly paramsText: string;
  /** The branch parameter, undefined for a peer of RFC 2543. */
  readonly branch: string | undefined;
}

/**
 * Parses one Via element; undefined when it breaks the grammar. Any protocol version is taken, so that a request of
 * another one can be told so (505).
 */
export function parseVia(text: string): Via | undefined {
  const from = text.startsWith('SIP/2.0/') ? 8 : skipProtocol(text);
  const transportEnd = endOf(TOKEN, text, from);
  const hostFrom = skipBlanks(text, transportEnd);
  if (from < 0 || transportEnd === from || hostFrom === transportEnd) return undefined;
  const hostEnd = endOfHost(text, hostFrom);
  const host = readHost(text, hostFrom, hostEnd);
  if (host === undefined) return undefined;
  let port: number | undefined;
  let end = skipBlanks(text, hostEnd);
  if (text.charCodeAt(end) === COLON) {
    const portFrom = skipBlanks(text, end + 1);
    end = endOf(DIGIT, text, portFrom);
    port = parsePort(text, portFrom, end);
    if (port === undefined) return undefined;
    end = skipBlanks(text, end);
  }
  const paramsText = text.slice(end);
  if (!areParams(paramsText)) return undefined;
  const transport = TRANSPORTS.find(text, from, transportEnd) ?? text.slice(from, transportEnd).toUpperCase();
  return { transport, host, port, paramsText, branch: findParam(paramsText, 'branch') };
}

/** The transport's index behind `name / version /` with blanks anywhere; -1 when that is not what stands there. */
function skipProtocol(text: string): number {
  let i = skipBlanks(text, 0);
  for (let slashes = 0; slashes < 2; slashes++) {
    const end = endOf(TOKEN, text, i);
    const slash = skipBlanks(text, end);
    if (end === i || text.charCodeAt(slash) !== 0x2f) return -1;
    i = skipBlanks(text, slash + 1);
  }
  return i;
}

/** The first element of a Via header field. */
export function firstVia(field: string): string {
  return firstElement(field);
}
