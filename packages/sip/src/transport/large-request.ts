import type { Target } from './transport.ts';

/** A request longer than this goes by a stream instead of UDP when the path's MTU is unknown (RFC 3261 §18.1.1). */
export const MAX_UDP_REQUEST_OCTETS = 1300;

/**
 * Where a request of that size should be sent first: by TCP instead of UDP when it is too long (RFC 3261 §18.1.1). The
 * Via must name the transport, so whoever writes it asks here. When the stream fails with 'unreachable' or 'timeout', the
 * request is sent to the original target all the same. Responses go back the way the request came, of any size.
 */
export function prefersStream(target: Target, octets: number): Target {
  return transportForSize(target.transport, octets) === target.transport ? target : { ...target, transport: 'tcp' };
}

/** The transport that §18.1.1 wants for a request of that many octets. */
export function transportForSize(transport: Target['transport'], octets: number): Target['transport'] {
  return transport === 'udp' && octets > MAX_UDP_REQUEST_OCTETS ? 'tcp' : transport;
}
