import type { SipRequest, SipResponse } from '../message/message.ts';
import { MAGIC_COOKIE } from '../message/via.ts';
import type { TransportName } from '../transport/transport.ts';

/** Matches responses to client transactions (RFC 3261 §17.1.3): branch and method of CSeq. */
export function clientKey(branch: string, method: string): string {
  return `${branch} ${method}`;
}

export function clientKeyOf(response: SipResponse): string | undefined {
  const { branch } = response.via;
  return branch === undefined ? undefined : clientKey(branch, response.cseq.method);
}

/**
 * Matches requests to server transactions (RFC 3261 §17.2.3). ACK has the key of its INVITE. A branch without the magic
 * cookie is an RFC 2543 peer's: the fields of the older rule make the key. The transport belongs to it: an answer must
 * not go to another connection because somebody reuses branches.
 */
export function serverKey(request: SipRequest, transport: TransportName, method = request.method): string {
  const { via } = request;
  const keyed = method === 'ACK' ? 'INVITE' : method;
  if (via.branch?.startsWith(MAGIC_COOKIE) && via.branch.length > MAGIC_COOKIE.length) {
    return `${via.branch} ${transport} ${via.host}:${via.port ?? ''} ${keyed}`;
  }
  return `${transport} ${legacyKey(request, keyed)}`;
}

/** To tag is left out: an ACK carries the one of our response, the INVITE none. */
function legacyKey(request: SipRequest, method: string): string {
  const { via, from, callId, cseq } = request;
  return `2543 ${request.uriText} ${from.tag ?? ''} ${callId} ${cseq.sequence} ${via.host}:${via.port ?? ''} ${via.branch ?? ''} ${method}`;
}
