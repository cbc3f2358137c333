import { type Payload, sdpPayload } from '../dialog/payload.ts';

/**
 * An answer that refuses every stream of an offer (RFC 3264 §6), for the ACK of a 2xx that nobody wants any more: an offer
 * in a 2xx must be answered before the BYE (RFC 3261 §13.2.2.4). Undefined for what is no session description.
 */
export function refusingAnswer(offer: Payload): Payload | undefined {
  if (!/^application\/sdp\b/i.test(offer.type)) return undefined;
  const media = offer.bytes
    .toString('latin1')
    .split(/\r?\n/)
    .filter((line) => line.startsWith('m='))
    .map((line) => line.replace(/^(m=\S+\s+)\S+/, '$10'));
  return sdpPayload(['v=0', 'o=- 0 0 IN IP4 0.0.0.0', 's=-', 'c=IN IP4 0.0.0.0', 't=0 0', ...media, ''].join('\r\n'));
}
