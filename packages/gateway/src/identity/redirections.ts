import { identify, type System } from '@unisono/pbx';
import { type ExtraHeaders, type NameAddr, parseDiversions, parseHistory, type SipRequest } from '@unisono/sip';
import { diversionOf } from '../call/identity-headers.ts';
import { numberIn } from './caller.ts';

/** Most that are passed on of what a peer says. */
const MAX_REDIRECTIONS = 5;

/** Reasons of RFC 5806; of others nothing is known. */
const REASONS = new Set([
  'user-busy',
  'no-answer',
  'unavailable',
  'unconditional',
  'time-of-day',
  'do-not-disturb',
  'deflection',
  'follow-me',
  'out-of-service',
  'away',
]);

/**
 * Who had passed a call on before it came over a trunk, newest first, as phones inside are told: from Diversion (RFC 5806), else
 * from History-Info (RFC 7044), whose last entry is where the call is now. What is private stays so, and nobody outside puts a
 * number of ours on a display.
 */
export function redirectionsOf(system: System, trunkGroup: string, request: SipRequest, domain: string): ExtraHeaders {
  return told(request).flatMap(({ address, reason }) => {
    const number = numberIn(address);
    if (number === undefined) return [];
    const name = address.displayName === '' ? {} : { name: address.displayName };
    const shown = identify(system, { from: 'trunk', trunkGroup, number, ...name });
    if (shown.number === undefined) return [];
    return diversionOf(shown.number, shown.name, REASONS.has(reason) ? reason : 'unknown', domain);
  });
}

function told({ headers }: SipRequest): readonly { readonly address: NameAddr; readonly reason: string }[] {
  const diversions = parseDiversions(headers) ?? [];
  if (diversions.length > 0) {
    return diversions.filter(({ privacy }) => (privacy ?? 'off') === 'off').slice(0, MAX_REDIRECTIONS);
  }
  const earlier = (parseHistory(headers) ?? []).slice(0, -1).filter(({ isPrivate }) => !isPrivate);
  return earlier
    .reverse()
    .slice(0, MAX_REDIRECTIONS)
    .map(({ address }) => ({ address, reason: 'unknown' }));
}
