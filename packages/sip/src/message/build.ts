import { HeaderList } from './headers.ts';
import { NO_BODY, type SipRequest, SipResponse } from './message.ts';
import { REASON_PHRASES } from './reasons.ts';

/**
 * A response to `request` with the fields of RFC 3261 §8.2.6.2 copied as they came. `toTag` is added to a To without a
 * tag (every response but 100).
 */
export function makeResponse(
  request: SipRequest,
  status: number,
  options: { readonly reason?: string | undefined; readonly toTag?: string | undefined; readonly body?: Buffer } = {},
): SipResponse {
  const headers = new HeaderList();
  headers.copy('Via', request.headers).copy('From', request.headers);
  const to = request.headers.get('To') ?? '';
  headers.append('To', options.toTag !== undefined && request.to.tag === undefined ? `${to};tag=${options.toTag}` : to);
  headers.copy('Call-ID', request.headers).copy('CSeq', request.headers);
  if (status === 100) headers.copy('Timestamp', request.headers);
  const reason = options.reason ?? REASON_PHRASES[status] ?? 'Unknown';
  return new SipResponse(status, reason, headers, options.body ?? NO_BODY);
}
