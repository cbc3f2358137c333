import { DEFAULT_MAX_FORWARDS, HeaderList, maxForwards, SipRequest, SipResponse } from '@unisono/sip';

/** A request that is being made ready for the other side: a copy, changed by steps. */
export function forwarded({ method, uriText, headers, body }: SipRequest): SipRequest {
  const copy = headers.clone();
  // Whom it came by is nobody's business there: responses find back by what we keep (RFC 3261 §16.6 step 8, §18.1.2).
  for (const name of ['Via', 'Route', 'Record-Route', 'Path', 'Service-Route']) copy.remove(name);
  return new SipRequest(method, uriText, copy, body);
}

/** One hop less (RFC 3261 §16.6 step 3). */
export function decreaseMaxForwards({ headers }: SipRequest): void {
  const hops = maxForwards(headers) ?? DEFAULT_MAX_FORWARDS;
  headers.set('Max-Forwards', String(Math.max(0, Math.min(hops, DEFAULT_MAX_FORWARDS) - 1)));
}

/** What a response must have as it was in the request: no hop changes it (RFC 3261 §8.2.6.2). */
const IDENTITY = new Set(['Via', 'From', 'To', 'Call-ID', 'CSeq']);
/** Ways of the other side. */
const WAYS = new Set(['Record-Route', 'Path', 'Service-Route']);

/**
 * A response for the sender of `original`, out of the one that came for what we sent on: who, where and which exactly as
 * the sender wrote it, the tag of the answering side added, ways of the other side left out, all else in order.
 */
export function returned(response: SipResponse, original: SipRequest): SipResponse {
  const headers = new HeaderList().copy('Via', original.headers).copy('From', original.headers);
  headers.append('To', answeredTo(response, original)).copy('Call-ID', original.headers);
  headers.copy('CSeq', original.headers);
  for (let i = 0; i < response.headers.length; i++) {
    const name = response.headers.nameAt(i);
    if (!IDENTITY.has(name) && !WAYS.has(name)) headers.append(name, response.headers.valueAt(i));
  }
  return new SipResponse(response.status, response.reason, headers, response.body);
}

function answeredTo(response: SipResponse, original: SipRequest): string {
  const to = original.headers.get('To') ?? '';
  const { tag } = response.to;
  return original.to.tag !== undefined || tag === undefined ? to : `${to};tag=${tag}`;
}

/** Requests that make a dialog (RFC 3261 §12.1, RFC 6665 §4.4.1, RFC 3515 §2.4.4). */
const DIALOG_MAKERS = new Set(['INVITE', 'SUBSCRIBE', 'REFER']);

/** True for a request that may make a dialog and is not within one. */
export function opensDialog(request: SipRequest): boolean {
  return DIALOG_MAKERS.has(request.method) && request.to.tag === undefined;
}

/** Requests within a dialog that tell where their sender is by now (RFC 3261 §12.2, RFC 3311 §5.1). */
export function refreshesTarget({ method, to }: SipRequest): boolean {
  return (method === 'INVITE' || method === 'UPDATE') && to.tag !== undefined;
}
