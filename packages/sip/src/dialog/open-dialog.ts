import type { DigestClient } from '../digest/client.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { type Flow, isFlow, type Target } from '../transport/transport.ts';
import type { UserAgentCore } from '../ua/core.ts';
import { isBehindNat } from '../ua/next-hop.ts';
import { dialogAsClient, dialogAsServer } from './dialog.ts';
import { LiveDialog } from './live-dialog.ts';

/** The dialog that a request of the peer's makes, `localTag` being the tag of our responses (RFC 3261 §12.1.1). */
export function openAsServer(
  core: UserAgentCore,
  request: SipRequest,
  flow: Flow,
  localTag: string,
  contactUser: string,
  contactParameters = '',
): LiveDialog {
  const record = dialogAsServer(request, localTag);
  return new LiveDialog({
    core,
    record,
    hop: flow,
    hopIsOnlyWay: !request.headers.has('Record-Route') && isBehindNat(request, flow),
    contact: core.contactFor(flow, contactUser, record.isSecure) + contactParameters,
  });
}

/** How a peer that we have called is reached, and what it knows us by. */
export interface ClientWay {
  readonly hop: Flow | Target;
  /** True when the peer is reached by that flow alone. */
  readonly hopIsOnlyWay: boolean;
  readonly contactUser: string;
  readonly authenticator: DigestClient | undefined;
}

/** The dialog that a response to a request of ours makes (RFC 3261 §12.1.2). */
export function openAsClient(
  core: UserAgentCore,
  request: SipRequest,
  response: SipResponse,
  { hop, hopIsOnlyWay, contactUser, authenticator }: ClientWay,
): LiveDialog {
  const record = dialogAsClient(request, response);
  return new LiveDialog({
    core,
    record,
    hop,
    hopIsOnlyWay: hopIsOnlyWay && isFlow(hop) && !response.headers.has('Record-Route'),
    contact: core.contactFor(hop, contactUser, record.isSecure),
    authenticator,
  });
}

/** User part of our Contact in a dialog: the one that was called. */
export function calledUser({ uri }: SipRequest): string {
  return uri && (uri.scheme === 'sip' || uri.scheme === 'sips') ? (uri.user ?? '') : '';
}
