import { findParam } from './params.ts';
import { splitList } from './text.ts';
import { parseHostPort } from './uri.ts';

/** What every branch of RFC 3261 begins with (§8.1.1.7). */
export const MAGIC_COOKIE = 'z9hG4bK';

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

const FORM =
  /^SIP\s*\/\s*2\.0\s*\/\s*([A-Za-z0-9\-.!%*_+`'~]+)\s+(\[[^\]]*\]|[^\s:;,]+)\s*(?::\s*(\d+))?\s*(;[\s\S]*)?$/i;

/** Parses one Via element; undefined when it breaks the grammar. */
export function parseVia(text: string): Via | undefined {
  return parsePlain(text) ?? parseAny(text);
}

/** The form that nearly every peer writes, without a regular expression: `SIP/2.0/UDP host:port;params`. */
function parsePlain(text: string): Via | undefined {
  if (!text.startsWith('SIP/2.0/')) return undefined;
  const space = text.indexOf(' ', 8);
  if (space < 0) return undefined;
  const semicolon = text.indexOf(';', space);
  const hostport = parseHostPort(semicolon < 0 ? text.slice(space + 1) : text.slice(space + 1, semicolon));
  if (!hostport) return undefined;
  return makeVia(text.slice(8, space), hostport.host, hostport.port, semicolon < 0 ? '' : text.slice(semicolon));
}

function parseAny(text: string): Via | undefined {
  const match = FORM.exec(text.trim());
  if (!match) return undefined;
  const [, transport = '', host = '', port, params = ''] = match;
  const hostport = parseHostPort(port === undefined ? host : `${host}:${port}`);
  return hostport && makeVia(transport, hostport.host, hostport.port, params);
}

const TRANSPORT = /^[A-Za-z0-9\-.!%*_+`'~]+$/;

function makeVia(transport: string, host: string, port: number | undefined, paramsText: string): Via | undefined {
  if (transport !== 'UDP' && !TRANSPORT.test(transport)) return undefined;
  const branch = findParam(paramsText, 'branch');
  return { transport: transport.toUpperCase(), host, port, paramsText, branch };
}

/** The first element of a Via header field. */
export function firstVia(field: string): string {
  return field.includes(',') ? (splitList(field)[0] ?? '') : field;
}
