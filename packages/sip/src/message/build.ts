import { HeaderList } from './headers.ts';
import { NO_BODY, type SipRequest, SipResponse } from './message.ts';
import { parseNameAddr } from './name-addr.ts';
import type { ParseFailure } from './parse.ts';
import { REASON_PHRASES } from './reasons.ts';

export interface ResponseOptions {
  /** Default: the phrase of the status. */
  readonly reason?: string | undefined;
  /** Added to a To without a tag (every response but 100 has one). */
  readonly toTag?: string | undefined;
  /** Added at the end. */
  readonly headers?: readonly (readonly [name: string, value: string])[] | undefined;
  readonly body?: Buffer | undefined;
}

/** A response to `request` with the fields of RFC 3261 §8.2.6.2 copied as they came. */
export function makeResponse(request: SipRequest, status: number, options: ResponseOptions = {}): SipResponse {
  const headers = new HeaderList();
  headers.copy('Via', request.headers).copy('From', request.headers);
  const to = request.headers.get('To') ?? '';
  headers.append('To', options.toTag !== undefined && request.to.tag === undefined ? `${to};tag=${options.toTag}` : to);
  headers.copy('Call-ID', request.headers).copy('CSeq', request.headers);
  if (status === 100) headers.copy('Timestamp', request.headers);
  if (options.headers) for (const [name, value] of options.headers) headers.append(name, value);
  return new SipResponse(status, options.reason ?? reasonPhrase(status), headers, options.body ?? NO_BODY);
}

/** The phrase of a status, or of its class (RFC 3261 §21). */
export function reasonPhrase(status: number): string {
  return REASON_PHRASES[status] ?? REASON_PHRASES[status - (status % 100)] ?? 'Unknown';
}

/**
 * The response to a request that could not be parsed, undefined where none is due: to responses, to ACK, and without a
 * Via (RFC 3261 §18.3, RFC 4475 §3.3.1). Copies what there is of the fields that a response needs, as they came, even
 * when it is they that are malformed: it must go back the way the request came, not where its Via says.
 */
export function answerableFailure(failure: ParseFailure, toTag: string): SipResponse | undefined {
  const { start, headers: received, status, reason } = failure;
  if (start?.kind !== 'request' || start.method === 'ACK') return undefined;
  if (!received.has('Via')) return undefined;
  const headers = new HeaderList().copy('Via', received);
  for (const name of ['From', 'To', 'Call-ID', 'CSeq'] as const) {
    const value = received.get(name);
    if (value !== undefined) headers.append(name, value);
  }
  const to = parseNameAddr(received.get('To') ?? '');
  if (to && to.tag === undefined) headers.set('To', `${received.get('To')};tag=${toTag}`);
  return new SipResponse(status, reason, headers);
}
