/** The transforms spoken here, by their names in SDP (RFC 4568 §6.2, RFC 7714 §14.1). */
export type SrtpProfile = 'AES_CM_128_HMAC_SHA1_80' | 'AES_CM_128_HMAC_SHA1_32' | 'AEAD_AES_128_GCM';

interface ProfileParameters {
  readonly saltOctets: 12 | 14;
  /** Tag of an RTP packet; that of an RTCP packet is never shortened (RFC 4568 §6.2.2). */
  readonly rtpTagOctets: number;
  readonly rtcpTagOctets: number;
  /** Number of the same profile in the use_srtp extension (RFC 5764 §4.1.2, RFC 7714 §14.2). */
  readonly dtlsId: number;
}

export const SRTP_KEY_OCTETS = 16;

export const SRTP_PROFILES: Readonly<Record<SrtpProfile, ProfileParameters>> = {
  AES_CM_128_HMAC_SHA1_80: { saltOctets: 14, rtpTagOctets: 10, rtcpTagOctets: 10, dtlsId: 1 },
  AES_CM_128_HMAC_SHA1_32: { saltOctets: 14, rtpTagOctets: 4, rtcpTagOctets: 10, dtlsId: 2 },
  AEAD_AES_128_GCM: { saltOctets: 12, rtpTagOctets: 16, rtcpTagOctets: 16, dtlsId: 7 },
};

/** Most that protecting adds to a packet, RTP or RTCP, in any profile: room to leave behind it. */
export const SRTP_MAX_TRAILER_OCTETS = 20;

/** The profile by its number in DTLS; undefined for one that is not spoken here. */
export function srtpProfileOfDtls(dtlsId: number): SrtpProfile | undefined {
  const names = Object.keys(SRTP_PROFILES) as SrtpProfile[];
  return names.find((name) => SRTP_PROFILES[name].dtlsId === dtlsId);
}

/** Master key and salt of one direction (RFC 3711 §3.2.1). Secret. */
export interface SrtpMasterKey {
  readonly profile: SrtpProfile;
  /** `SRTP_KEY_OCTETS`. */
  readonly key: Buffer;
  /** 14 octets, or 12 for AEAD_AES_128_GCM. */
  readonly salt: Buffer;
}

/** Why a packet was not protected or not taken; its octets are as they came. */
export type SrtpFailure =
  /** No RTP or RTCP packet of version 2, cut short, or longer than the profile can carry. */
  | 'malformed'
  /** The buffer has no room for the trailer. */
  | 'no-room'
  /** Forged, damaged, or under another key. */
  | 'not-authentic'
  /** That index has been used. */
  | 'replayed'
  /** Older than the replay window reaches. */
  | 'too-old'
  /** A new synchronization source, and the context knows as many as it may. */
  | 'too-many-sources'
  /** The master key has served its time (RFC 3711 §9.2): negotiate a new one. */
  | 'key-exhausted';

/** Length of the packet in octets afterwards, or why nothing was done. */
export type SrtpResult = number | SrtpFailure;
