/** Properties of any message: what is printed is read back the same; no octets make the parser throw or read too far. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  encodeUtf8,
  escapeUser,
  HeaderList,
  NameAddr,
  parseMessage,
  parseNameAddr,
  printMessage,
  printParam,
  printUri,
  quote,
  type SipMessage,
  SipRequest,
  SipResponse,
  sipUri,
} from '../src/index.ts';
import { examine } from './fuzz/examine.ts';

const token = fc.stringMatching(/^[A-Za-z0-9\-.!%*_+`'~]{1,12}$/);
const text = fc.string({ unit: 'binary', maxLength: 12 });
const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,8}[a-z0-9])?$/);
const host = fc.oneof(
  fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join('.')),
  fc.ipV4(),
  fc.constantFrom('[::1]', '[2001:db8::9:1]', '[::ffff:192.0.2.1]'),
);
const uriText = fc
  .record({ user: text, host, port: fc.option(fc.nat(65_535), { nil: undefined }), param: fc.tuple(token, text) })
  .map(({ user, param: [name, value], ...rest }) => {
    const params = new Map([[name.toLowerCase(), encodeUtf8(value)]]);
    return printUri(sipUri({ ...rest, user: `u${escapeUser(encodeUtf8(user))}`, params }));
  });
const params = fc
  .array(fc.tuple(token, text), { maxLength: 3 })
  .map((list) => list.map(([name, value]) => printParam(name, encodeUtf8(value))).join(''));
const address = fc
  .tuple(text, uriText, params)
  .map(([display, uri, rest]) => NameAddr.make(display, uri, rest).toString());
const via = fc
  .tuple(fc.constantFrom('UDP', 'TCP', 'WSS'), host, token, params)
  .map(([transport, sentBy, branch, rest]) => `SIP/2.0/${transport} ${sentBy}:5060;branch=z9hG4bK${branch}${rest}`);
const extension = fc.tuple(token, text).map(([name, value]) => [`X-${name}`, quote(encodeUtf8(value))] as const);

const headers = fc
  .record({
    vias: fc.array(via, { minLength: 1, maxLength: 3 }),
    from: address,
    to: address,
    callId: token,
    routes: fc.array(address, { maxLength: 3 }),
    extensions: fc.array(extension, { maxLength: 4 }),
  })
  .map((parts) => (method: string) => {
    const list = new HeaderList();
    for (const value of parts.vias) list.append('Via', value);
    list
      .append('From', parts.from)
      .append('To', parts.to)
      .append('Call-ID', parts.callId)
      .append('CSeq', `1 ${method}`);
    if (parts.routes.length > 0) list.append('Route', parts.routes.join(', '));
    for (const [name, value] of parts.extensions) list.append(name, value);
    return list;
  });

const body = fc.uint8Array({ maxLength: 40 }).map((octets) => Buffer.from(octets));
const message: fc.Arbitrary<SipMessage> = fc.oneof(
  fc
    .tuple(token, uriText, headers, body)
    .map(([method, uri, make, octets]) => new SipRequest(method, uri, make(method), octets)),
  fc.tuple(fc.integer({ min: 100, max: 699 }), text, headers, body).map(([status, reason, make, octets]) => {
    const phrase = encodeUtf8(reason.replace(/[\r\n\0]/g, ' '));
    return new SipResponse(status, phrase, make('OPTIONS'), octets);
  }),
);

function fieldsOf({ headers: list }: SipMessage): string[] {
  return Array.from({ length: list.length }, (_, i) => `${list.nameAt(i)}: ${list.valueAt(i)}`).filter(
    (field) => !field.startsWith('Content-Length'),
  );
}

test('what is printed is read back the same', () => {
  fc.assert(
    fc.property(message, (original) => {
      const result = parseMessage(printMessage(original));
      assert.ok(result.ok, result.ok ? '' : result.reason);
      const read = result.message;
      assert.equal(read.kind, original.kind);
      if (read.kind === 'request' && original.kind === 'request') {
        assert.deepEqual([read.method, read.uriText], [original.method, original.uriText]);
        assert.deepEqual(read.uri, original.uri);
      }
      if (read.kind === 'response' && original.kind === 'response') {
        assert.deepEqual([read.status, read.reason], [original.status, original.reason]);
      }
      assert.deepEqual(fieldsOf(read), fieldsOf(original));
      assert.deepEqual(read.body, original.body);
      assert.deepEqual(
        [read.via, read.from, read.to, read.callId],
        [original.via, original.from, original.to, original.callId],
      );
      for (const route of read.headers.list('Route')) assert.ok(parseNameAddr(route), route);
    }),
  );
});

test('no octets whatever break the parser', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (octets, hasStart) => {
      const start = hasStart ? 'OPTIONS sip:a@b SIP/2.0\r\n' : '';
      examine(Buffer.concat([Buffer.from(start), Buffer.from(octets), Buffer.from('\r\n\r\n')]));
    }),
  );
});
