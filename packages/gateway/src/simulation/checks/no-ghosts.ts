import type { CallBook } from '../call-book.ts';
import type { SimEndpoint } from '../endpoint.ts';
import type { Leg } from '../leg.ts';
import type { PhoneCall } from '../phone-call.ts';
import { SimProvider } from '../provider.ts';
import type { Check, CheckContext } from './check.ts';
import { callIdOf } from './media.ts';

/** A phone hears of a call that died with the gateway, or while its link was broken, when it next refreshes the session, at the latest (RFC 4028). */
const LONGEST_SESSION_MS = 1_900_000;
/** Nobody stops the phones then: they do so themselves when the INVITE expires, those outside later than ours. */
const LONGEST_RINGING_MS = 90_000;
const LONGEST_RINGING_OUTSIDE_MS = 196_000;
/** A caller that was told to wait waits as long as its user does. */
const LONGEST_WAITING_MS = 300_000;

/** No phone rings or believes itself in a call after the call is over, once the news had the time to arrive. */
export function noGhosts({ report, book, expectations }: CheckContext, endpoints: readonly SimEndpoint[]): Check {
  return {
    name: 'no ghosts',
    atRest(nowMs) {
      for (const { endpoint, call, leg } of phoneCalls(endpoints, book)) {
        const sinceMs = leg.overAtMs ?? leg.cancelledAtMs;
        if (sinceMs === undefined || leg.state === 'up') continue;
        const wasAway = endpoint.troubledUntilMs > sinceMs;
        const allowedMs = wasAway || leg.isInterrupted ? forgottenMs(endpoint, call) : expectations.deliveryMs;
        if (nowMs - sinceMs > allowedMs) {
          report(
            `${leg.who.name} ${verb(call)} ${Math.round((nowMs - sinceMs) / 1_000)} s after its call was over (Call-ID ${leg.callId})`,
          );
        }
      }
    },
    atEnd() {
      for (const endpoint of endpoints) {
        for (const call of endpoint.running)
          report(`${endpoint.username} at ${endpoint.address} ${verb(call)} at the end`);
      }
    },
  };
}

function* phoneCalls(
  endpoints: readonly SimEndpoint[],
  book: CallBook,
): Generator<{ endpoint: SimEndpoint; call: PhoneCall; leg: Leg }> {
  for (const endpoint of endpoints) {
    for (const call of endpoint.running) {
      const leg = book.legs.get(callIdOf(call));
      if (leg) yield { endpoint, call, leg };
    }
  }
}

/** So long may a phone go on that nobody could tell. */
function forgottenMs(endpoint: SimEndpoint, { state }: PhoneCall): number {
  if (state === 'answered') return LONGEST_SESSION_MS;
  if (state !== 'ringing') return LONGEST_WAITING_MS;
  return endpoint instanceof SimProvider ? LONGEST_RINGING_OUTSIDE_MS : LONGEST_RINGING_MS;
}

function verb(call: PhoneCall): string {
  return call.state === 'answered' ? 'believes itself in a call' : `is still ${call.state}`;
}
