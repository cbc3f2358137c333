/** Largest body that is looked at; browsers with many candidates send about 10,000 octets. */
export const MAX_SDP_OCTETS = 65_536;
/** Most lines of one description. */
export const MAX_SDP_LINES = 2_000;
/** Most `m=` sections of one description. */
export const MAX_MEDIA_SECTIONS = 64;
/** Most formats (payload types) on one `m=` line; RTP has 128 numbers. */
export const MAX_MEDIA_FORMATS = 128;
