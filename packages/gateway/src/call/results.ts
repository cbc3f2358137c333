import type { Refusal, RefusalCode } from '@unisono/pbx';
import type { CallResult } from '../ports.ts';
import type { HuntEnd } from './trunk-hunt.ts';

const RESULTS: Partial<Record<RefusalCode, CallResult>> = {
  busy: 'busy',
  declined: 'declined',
  noAnswer: 'noAnswer',
  unreachable: 'unreachable',
};

/** What a refusal of the domain means for the record. */
export function outcomeOfRefusal(refusal: Refusal): { readonly result: CallResult; readonly reason: string } {
  return { result: RESULTS[refusal.code] ?? 'refused', reason: refusal.text };
}

const HUNT_RESULTS: Readonly<Record<number, CallResult>> = {
  408: 'unreachable',
  480: 'unreachable',
  486: 'busy',
  600: 'busy',
  603: 'declined',
  607: 'declined',
  608: 'declined',
};
/** Said after it had rung: the time was over. */
const TOOK_TOO_LONG = new Set([408, 480, 487]);

/** What the end of a trunk hunt means for the caller and for the record. Authentication trouble of ours is not leaked. */
export function outcomeOfHunt(end: HuntEnd): {
  readonly status: number;
  readonly reason: string;
  readonly result: CallResult;
} {
  if (end.kind === 'no-trunk') return { status: 503, reason: 'No trunk can carry the call', result: 'failed' };
  const { status, reason } = end;
  if (status < 400 || status === 401 || status === 407)
    return { status: 502, reason: 'Trunk refused the call', result: 'failed' };
  const rangInVain = end.hasAlerted === true && TOOK_TOO_LONG.has(status);
  return { status, reason, result: rangInVain ? 'noAnswer' : (HUNT_RESULTS[status] ?? 'failed') };
}
