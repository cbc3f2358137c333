import type { CallBook } from '../call-book.ts';
import type { SimEndpoint } from '../endpoint.ts';
import type { PhoneCall } from '../phone-call.ts';
import { directionOf, mediaKeyOf } from '../phone-media.ts';
import type { Check, CheckContext } from './check.ts';

/** At rest both ends of every call send their audio to each other and agree on who is on hold. */
export function realPartner(
  { report, book }: CheckContext,
  endpoints: readonly SimEndpoint[],
  gatewayAddress: string,
): Check {
  return {
    name: 'real partner',
    atRest() {
      const calls = upCalls(endpoints, book);
      for (const call of calls.values()) {
        if (isPartnerAway(call, endpoints)) continue;
        for (const problem of problemsOf(call, calls, book, gatewayAddress)) report(problem);
      }
    },
  };
}

/** The partner was off or out of reach during the call: what it did then, nobody knows yet. */
function isPartnerAway({ media, startedAtMs }: PhoneCall, endpoints: readonly SimEndpoint[]): boolean {
  const told = mediaKeyOf(media.remote ?? '');
  const partner = endpoints.find(({ address }) => told?.startsWith(`${address}:`));
  return partner !== undefined && partner.troubledUntilMs > startedAtMs;
}

/** Answered calls whose leg is up, by where they want their audio. */
function upCalls(endpoints: readonly SimEndpoint[], book: CallBook): Map<string, PhoneCall> {
  const calls = new Map<string, PhoneCall>();
  for (const endpoint of endpoints) {
    for (const call of endpoint.running) {
      if (call.state === 'answered' && book.legs.get(callIdOf(call))?.state === 'up') calls.set(call.media.key, call);
    }
  }
  return calls;
}

function* problemsOf(
  call: PhoneCall,
  calls: ReadonlyMap<string, PhoneCall>,
  book: CallBook,
  gatewayAddress: string,
): Generator<string> {
  const { local, remote, key } = call.media;
  const leg = book.legs.get(callIdOf(call));
  // Transferred, and the new party still rings: until it answers there is nobody to talk to.
  if (leg && [...leg.group.legs].some((other) => other.state === 'inviting')) return;
  const name = `the call of ${key} (Call-ID ${callIdOf(call)})`;
  if (local === undefined || remote === undefined) return yield `${name} is answered, but no media were agreed on`;
  const told = mediaKeyOf(remote);
  if (told?.startsWith(`${gatewayAddress}:`)) return;
  const partner = calls.get(told ?? '');
  if (!partner) return yield `${name} sends its audio to ${told}, where nobody is in a call`;
  const back = mediaKeyOf(partner.media.remote ?? '');
  // Whoever holds somebody who hears music has agreed that nothing flows.
  if (back?.startsWith(`${gatewayAddress}:`) && directionOf(remote) === 'inactive') return;
  if (back !== key) yield `${name} sends its audio to ${told}, which sends its own to ${back}`;
  const moves = leg?.group.moves ?? 0;
  if (moves === 0 && back === key && withoutOrigin(partner.media.remote) !== withoutOrigin(local)) {
    yield `${name} described itself as ${JSON.stringify(local)}, ${told} was told ${JSON.stringify(partner.media.remote)}`;
  }
}

function withoutOrigin(sdp: string | undefined): string | undefined {
  return sdp?.replace(/^o=.*\r?\n/m, '');
}

/** Call-ID of a call's dialog. */
export function callIdOf({ invite }: PhoneCall): string {
  return 'callId' in invite ? invite.callId : invite.request.callId;
}
