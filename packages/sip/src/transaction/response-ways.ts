import { isIpv4, isIpv6 } from '../message/host.ts';
import { findParam } from '../message/params.ts';
import type { Via } from '../message/via.ts';
import { responseTargets } from '../resolver/response-targets.ts';
import { addressOf } from '../transport/host-text.ts';
import { type Flow, isFlow, type Target } from '../transport/transport.ts';

/** The way that the responses to a request take, and another for when it fails. */
export interface ResponseWays {
  readonly first: Flow | Target;
  readonly second: Flow | Target | undefined;
}

/**
 * Where responses go by the Via of their request (RFC 3261 §18.2.2), with two deviations. `maddr` is followed only to
 * the sender itself: whoever can write a Via must not direct our answers at others. And a sender that shows an address
 * other than the one it was seen from is behind address translation, where its sent-by port means nothing: it is
 * answered on the source port, as if it had asked for that by `rport` (RFC 3581).
 */
export function responseWays(via: Via, flow: Flow): ResponseWays {
  if (!flow.isReliable && isTranslated(via, flow)) return { first: flow, second: undefined };
  const [first = flow, second] = responseTargets(via, flow).to.filter((way) => isAtSource(way, flow));
  return { first, second };
}

function isAtSource(way: Flow | Target, flow: Flow): boolean {
  return isFlow(way) || way.address === flow.remoteAddress;
}

function isTranslated({ host, paramsText }: Via, flow: Flow): boolean {
  const shown = addressOf(host);
  if (shown === flow.remoteAddress || (!isIpv4(shown) && !isIpv6(shown))) return false;
  return !paramsText.includes('maddr') || findParam(paramsText, 'maddr') === undefined;
}
