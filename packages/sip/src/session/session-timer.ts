import { parseMinSe, parseSessionExpires, printSessionExpires } from '../message/header/session-expires.ts';
import type { HeaderList } from '../message/headers.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';

/** Session timer policy (RFC 4028). */
export interface SessionTimerPolicy {
  /** The interval we ask for. */
  readonly expiresSec: number;
  /** The shortest we accept, at least 90. */
  readonly minSec: number;
}

export const DEFAULT_SESSION_TIMER: SessionTimerPolicy = { expiresSec: 1_800, minSec: 90 };

/** What was agreed for a session, seen from this side. */
export interface SessionTimerAgreement {
  readonly expiresSec: number;
  readonly isRefresher: boolean;
  /** False when the peer knows no session timers: we refresh to learn whether it is there, and nothing expires. */
  readonly isMutual: boolean;
}

export type ServerNegotiation =
  | { readonly kind: 'too-small'; readonly minSec: number }
  | {
      readonly kind: 'agreed';
      readonly agreement: SessionTimerAgreement;
      /** Value of Session-Expires in the 2xx. */
      readonly header: string;
      /** The 2xx must say Require: timer. */
      readonly requireTimer: boolean;
    };

/**
 * The answering side (RFC 4028 §9): the peer's interval, shortened to ours but never made longer; ours when it asked for
 * none. Too short an interval is refused only to a peer that understands the refusal.
 */
export function negotiateAsServer(request: SipRequest, policy: SessionTimerPolicy): ServerNegotiation {
  const { headers } = request;
  const supportsTimer = headers.hasToken('Supported', 'timer');
  const asked = parseSessionExpires(headers.get('Session-Expires') ?? '');
  if (asked && asked.expiresSec < policy.minSec && supportsTimer) return { kind: 'too-small', minSec: policy.minSec };
  const leastSec = Math.max(policy.minSec, minSeOf(headers) ?? 0);
  const wantedSec = Math.max(policy.expiresSec, leastSec);
  const expiresSec = asked ? Math.min(asked.expiresSec, wantedSec) : wantedSec;
  const refresher = supportsTimer ? (asked?.refresher ?? 'uac') : 'uas';
  return {
    kind: 'agreed',
    agreement: { expiresSec, isRefresher: refresher === 'uas', isMutual: true },
    header: printSessionExpires({ expiresSec, refresher }),
    requireTimer: supportsTimer && refresher === 'uac',
  };
}

/** The asking side, from the 2xx (RFC 4028 §7.2): without Session-Expires there we refresh by our own interval. */
export function negotiateAsClient(response: SipResponse, policy: SessionTimerPolicy): SessionTimerAgreement {
  const agreed = parseSessionExpires(response.headers.get('Session-Expires') ?? '');
  if (!agreed) return { expiresSec: policy.expiresSec, isRefresher: true, isMutual: false };
  return { expiresSec: Math.max(agreed.expiresSec, 1), isRefresher: agreed.refresher !== 'uas', isMutual: true };
}

/** Longest interval that a 422 may talk us into. */
const MAX_MIN_SEC = 86_400;

/** The interval that a 422 asks for (RFC 4028 §7.3); undefined when it asks for nothing new. */
export function raisedMinSec(response: SipResponse, currentSec: number): number | undefined {
  const minSec = minSeOf(response.headers);
  return minSec !== undefined && minSec > currentSec && minSec <= MAX_MIN_SEC ? minSec : undefined;
}

function minSeOf(headers: HeaderList): number | undefined {
  return parseMinSe(headers.get('Min-SE') ?? '');
}

/** When the refresher refreshes (RFC 4028 §10). */
export function refreshAfterMs(expiresSec: number): number {
  return (expiresSec / 2) * 1_000;
}

/** When the session is given up: the interval less the smaller of 32 s and a third of it (RFC 4028 §10). */
export function expireAfterMs(expiresSec: number): number {
  return (expiresSec - Math.min(32, expiresSec / 3)) * 1_000;
}
