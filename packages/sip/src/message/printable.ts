/** Thrown when code tries to print what would end a line or an element early: a bug of ours, never a peer's doing. */
export class HeaderInjectionError extends Error {
  readonly code = 'SIP_HEADER_INJECTION';
  /** `where`: what was being made, as people say it. */
  constructor(where: string) {
    super(`In ${where}: CR, LF, a bare NUL, characters beyond one octet (encodeUtf8 them) or bare delimiters.`);
  }
}

/**
 * CR and LF end the line. NUL ends it for a peer in C. Characters beyond 0xFF are no octets: latin1 would cut U+010A
 * down to LF.
 */
const SUSPICIOUS = /[\r\n\0\u0100-\uffff]/;

/** True for a byte string that may stand in a header value or start line; NUL only as a quoted pair. */
export function isPrintable(value: string): boolean {
  return !SUSPICIOUS.test(value) || (value.includes('\0') && !SUSPICIOUS.test(value.replaceAll('\\\0', '')));
}
