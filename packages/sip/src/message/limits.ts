/** Longest message accepted on any transport, headers and body, in octets. */
export const MAX_MESSAGE_OCTETS = 65_535;
/** Longest start line plus header section, in octets. */
export const MAX_HEADER_SECTION_OCTETS = 32_768;
/** Header fields in one message (lines after unfolding). */
export const MAX_HEADER_FIELDS = 192;
/** Longest single header field value, in octets. */
export const MAX_HEADER_VALUE_OCTETS = 16_384;
/** Elements in one comma-separated header, over all its lines. */
export const MAX_LIST_ELEMENTS = 128;
/** Parts in one multipart body. */
export const MAX_BODY_PARTS = 16;
/** Multipart within multipart. */
export const MAX_MULTIPART_NESTING = 3;
