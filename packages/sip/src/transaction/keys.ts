import type { SipRequest, SipResponse } from '../message/message.ts';
import { MAGIC_COOKIE } from '../message/via.ts';

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
 * What a request is looked for by among the server transactions: its branch. A branch without the magic cookie, or with
 * nothing behind it, is an RFC 2543 peer's: the fields of the older rule make the key (RFC 3261 §17.2.3).
 */
export function branchKey(request: SipRequest): string {
  const { branch } = request.via;
  const isUnique = branch !== undefined && branch.length > MAGIC_COOKIE.length && branch.startsWith(MAGIC_COOKIE);
  return isUnique ? branch : legacyKey(request);
}

/** To tag is left out: an ACK carries the one of our response, the INVITE none. */
function legacyKey({ via, from, callId, cseq, uriText }: SipRequest): string {
  return `2543 ${cseq.sequence} ${via.branch ?? ''} ${from.tag ?? ''} ${callId} ${uriText}`;
}
