import type { SipRequest, SipResponse } from '../message/message.ts';
import { MAGIC_COOKIE } from '../message/via.ts';
import type { TransportName } from '../transport/transport.ts';

/**
 * Matches responses to client transactions (RFC 3261 §17.1.3) by branch and method. Every branch is ours and new, but
 * that a CANCEL has its INVITE's; whoever looks up by this key compares the method as well.
 */
export function clientKey(branch: string, method: string): string {
  return method === 'CANCEL' ? `${branch} CANCEL` : branch;
}

export function clientKeyOf(response: SipResponse): string | undefined {
  const { branch } = response.via;
  return branch === undefined ? undefined : clientKey(branch, response.cseq.method);
}

/**
 * Matches requests to server transactions (RFC 3261 §17.2.3): branch, sent-by and method. ACK has the key of its
 * INVITE; `method` makes the key of another request of the same branch. A branch without the magic cookie, or with
 * nothing behind it, is an RFC 2543 peer's: the fields of the older rule make the key. The transport belongs to it: an
 * answer must not go to another connection because somebody reuses branches.
 */
export function serverKey(request: SipRequest, transport: TransportName, method = request.method): string {
  const { branch, host, port } = request.via;
  const keyed = method === 'ACK' ? 'INVITE' : method;
  if (branch === undefined || branch.length <= MAGIC_COOKIE.length || !branch.startsWith(MAGIC_COOKIE)) {
    return `${transport} ${legacyKey(request, keyed)}`;
  }
  return `${branch} ${transport} ${host}:${port ?? ''} ${keyed}`;
}

/** To tag is left out: an ACK carries the one of our response, the INVITE none. */
function legacyKey(request: SipRequest, method: string): string {
  const { via, from, callId, cseq } = request;
  const sentBy = `${via.host}:${via.port ?? ''}`;
  return `2543 ${method} ${cseq.sequence} ${sentBy} ${via.branch ?? ''} ${from.tag ?? ''} ${callId} ${request.uriText}`;
}
