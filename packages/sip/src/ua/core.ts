import type { DialogTable } from '../dialog/dialog-table.ts';
import type { ExtraHeaders, Payload } from '../dialog/payload.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { SessionTimerPolicy } from '../session/session-timer.ts';
import type { TransactionLayer } from '../transaction/layer.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import type { Flow, Target } from '../transport/transport.ts';

export interface NewRequest {
  readonly method: string;
  readonly uriText: string;
  /** From text with tag. */
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  readonly sequence: number;
  readonly maxForwards?: number | undefined;
  readonly routes?: readonly string[] | undefined;
  readonly payload?: Payload | undefined;
  readonly headers?: ExtraHeaders | undefined;
  /** Option tags that Supported must not name this time. */
  readonly withoutExtensions?: readonly string[] | undefined;
}

/** What waits for the first request of a dialog that is half made: a subscriber whose NOTIFY may come before the 2xx. */
export interface HalfOpenUsage {
  /** Takes the request that completes the dialog and answers it; false when it is none of ours. */
  receiveFirst(transaction: ServerTransaction): boolean;
}

/**
 * What a request of the peer's means for the way to it. `keep`: nothing, as in RFC 3261 §12.2. `follow`: its Record-Route is the
 * way from now. `stale`: it came by a way that the dialog has left, and is refused as of no dialog.
 */
export type RouteVerdict = 'keep' | 'follow' | 'stale';

export type JudgeRoute = (request: SipRequest, flow: Flow, routeSet: readonly string[]) => RouteVerdict;

/** What dialogs, sessions and subscriptions need of the user agent that they live in. */
export interface UserAgentCore {
  readonly layer: TransactionLayer;
  readonly dialogs: DialogTable;
  /** By local tag. */
  readonly halfOpen: Map<string, HalfOpenUsage>;
  readonly sessionTimer: SessionTimerPolicy;
  readonly judgeRoute: JudgeRoute;
  newCallId(): string;
  /** A request outside a dialog, complete but for its Via. */
  newRequest(parts: NewRequest): SipRequest;
  /** Our Contact towards `hop`, with brackets; a SIPS URI when the dialog is secure. */
  contactFor(hop: Flow | Target, user: string, isSecure?: boolean): string;
  /** Adds what every request in a dialog carries. */
  fillRequest(request: SipRequest, contact: string): void;
  /** Adds what every response with a dialog carries. */
  fillResponse(response: SipResponse, contact: string): void;
  /** Adds what a final response without a dialog carries. */
  fillFinal(response: SipResponse): void;
  /** Finds the targets of a URI, best first; none when it leads nowhere. */
  locateAll(uriText: string, use: (hops: readonly Target[]) => void): void;
}
