import { detached } from '../message/detached.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { NameAddr } from '../message/name-addr.ts';

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
  /** True when we made the Call-ID: after a 491 its owner waits longer (§14.1). */
  readonly ownsCallId: boolean;
  /** True when it was set up by a SIPS URI: our Contact is one too, and every hop is secured (§12.1.1, §12.1.2). */
  readonly isSecure: boolean;
  /** Number of the last request we sent in it. */
  localSequence: number;
  /** Number of the last request the peer sent in it; undefined before the first. */
  remoteSequence: number | undefined;
  /** URI text of the peer's Contact. */
  remoteTarget: string;
  /** Route set in the order of sending, as Route values. */
  routeSet: readonly string[];
}

/**
 * The dialog that a request of the peer's makes (RFC 3261 §12.1.1). `localTag` is the tag of our responses; when we sent
 * in it before, as a subscriber whose NOTIFY comes first, `localSequence` is the number we used.
 */
export function dialogAsServer(request: SipRequest, localTag: string, localSequence = 0): Dialog {
  const { headers } = request;
  const to = headers.get('To') ?? '';
  return {
    callId: detached(request.callId),
    localTag,
    remoteTag: detached(request.from.tag ?? ''),
    localAddress: detached(request.to.tag === undefined ? `${to};tag=${localTag}` : to),
    remoteAddress: detached(headers.get('From') ?? ''),
    ownsCallId: localSequence > 0,
    isSecure: isSips(request.uriText),
    localSequence,
    remoteSequence: request.cseq.sequence,
    remoteTarget: detached(request.contact?.uriText ?? request.from.uriText),
    routeSet: routesOfRequest(request),
  };
}

/** The dialog that a response to our request makes (RFC 3261 §12.1.2). */
export function dialogAsClient(request: SipRequest, response: SipResponse): Dialog {
  return {
    callId: detached(request.callId),
    localTag: detached(request.from.tag ?? ''),
    remoteTag: detached(response.to.tag ?? ''),
    localAddress: detached(request.headers.get('From') ?? ''),
    remoteAddress: detached(response.headers.get('To') ?? ''),
    ownsCallId: true,
    isSecure: isSips(request.uriText),
    localSequence: request.cseq.sequence,
    remoteSequence: undefined,
    remoteTarget: detached(response.contact?.uriText ?? request.uriText),
    routeSet: routesOf(response),
  };
}

/** The route set of a confirmed dialog is that of the 2xx, whatever an earlier response said (RFC 3261 §13.2.2.4). */
export function recomputeRoutes(dialog: Dialog, success: SipResponse): void {
  dialog.routeSet = routesOf(success);
}

/** The way to the peer is the one by which this request of its came (RFC 3261 §12.1.1, but within the dialog). */
export function followRoute(dialog: Dialog, request: SipRequest): void {
  dialog.routeSet = routesOfRequest(request);
}

/** Follows the peer's Contact of a target refresh request or its 2xx (RFC 3261 §12.2.1.2, §12.2.2). */
export function refreshTarget(dialog: Dialog, contact: NameAddr | undefined): void {
  if (contact && contact.uriText !== dialog.remoteTarget) dialog.remoteTarget = detached(contact.uriText);
}

export type SequenceVerdict = 'in-order' | 'out-of-order';

/** Takes note of a request's CSeq; one below the last is out of order and answered 500 (RFC 3261 §12.2.2). */
export function acceptSequence(dialog: Dialog, sequence: number): SequenceVerdict {
  if (dialog.remoteSequence !== undefined && sequence < dialog.remoteSequence) return 'out-of-order';
  dialog.remoteSequence = sequence;
  return 'in-order';
}

function routesOfRequest({ headers }: SipRequest): readonly string[] {
  return headers.list('Record-Route').map(detached);
}

function routesOf(response: SipResponse): readonly string[] {
  return response.headers.list('Record-Route').map(detached).reverse();
}

function isSips(uriText: string): boolean {
  return /^sips:/i.test(uriText);
}
