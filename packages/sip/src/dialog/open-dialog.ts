import type { SipRequest } from '../message/message.ts';
import type { Flow } from '../transport/transport.ts';
import type { UserAgentCore } from '../ua/core.ts';
import { isBehindNat } from '../ua/next-hop.ts';
import { dialogAsServer } from './dialog.ts';
import { LiveDialog } from './live-dialog.ts';

/** The dialog that a request of the peer's makes, `localTag` being the tag of our responses (RFC 3261 §12.1.1). */
export function openAsServer(
  core: UserAgentCore,
  request: SipRequest,
  flow: Flow,
  localTag: string,
  contactUser: string,
): LiveDialog {
  const record = dialogAsServer(request, localTag);
  return new LiveDialog({
    core,
    record,
    hop: flow,
    hopIsOnlyWay: !request.headers.has('Record-Route') && isBehindNat(request, flow),
    contact: core.contactFor(flow, contactUser, record.isSecure),
  });
}

/** User part of our Contact in a dialog: the one that was called. */
export function calledUser({ uri }: SipRequest): string {
  return uri && (uri.scheme === 'sip' || uri.scheme === 'sips') ? (uri.user ?? '') : '';
}
