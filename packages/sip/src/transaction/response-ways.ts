import type { Via } from '../message/via.ts';
import { responseTargets } from '../resolver/response-targets.ts';
import { type Flow, isFlow, type Target } from '../transport/transport.ts';

/** The way that the responses to a request take, and another for when it fails. */
export interface ResponseWays {
  readonly first: Flow | Target;
  readonly second: Flow | Target | undefined;
}

/**
 * Where responses go by the Via of their request (RFC 3261 §18.2.2): without `rport` to the sent-by port, also when the
 * sender shows an address other than the one it was seen from; who is behind address translation asks for `rport` (RFC
 * 3581). One deviation: `maddr` is followed only to the sender itself, because whoever can write a Via must not direct our
 * answers at others.
 */
export function responseWays(via: Via, flow: Flow): ResponseWays {
  const [first = flow, second] = responseTargets(via, flow).to.filter((way) => isAtSource(way, flow));
  return { first, second };
}

function isAtSource(way: Flow | Target, flow: Flow): boolean {
  return isFlow(way) || way.address === flow.remoteAddress;
}
