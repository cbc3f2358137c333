/*
 * RTP fixed header (RFC 3550 §5.1)
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P|X|  CC   |M|     PT      |       sequence number         |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                           timestamp                           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |           synchronization source (SSRC) identifier            |
 * +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
 * |            contributing source (CSRC) identifiers             |
 * |                             ....                              |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

/** Octets of a header without contributing sources and extension: all that is ever written. */
export const RTP_HEADER_OCTETS = 12;
const VERSION_2 = 0x80;

/** A header as read or to be written; one record is used again and again. */
export interface RtpHeader {
  marker: boolean;
  payloadType: number;
  sequenceNumber: number;
  timestamp: number;
  ssrc: number;
  /** Where the payload starts in the packet, after contributing sources and extension. */
  payloadStart: number;
  /** Where it ends, before the padding. */
  payloadEnd: number;
}

/** Why a datagram is no RTP packet. */
export type RtpReadResult = 'ok' | 'too-short' | 'bad-version' | 'bad-extension' | 'bad-padding';

export function emptyRtpHeader(): RtpHeader {
  return { marker: false, payloadType: 0, sequenceNumber: 0, timestamp: 0, ssrc: 0, payloadStart: 0, payloadEnd: 0 };
}

/** Reads the header of `packet` into `header`, whose contents mean something only after 'ok'. Allocates nothing. */
export function readRtp(packet: Buffer, header: RtpHeader): RtpReadResult {
  if (packet.length < RTP_HEADER_OCTETS) return 'too-short';
  const first = packet.readUInt8(0);
  if ((first & 0xc0) !== VERSION_2) return 'bad-version';
  const second = packet.readUInt8(1);
  header.marker = (second & 0x80) !== 0;
  header.payloadType = second & 0x7f;
  header.sequenceNumber = packet.readUInt16BE(2);
  header.timestamp = packet.readUInt32BE(4);
  header.ssrc = packet.readUInt32BE(8);
  let start = RTP_HEADER_OCTETS + 4 * (first & 0x0f);
  if (start > packet.length) return 'too-short';
  if ((first & 0x10) !== 0) {
    // RFC 3550 §5.3.1: sixteen bits for the profile, then the length in words.
    if (start + 4 > packet.length) return 'bad-extension';
    start += 4 + 4 * packet.readUInt16BE(start + 2);
    if (start > packet.length) return 'bad-extension';
  }
  const padding = (first & 0x20) === 0 ? 0 : packet.readUInt8(packet.length - 1);
  if (((first & 0x20) !== 0 && padding === 0) || start + padding > packet.length) return 'bad-padding';
  header.payloadStart = start;
  header.payloadEnd = packet.length - padding;
  return 'ok';
}

/** Writes a plain header into the first `RTP_HEADER_OCTETS` of `packet`. */
export function writeRtpHeader(
  packet: Buffer,
  marker: boolean,
  payloadType: number,
  sequenceNumber: number,
  timestamp: number,
  ssrc: number,
): void {
  packet[0] = VERSION_2;
  packet[1] = (marker ? 0x80 : 0) | (payloadType & 0x7f);
  packet.writeUInt16BE(sequenceNumber & 0xffff, 2);
  packet.writeUInt32BE(timestamp >>> 0, 4);
  packet.writeUInt32BE(ssrc >>> 0, 8);
}

/** True for datagrams that share a port with RTP and are none by their first octet (RFC 7983 §7): STUN, DTLS, TURN. */
export function isOtherProtocol(datagram: Buffer): boolean {
  const first = datagram[0] ?? 0;
  return datagram.length > 0 && (first < 128 || first > 191);
}

/**
 * True when a datagram on a port shared by both is RTCP (RFC 5761 §4): its second octet, a packet type from 192 to
 * 223, reads as one of the payload types 64–95 with the marker set.
 */
export function isRtcp(datagram: Buffer): boolean {
  const type = datagram[1] ?? 0;
  return datagram.length >= 8 && type >= 192 && type <= 223;
}
