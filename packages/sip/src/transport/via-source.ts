import type { SipRequest } from '../message/message.ts';
import { findParam } from '../message/params.ts';
import { firstVia, type Via } from '../message/via.ts';

/**
 * Writes the source of a request into its topmost Via, as the server transport must (RFC 3261 §18.2.1, RFC 3581 §4):
 * `received` when the sent-by is not the source address or `rport` is asked for, and the value of `rport`. What the
 * sender claimed under these names is replaced. `request.via` still shows the element as it was received.
 */
export function addSource(request: SipRequest, source: string, port: number): void {
  const { via } = request;
  // The zone of a link-local address means nothing elsewhere, and '%' may not stand in a Via.
  const address = source.includes('%') ? source.slice(0, source.indexOf('%')) : source;
  const params = via.paramsText;
  const mayBearSource = params.includes('r') && /rport|received/i.test(params);
  if (!mayBearSource && isSentBy(via, address)) return;
  const field = request.headers.get('Via') ?? '';
  request.headers.replaceFirst('Via', fillRport(field, params, address, port) ?? rewrite(field, via, address, port));
}

/** The form that nearly every peer writes: an empty `;rport` in plain text is filled in its place. */
function fillRport(field: string, params: string, address: string, port: number): string | undefined {
  if (params.includes('"') || params.includes('received')) return undefined;
  const at = field.indexOf(';rport');
  const end = at + ';rport'.length;
  const isEmpty = end === field.length || field.charCodeAt(end) === SEMICOLON;
  // Behind a comma it belongs to another hop.
  if (at < 0 || !isEmpty || field.lastIndexOf(',', at) >= 0) return undefined;
  return `${field.slice(0, at)};received=${address};rport=${port}${field.slice(end)}`;
}

function rewrite(field: string, via: Via, address: string, port: number): string {
  const top = firstVia(field);
  return withSource(via, address, port) + field.slice(field.indexOf(top) + top.length);
}

/** One Via element as text, with `received` and (when it has one) `rport` set. */
export function withSource(via: Via, address: string, port: number): string {
  const sentBy = via.port === undefined ? via.host : `${via.host}:${via.port}`;
  const wantsPort = findParam(via.paramsText, 'rport') !== undefined;
  const needsAddress = wantsPort || !isSentBy(via, address);
  const received = needsAddress ? `;received=${address}` : '';
  const rport = wantsPort ? `;rport=${port}` : '';
  return `SIP/2.0/${via.transport} ${sentBy}${withoutSource(via.paramsText)}${received}${rport}`;
}

/** True when the sent-by host is that very address; a domain name never is (§18.2.1). */
function isSentBy(via: Via, address: string): boolean {
  const { host } = via;
  return host.charCodeAt(0) === 0x5b ? host.slice(1, -1) === address : host === address;
}

const SEMICOLON = 0x3b;
const SOURCE_PARAM = /^\s*(?:received|rport)\s*(?:=|$)/i;

function withoutSource(paramsText: string): string {
  let kept = '';
  for (const piece of splitParams(paramsText)) if (!SOURCE_PARAM.test(piece)) kept += `;${piece}`;
  return kept;
}

/** The pieces between semicolons; quoted strings may hold semicolons, so those take the long way. */
function splitParams(paramsText: string): string[] {
  const text = paramsText.slice(1);
  if (text === '') return [];
  if (!text.includes('"')) return text.split(';');
  return text.match(/(?:"(?:\\.|[^"\\])*"|[^;"])+/g) ?? [];
}
