import type { NameAddr } from '../name-addr.ts';

/** True when the URI of a Route, Record-Route or Path element has `lr` (RFC 3261 §19.1.1): a loose router. */
export function isLooseRoute(route: NameAddr): boolean {
  const { uri } = route;
  return uri !== undefined && 'params' in uri && uri.params.has('lr');
}
