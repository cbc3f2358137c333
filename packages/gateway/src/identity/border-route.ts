import { type JudgeRoute, parseNameAddr, parseUri, type RouteVerdict, type SipRequest } from '@unisono/sip';
import { type IsBorder, SOURCE_HEADER } from './origin.ts';

/**
 * The way to a client leads through the border that it speaks by: one that has lost its border comes back by another one in the
 * middle of a call, and RFC 3261 §12.2 has no word for that. A border that speaks for itself, to end the call of a client that it
 * misses, is believed only as long as the way leads through it.
 */
export function judgeRouteOf(isBorder: IsBorder): JudgeRoute {
  return (request, flow, routeSet) => (isBorder(flow.remoteAddress) ? verdict(request, routeSet) : 'keep');
}

function verdict({ headers }: SipRequest, routeSet: readonly string[]): RouteVerdict {
  const recorded = headers.list('Record-Route');
  const [way] = recorded;
  const [known] = routeSet;
  // With a proxy between border and gateway the way is as it was first: not every proxy records itself again.
  if (way === undefined || known === undefined || recorded.length !== 1 || routeSet.length !== 1) return 'keep';
  if (way === known) return 'keep';
  if (headers.has(SOURCE_HEADER)) return 'follow';
  return placeOf(way) === placeOf(known) ? 'keep' : 'stale';
}

function placeOf(route: string): string {
  const uri = parseUri(parseNameAddr(route)?.uriText ?? '');
  return uri && 'host' in uri ? `${uri.host}:${uri.port ?? ''}` : route;
}
