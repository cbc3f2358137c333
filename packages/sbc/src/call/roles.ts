import type { SipRequest, SipResponse } from '@unisono/sip';
import type { Side } from '../side.ts';
import type { OpenOffer, SdpRole } from './media-path.ts';

/**
 * What the description in a request is; undefined when it is nothing and must not pass. An offer that came in a response is
 * answered by the PRACK of that response or by the ACK (RFC 3261 §13.2.1, RFC 3262 §5).
 */
export function requestRole({ method }: SipRequest, from: Side, openOffer: OpenOffer | undefined): SdpRole | undefined {
  const isAwaited = openOffer !== undefined && openOffer.by !== from;
  switch (method) {
    case 'INVITE':
    case 'UPDATE':
      return 'offer';
    case 'PRACK':
      return isAwaited ? 'answer' : 'offer';
    case 'ACK':
      return isAwaited ? 'answer' : undefined;
    default:
      return undefined;
  }
}

/**
 * What the description in a response is. To an INVITE without an offer it is one itself, if the response is reliable: a 2xx,
 * or a provisional one with RSeq; anything else shows what nobody may count on.
 */
export function responseRole(response: SipResponse, method: string, requestHadOffer: boolean): SdpRole | undefined {
  const { status } = response;
  if (status >= 300 || (method !== 'INVITE' && method !== 'UPDATE' && method !== 'PRACK')) return undefined;
  if (requestHadOffer) return 'answer';
  if (method !== 'INVITE') return undefined;
  return status >= 200 || response.headers.has('RSeq') ? 'offer' : undefined;
}
