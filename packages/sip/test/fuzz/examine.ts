import assert from 'node:assert/strict';
import {
  answerableFailure,
  bodyOfType,
  checkRequest,
  contactParams,
  contactUriParams,
  type DigestCredentials,
  HeaderList,
  makeResponse,
  NameAddr,
  type ParseFailure,
  parseAddresses,
  parseChallenges,
  parseContacts,
  parseContentDisposition,
  parseCredentials,
  parseDate,
  parseDiversions,
  parseEvent,
  parseHistory,
  parseIdentity,
  parseMediaType,
  parseMessage,
  parseMinSe,
  parseNameAddr,
  parseParams,
  parsePrivacy,
  parseRAck,
  parseReasons,
  parseReferTo,
  parseReplaces,
  parseRetryAfter,
  parseSessionExpires,
  parseSubscriptionState,
  parseTargetDialog,
  parseTimestamp,
  parseUri,
  parseVia,
  parseWarnings,
  printCredentials,
  printMessage,
  printReason,
  printReplaces,
  printUri,
  printWarning,
  type RequestPolicy,
  receivablePackages,
  type SipMessage,
} from '../../src/index.ts';

const POLICY: RequestPolicy = {
  methods: new Set(['INVITE', 'ACK', 'BYE', 'CANCEL', 'OPTIONS', 'REGISTER', 'MESSAGE']),
  extensions: new Set(),
  mediaTypes: new Set(['application/sdp']),
  schemes: new Set(['sips', 'tel'] as const),
  passedOn: new Set(['INVITE']),
};

/** Throws when anything does not hold that must hold for any octets whatever. */
export function examine(bytes: Buffer): void {
  const result = parseMessage(bytes);
  assertSameWithin(bytes, result.ok ? printMessage(result.message) : undefined);
  if (result.ok) examineMessage(result.message, bytes);
  else examineFailure(result, bytes);
}

/** What lies around a message in its buffer must not matter. */
function assertSameWithin(bytes: Buffer, printed: Buffer | undefined): void {
  const around = Buffer.alloc(bytes.length + 64, '\r\n\r\n5: \0');
  bytes.copy(around, 32);
  const again = parseMessage(around.subarray(32, 32 + bytes.length));
  assert.deepEqual(again.ok ? printMessage(again.message) : undefined, printed);
}

function examineMessage(message: SipMessage, bytes: Buffer): void {
  assert.ok(message.body.length <= bytes.length);
  const { via, from, to, callId, cseq } = message;
  assert.ok(via.host !== '' && from.uriText !== '' && to.uriText !== '' && callId !== '' && cseq.method !== '');
  assertLinesHold(message.headers);

  const printed = printMessage(message);
  const again = parseMessage(printed);
  assert.ok(again.ok, 'what was printed is read');
  assert.deepEqual(printMessage(again.message), printed);
  assert.deepEqual(again.message.body, message.body);
  assert.deepEqual([again.message.via, again.message.from, again.message.cseq], [via, from, cseq]);

  readEverything(message);
  if (message.kind === 'request') {
    const refusal = checkRequest(message, POLICY);
    const response = makeResponse(message, refusal?.status ?? 200, { ...refusal, toTag: 'ours' });
    assertAnswer(printMessage(response), response.status);
  }
}

function examineFailure(failure: ParseFailure, bytes: Buffer): void {
  assert.ok(failure.offset >= 0 && failure.offset <= bytes.length, `offset ${failure.offset}`);
  assert.ok(failure.reason !== '' && failure.status >= 400 && failure.status < 600);
  assertLinesHold(failure.headers);
  const answer = answerableFailure(failure, 'ours');
  if (!answer) return;
  assert.equal(failure.start?.kind, 'request');
  const lines = printMessage(answer).toString('latin1').split('\r\n');
  assert.equal(lines.length, answer.headers.length + 4);
}

function assertAnswer(printed: Buffer, status: number): void {
  const read = parseMessage(printed);
  assert.ok(read.ok && read.message.kind === 'response' && read.message.status === status, printed.toString('latin1'));
}

function assertLinesHold(headers: HeaderList): void {
  for (let i = 0; i < headers.length; i++) {
    assert.doesNotMatch(headers.nameAt(i) + headers.valueAt(i), /[\r\n]/);
    new HeaderList().append(headers.nameAt(i), headers.valueAt(i));
  }
}

/** Every decoder on every value: none may throw, and what they print must be printable. */
function readEverything({ headers }: SipMessage): void {
  for (let i = 0; i < headers.length; i++) readValue(headers.valueAt(i));
  readLists(headers);
}

function readValue(value: string): void {
  for (const parse of SINGLE_VALUE) parse(value);
  const uri = parseUri(value);
  if (uri) assert.deepEqual(parseUri(printUri(uri)), uri);
  const address = parseNameAddr(value);
  if (address) readAddress(address);
  const replaces = parseReplaces(value);
  if (replaces) assertPrintable(printReplaces(replaces));
  const credentials = parseCredentials(value);
  if (typeof credentials !== 'string') assertPrintable(printCredentials(credentials satisfies DigestCredentials));
}

const SINGLE_VALUE = [
  parseVia,
  parseMediaType,
  parseContentDisposition,
  parseRAck,
  parseSessionExpires,
  parseMinSe,
  parseTargetDialog,
  parseReferTo,
  parseEvent,
  parseSubscriptionState,
  parseRetryAfter,
  parseDate,
  parseTimestamp,
  parseChallenges,
  parseParams,
];

function readAddress(address: NameAddr): void {
  contactParams(address);
  contactUriParams(address);
  assert.deepEqual(parseNameAddr(address.toString()), address);
  assertPrintable(NameAddr.make(address.displayName, address.uriText, address.paramsText).toString());
}

function readLists(headers: HeaderList): void {
  const contacts = parseContacts(headers);
  if (contacts && contacts !== '*') contacts.forEach(readAddress);
  for (const name of ['Route', 'Record-Route', 'Path', 'Contact'] as const) parseAddresses(headers, name);
  for (const reason of parseReasons(headers)) assertPrintable(printReason(reason));
  for (const warning of parseWarnings(headers)) assertPrintable(printWarning(warning));
  parseIdentity(headers);
  parsePrivacy(headers);
  parseDiversions(headers);
  parseHistory(headers);
  receivablePackages(headers);
}

function assertPrintable(value: string): void {
  new HeaderList().append('Subject', value);
}

/** Bodies are looked into apart: not every message that is fuzzed has one. */
export function examineBody(body: Buffer, contentType: string): void {
  const result = parseMessage(
    Buffer.concat([
      Buffer.from(
        'MESSAGE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h\r\nFrom: <sip:a@b>\r\nTo: <sip:a@b>\r\nCall-ID: c\r\n' +
          `CSeq: 1 MESSAGE\r\nContent-Type: ${contentType}\r\n\r\n`,
      ),
      body,
    ]),
  );
  if (!result.ok) return;
  bodyOfType(result.message, 'application/sdp');
  if (result.message.kind === 'request') checkRequest(result.message, POLICY);
}
