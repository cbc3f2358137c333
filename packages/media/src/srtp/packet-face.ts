import { RTCP_CLEAR_OCTETS } from './transform.ts';

const RTP_FIXED_OCTETS = 12;
const VERSION_MASK = 0xc0;
const VERSION_2 = 0x80;

/**
 * Octets of an RTP header with contributing sources and extension, which SRTP leaves in clear; -1 when `packet`, of
 * `octets`, is no RTP packet or is cut short. Padding is not looked at: it may be encrypted.
 */
export function rtpHeaderOctets(packet: Uint8Array, octets: number): number {
  if (octets < RTP_FIXED_OCTETS || octets > packet.length) return -1;
  const first = packet[0]!;
  if ((first & VERSION_MASK) !== VERSION_2) return -1;
  let header = RTP_FIXED_OCTETS + 4 * (first & 0x0f);
  if ((first & 0x10) !== 0) {
    if (header + 4 > octets) return -1;
    header += 4 + 4 * ((packet[header + 2]! << 8) | packet[header + 3]!);
  }
  return header <= octets ? header : -1;
}

/** Whether `packet`, of `octets`, begins like an RTCP packet. */
export function looksLikeRtcp(packet: Uint8Array, octets: number): boolean {
  return octets >= RTCP_CLEAR_OCTETS && octets <= packet.length && (packet[0]! & VERSION_MASK) === VERSION_2;
}

export function sequenceNumberOf(packet: Uint8Array): number {
  return (packet[2]! << 8) | packet[3]!;
}
