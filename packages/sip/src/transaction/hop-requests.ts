import { HeaderList } from '../message/headers.ts';
import { SipRequest, type SipResponse } from '../message/message.ts';

/**
 * The ACK of a response of 300–699: hop by hop, same branch, no body (RFC 3261 §17.1.1.3), with the credentials of the
 * INVITE (§22.1).
 */
export function ackForFailure(invite: SipRequest, response: SipResponse): SipRequest {
  const ack = hopRequest('ACK', invite, response.headers.get('To') ?? '');
  ack.headers.copy('Authorization', invite.headers).copy('Proxy-Authorization', invite.headers);
  return ack;
}

/** The CANCEL of an INVITE: same Request-URI, Via, Call-ID, From, To, Route, and CSeq number (RFC 3261 §9.1). */
export function cancelFor(invite: SipRequest): SipRequest {
  return hopRequest('CANCEL', invite, invite.headers.get('To') ?? '');
}

/** A request that takes the way of `invite`, whose topmost Via (a field of its own) is the only one it has. */
function hopRequest(method: string, invite: SipRequest, to: string): SipRequest {
  const headers = new HeaderList();
  const via = invite.headers.get('Via') ?? '';
  headers.append('Via', via).append('Max-Forwards', '70').copy('Route', invite.headers);
  headers.copy('From', invite.headers).append('To', to).copy('Call-ID', invite.headers);
  headers.append('CSeq', `${invite.cseq.sequence} ${method}`);
  return new SipRequest(method, invite.uriText, headers);
}
