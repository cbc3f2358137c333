import { isLooseRoute } from '../message/header/route.ts';
import { HeaderList } from '../message/headers.ts';
import { SipRequest } from '../message/message.ts';
import { parseNameAddr } from '../message/name-addr.ts';
import { parseUri, printUri } from '../message/uri.ts';
import type { Dialog } from './dialog.ts';

/**
 * A request within the dialog: next CSeq (ACK: the number of its INVITE, `sequence`), route set, From and To
 * (RFC 3261 §12.2.1.1). A first hop without `lr` is a strict router: it becomes the Request-URI, and the target goes to
 * the end of the route.
 */
export function dialogRequest(dialog: Dialog, method: string, sequence = ++dialog.localSequence): SipRequest {
  const { routeSet, remoteTarget } = dialog;
  const first = routeSet[0];
  const isStrict = first !== undefined && !isLoose(first);
  const headers = new HeaderList();
  for (const route of isStrict ? routeSet.slice(1) : routeSet) headers.append('Route', route);
  if (isStrict) headers.append('Route', `<${remoteTarget}>`);
  headers.append('Max-Forwards', '70').append('From', dialog.localAddress).append('To', dialog.remoteAddress);
  headers.append('Call-ID', dialog.callId).append('CSeq', `${sequence} ${method}`);
  return new SipRequest(method, isStrict ? asRequestUri(uriOf(first)) : remoteTarget, headers);
}

/** URI text of where a request in the dialog goes next: the first route, or the remote target. */
export function nextHopOf(dialog: Dialog): string {
  const first = dialog.routeSet[0];
  return first === undefined ? dialog.remoteTarget : uriOf(first);
}

function uriOf(route: string): string {
  return parseNameAddr(route)?.uriText ?? route;
}

function isLoose(route: string): boolean {
  const address = parseNameAddr(route);
  return address !== undefined && isLooseRoute(address);
}

/** Without what a Request-URI must not have: headers and `method` (RFC 3261 §12.2.1.1, table 1 of §19.1.1). */
function asRequestUri(uriText: string): string {
  const uri = parseUri(uriText);
  if (!uri || !('headers' in uri) || (uri.headers === '' && !uri.params.has('method'))) return uriText;
  const params = new Map(uri.params);
  params.delete('method');
  return printUri({ ...uri, params, headers: '' });
}
