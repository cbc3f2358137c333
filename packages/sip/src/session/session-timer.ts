import type { SipRequest, SipResponse } from '../message/message.ts';
import { findParam } from '../message/params.ts';

/** Session timer policy (RFC 4028). */
export interface SessionTimerPolicy {
  /** The interval we ask for. */
  readonly expiresSec: number;
  /** The shortest we accept, at least 90. */
  readonly minSec: number;
}

export const DEFAULT_SESSION_TIMER: SessionTimerPolicy = { expiresSec: 1_800, minSec: 90 };

export type Refresher = 'uac' | 'uas';

export interface SessionExpires {
  readonly expiresSec: number;
  readonly refresher: Refresher | undefined;
}

/** What was agreed for a session, seen from this side. */
export interface SessionTimerAgreement {
  readonly expiresSec: number;
  readonly isRefresher: boolean;
}

/** Parses Session-Expires (RFC 4028 §4). */
export function parseSessionExpires(value: string | undefined): SessionExpires | undefined {
  if (value === undefined) return undefined;
  const semicolon = value.indexOf(';');
  const seconds = (semicolon < 0 ? value : value.slice(0, semicolon)).trim();
  if (!/^\d{1,9}$/.test(seconds)) return undefined;
  const refresher = semicolon < 0 ? undefined : findParam(value.slice(semicolon), 'refresher')?.toLowerCase();
  return { expiresSec: Number(seconds), refresher: refresher === 'uac' || refresher === 'uas' ? refresher : undefined };
}

export type ServerNegotiation =
  | { readonly kind: 'too-small'; readonly minSec: number }
  | {
      readonly kind: 'agreed';
      readonly agreement: SessionTimerAgreement;
      readonly header: string;
      readonly requireTimer: boolean;
    };

/** The answering side (RFC 4028 §9): the peer's interval when acceptable, ours when it asked for none. */
export function negotiateAsServer(request: SipRequest, policy: SessionTimerPolicy): ServerNegotiation {
  const supportsTimer = request.headers.hasToken('Supported', 'timer');
  const asked = parseSessionExpires(request.headers.get('Session-Expires'));
  if (asked && asked.expiresSec < policy.minSec) {
    // A peer without the extension cannot act on 422; its value comes from a proxy and is raised instead.
    if (supportsTimer) return { kind: 'too-small', minSec: policy.minSec };
  }
  const askedMinSec = Number(request.headers.get('Min-SE') ?? 0) || 0;
  const wantedSec = asked ? Math.min(asked.expiresSec, policy.expiresSec) : policy.expiresSec;
  const expiresSec = Math.max(wantedSec, policy.minSec, askedMinSec);
  const refresher: Refresher = supportsTimer ? (asked?.refresher ?? 'uac') : 'uas';
  return {
    kind: 'agreed',
    agreement: { expiresSec, isRefresher: refresher === 'uas' },
    header: `${expiresSec};refresher=${refresher}`,
    requireTimer: supportsTimer && refresher === 'uac',
  };
}

/** The asking side, from the 2xx (RFC 4028 §7.2): without Session-Expires there we refresh by our own interval. */
export function negotiateAsClient(response: SipResponse, policy: SessionTimerPolicy): SessionTimerAgreement {
  const agreed = parseSessionExpires(response.headers.get('Session-Expires'));
  if (!agreed) return { expiresSec: policy.expiresSec, isRefresher: true };
  return { expiresSec: Math.max(agreed.expiresSec, 1), isRefresher: agreed.refresher !== 'uas' };
}

/** When the refresher refreshes (RFC 4028 §10). */
export function refreshAfterMs(expiresSec: number): number {
  return (expiresSec / 2) * 1_000;
}

/** When the other side gives the session up: the interval less the smaller of 32 s and a third of it (RFC 4028 §10). */
export function expireAfterMs(expiresSec: number): number {
  return (expiresSec - Math.min(32, expiresSec / 3)) * 1_000;
}
