import { HeaderList } from '../message/headers.ts';
import { SipRequest, type SipResponse } from '../message/message.ts';
import { type NameAddr, parseNameAddr } from '../message/name-addr.ts';
import { findParam } from '../message/params.ts';

/** The state of a dialog as a plain record (RFC 3261 §12). Only its owner changes it. */
export interface Dialog {
  readonly callId: string;
  readonly localTag: string;
  /** '' for a peer of RFC 2543. */
  readonly remoteTag: string;
  /** What we write into From, tag included. */
  readonly localAddress: string;
  /** What we write into To, tag included. */
  readonly remoteAddress: string;
  /** Number of the last request we sent in it. */
  localSequence: number;
  /** Number of the last request the peer sent in it; undefined before the first. */
  remoteSequence: number | undefined;
  /** URI text of the peer's Contact. */
  remoteTarget: string;
  /** Route set in the order of sending, as Route values. */
  readonly routeSet: readonly string[];
}

/** The dialog of a call that we answer (RFC 3261 §12.1.1). `localTag` is the tag of our responses. */
export function dialogAsServer(request: SipRequest, localTag: string): Dialog {
  const remoteTag = request.from.tag ?? '';
  const to = request.headers.get('To') ?? '';
  return {
    callId: request.callId,
    localTag,
    remoteTag,
    localAddress: request.to.tag === undefined ? `${to};tag=${localTag}` : to,
    remoteAddress: request.headers.get('From') ?? '',
    localSequence: 0,
    remoteSequence: request.cseq.sequence,
    remoteTarget: request.contact?.uriText ?? request.from.uriText,
    routeSet: request.headers.list('Record-Route'),
  };
}

/** The dialog that a response to our request makes (RFC 3261 §12.1.2). */
export function dialogAsClient(request: SipRequest, response: SipResponse): Dialog {
  return {
    callId: request.callId,
    localTag: request.from.tag ?? '',
    remoteTag: response.to.tag ?? '',
    localAddress: request.headers.get('From') ?? '',
    remoteAddress: response.headers.get('To') ?? '',
    localSequence: request.cseq.sequence,
    remoteSequence: undefined,
    remoteTarget: response.contact?.uriText ?? request.uriText,
    routeSet: response.headers.list('Record-Route').reverse(),
  };
}

/** Names a dialog uniquely on this node. */
export function dialogKey(callId: string, localTag: string, remoteTag: string): string {
  return `${localTag} ${remoteTag} ${callId}`;
}

export function keyOfDialog(dialog: Dialog): string {
  return dialogKey(dialog.callId, dialog.localTag, dialog.remoteTag);
}

/** The key of the dialog that a received request belongs to: its To is us. */
export function dialogKeyOfRequest(request: SipRequest): string {
  return dialogKey(request.callId, request.to.tag ?? '', request.from.tag ?? '');
}

/**
 * A request within the dialog: next CSeq (ACK: the number of its INVITE, `sequence`), route set, From and To
 * (RFC 3261 §12.2.1.1). A first hop without `lr` is a strict router: the target goes to the end of the route.
 */
export function dialogRequest(dialog: Dialog, method: string, sequence = ++dialog.localSequence): SipRequest {
  const { routeSet } = dialog;
  const isStrict = routeSet.length > 0 && !isLooseRoute(routeSet[0] as string);
  const uriText = isStrict ? routeUri(routeSet[0] as string) : dialog.remoteTarget;
  const routes = isStrict ? [...routeSet.slice(1), `<${dialog.remoteTarget}>`] : routeSet;
  const headers = new HeaderList();
  for (const route of routes) headers.append('Route', route);
  headers.append('Max-Forwards', '70').append('From', dialog.localAddress).append('To', dialog.remoteAddress);
  headers.append('Call-ID', dialog.callId).append('CSeq', `${sequence} ${method}`);
  return new SipRequest(method, uriText, headers);
}

/** URI text of where a request in the dialog goes next: the first route, or the remote target. */
export function nextHopOf(dialog: Dialog): string {
  const first = dialog.routeSet[0];
  return first === undefined ? dialog.remoteTarget : routeUri(first);
}

function routeUri(route: string): string {
  return parseNameAddr(route)?.uriText ?? route;
}

function isLooseRoute(route: string): boolean {
  const uriText = routeUri(route);
  const params = uriText.indexOf(';');
  return params >= 0 && findParam(uriText.slice(params), 'lr') !== undefined;
}

export type SequenceVerdict = 'in-order' | 'out-of-order';

/** Takes note of a request's CSeq; one below the last is out of order and answered 500 (RFC 3261 §12.2.2). */
export function acceptSequence(dialog: Dialog, sequence: number): SequenceVerdict {
  if (dialog.remoteSequence !== undefined && sequence < dialog.remoteSequence) return 'out-of-order';
  dialog.remoteSequence = sequence;
  return 'in-order';
}

/** Follows the peer's Contact of a target refresh request or its 2xx (RFC 3261 §12.2.1.2, §12.2.2). */
export function refreshTarget(dialog: Dialog, contact: NameAddr | undefined): void {
  if (contact) dialog.remoteTarget = contact.uriText;
}
