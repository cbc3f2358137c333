export { makeResponse } from './build.ts';
export { type AnyHeaderName, HeaderInjectionError, HeaderList } from './headers.ts';
export { type HostPort, isHost, isIpv4, isIpv6, parseHostPort } from './host.ts';
export * from './limits.ts';
export {
  type CSeq,
  IncompleteMessageError,
  NO_BODY,
  parseCSeq,
  type SipMessage,
  SipRequest,
  SipResponse,
} from './message.ts';
export { NameAddr, parseNameAddr } from './name-addr.ts';
export { canonicalName, type HeaderName } from './names.ts';
export { findParam, parseParams, printParam } from './params.ts';
export { type ParseFailure, type ParseResult, parseContentLength, parseMessage, type StartLine } from './parse.ts';
export { printMessage } from './print.ts';
export { REASON_PHRASES } from './reasons.ts';
export { decodeUtf8, encodeUtf8, isToken, quote, splitList, unquote } from './text.ts';
export {
  escapeUser,
  type OtherUri,
  parseUri,
  printUri,
  type SipUri,
  sameSipUri,
  sipUri,
  type TelUri,
  type Uri,
  unescapeUri,
} from './uri.ts';
export { firstVia, MAGIC_COOKIE, parseVia, type Via } from './via.ts';
