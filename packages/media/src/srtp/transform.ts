/**
 * Encrypts and authenticates packets of one direction in place, knowing nothing of what has been before. Callers have
 * read the header, have left room behind the packet, and give `octets` as its length without (seal) or with (open) what
 * is added. `open` leaves a packet that is not authentic as it came.
 */
export interface SrtpTransform {
  readonly rtpTagOctets: number;
  /** Tag, and the word with the E flag and the index (RFC 3711 §3.4). */
  readonly rtcpTrailerOctets: number;
  /** Returns the new length. `index` is rollover counter × 2^16 + sequence number. */
  sealRtp(packet: Uint8Array, headerOctets: number, octets: number, ssrc: number, index: number): number;
  /** Returns the new length, -1 when it is not authentic. */
  openRtp(packet: Uint8Array, headerOctets: number, octets: number, ssrc: number, index: number): number;
  /** Returns the new length. `index` is the SRTCP index, below 2^31. */
  sealRtcp(packet: Uint8Array, octets: number, ssrc: number, index: number): number;
  /** Returns the new length, -1 when it is not authentic. */
  openRtcp(packet: Uint8Array, octets: number, ssrc: number, index: number): number;
  /** The E flag and the index of an SRTCP packet, as an unsigned word (RFC 3711 §3.4). */
  rtcpWord(packet: Uint8Array, octets: number): number;
}

/** Octets of an RTCP packet that stay in clear: its first header (RFC 3711 §3.4). */
export const RTCP_CLEAR_OCTETS = 8;
export const RTCP_WORD_OCTETS = 4;
/** "This packet is encrypted" (RFC 3711 §3.4), as the highest bit of the word. */
export const ENCRYPTED_FLAG = 0x8000_0000;

export function readWord(packet: Uint8Array, at: number): number {
  return ((packet[at]! << 24) | (packet[at + 1]! << 16) | (packet[at + 2]! << 8) | packet[at + 3]!) >>> 0;
}

export function writeWord(packet: Uint8Array, at: number, word: number): void {
  packet[at] = word >>> 24;
  packet[at + 1] = word >>> 16;
  packet[at + 2] = word >>> 8;
  packet[at + 3] = word;
}
