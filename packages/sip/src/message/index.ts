export { answerableFailure, makeResponse, type ResponseOptions, reasonPhrase } from './build.ts';
export { checkRequest, type Refusal, type RequestPolicy } from './check-request.ts';
export * from './header/index.ts';
export { type AnyHeaderName, HeaderList } from './headers.ts';
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
export { type BodyPart, bodyOfType, parseMultipart, printMultipart } from './multipart.ts';
export { NameAddr, parseNameAddr } from './name-addr.ts';
export { canonicalName, type HeaderName } from './names.ts';
export { findParam, parseParams, printParam } from './params.ts';
export { type ParseFailure, type ParseResult, parseContentLength, parseMessage, type StartLine } from './parse.ts';
export { printMessage } from './print.ts';
export { HeaderInjectionError } from './printable.ts';
export { REASON_PHRASES } from './reasons.ts';
export { decodeUtf8, encodeUtf8, isToken, quote, splitList, unquote } from './text.ts';
export {
  escapeUriHeader,
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
export { parseUriHeaders, printUriHeaders } from './uri-headers.ts';
export { firstVia, MAGIC_COOKIE, parseVia, type Via } from './via.ts';
