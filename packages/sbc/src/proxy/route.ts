import type { Flow, SipRequest, SipResponse, Target } from '@unisono/sip';
import type { BorderCall } from '../call/border-call.ts';
import type { Side } from '../side.ts';
import type { FlowRef } from '../token/tokens.ts';

/** A request refused by the border itself. */
export interface Refused {
  readonly kind: 'refused';
  readonly status: number;
  readonly reason?: string | undefined;
  readonly headers?: readonly (readonly [name: string, value: string])[];
}

/** A request that goes to the other side. */
export interface Routed {
  readonly kind: 'routed';
  readonly from: Side;
  readonly hops: readonly (Flow | Target)[];
  /** The request as the other side gets it, its session description still as it came. */
  readonly request: SipRequest;
  /** A response of the other side as the sender gets it, its session description still as it came. */
  readonly respond: (response: SipResponse, original: SipRequest, answeredBy: Flow | Target) => SipResponse;
  readonly call: BorderCall | undefined;
  readonly client: FlowRef;
  /** Addresses that each party's signalling comes from. */
  readonly signalledFrom: Readonly<Record<Side, readonly string[]>>;
}

/** The client's way is gone for the moment; it may come back. */
export interface Unreachable {
  readonly kind: 'unreachable';
  readonly client: FlowRef;
  readonly isInCall: boolean;
}

export function refused(status: number, reason?: string, headers: Refused['headers'] = []): Refused {
  return { kind: 'refused', status, reason, headers };
}
