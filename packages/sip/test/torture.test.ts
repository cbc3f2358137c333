/**
 * The torture messages of RFC 4475 and RFC 5118, each judged: what the parser makes of it, and what `checkRequest` says
 * to what was parsed. Facts are those that the RFC points out.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  answerableFailure,
  bodyOfType,
  checkRequest,
  contactParams,
  decodeUtf8,
  escapeUser,
  expiresSec,
  maxForwards,
  parseContacts,
  parseDate,
  parseMessage,
  parseMultipart,
  parseParams,
  parseVia,
  printMessage,
  type RequestPolicy,
  type SipMessage,
  type SipRequest,
  type SipUri,
  unescapeUri,
} from '../src/index.ts';

const VECTORS = join(import.meta.dirname, 'vectors');

const POLICY: RequestPolicy = {
  methods: new Set(['INVITE', 'ACK', 'BYE', 'CANCEL', 'OPTIONS', 'REGISTER', 'MESSAGE']),
  extensions: new Set(['timer', '100rel', 'replaces']),
  mediaTypes: new Set(['application/sdp', 'text/plain']),
  schemes: new Set(['sips', 'tel'] as const),
  passedOn: new Set(['INVITE', 'MESSAGE']),
};

interface Processed {
  readonly verdict: 'processed';
  readonly facts?: (message: SipMessage) => void;
}

interface Refused {
  /** Who refuses, and whether an answer is sent: `dropped` are responses and what no answer is due to. */
  readonly verdict: 'parser' | 'check' | 'dropped';
  readonly status: number;
  readonly reason?: string;
  readonly header?: readonly [string, string];
}

const processed = (facts?: (message: SipMessage) => void): Processed =>
  facts ? { verdict: 'processed', facts } : { verdict: 'processed' };
const byParser = (status: number, reason: string): Refused => ({ verdict: 'parser', status, reason });
const byCheck = (status: number, reason?: string, header?: readonly [string, string]): Refused => ({
  verdict: 'check',
  status,
  ...(reason === undefined ? {} : { reason }),
  ...(header === undefined ? {} : { header }),
});
const dropped = (reason: string): Refused => ({ verdict: 'dropped', status: 400, reason });

const uriOf = (message: SipMessage) => (message as SipRequest).uri as SipUri;
const vias = (message: SipMessage) => message.headers.list('Via').map((element) => parseVia(element));
const contacts = (message: SipMessage) => {
  const found = parseContacts(message.headers);
  assert.ok(found && found !== '*');
  return found;
};
const bytes = (text: string) => Buffer.from(text).toString('latin1');

const JUDGEMENTS: Record<string, Processed | Refused> = {
  // RFC 4475 §3.1.1: valid messages
  'rfc4475/wsinv': processed((m) => {
    assert.deepEqual(
      vias(m).map((via) => [via?.transport, via?.host, via?.branch]),
      [
        ['UDP', '192.0.2.2', '390skdjuw'],
        ['TCP', 'spindle.example.com', 'z9hG4bK9ikj8'],
        ['UDP', '192.168.255.111', 'z9hG4bK30239'],
      ],
    );
    assert.deepEqual([m.to.uriText, m.to.tag], ['sip:vivekg@chair-dnrc.example.com', '1918181833n']);
    assert.deepEqual([m.from.displayName, m.from.tag], ['J Rosenberg \\"', '98asjd8']);
    assert.deepEqual(m.cseq, { sequence: 9, method: 'INVITE' });
    assert.equal(maxForwards(m.headers), 68);
    assert.equal(m.headers.get('Newfangledheader'), 'newfangled value continued newfangled value');
    assert.equal(m.headers.get('Unknownheaderwithunusualvalue'), ';;,,;;,;');
    assert.equal(m.headers.get('Subject'), '');
    assert.equal(contacts(m)[0]?.displayName, 'Quoted string ""');
    assert.deepEqual([contacts(m)[0]?.param('newparam'), contactParams(contacts(m)[0]!).q], ['newvalue', 330]);
    assert.equal(m.headers.get('Route'), '<sip:services.example.com;lr;unknownwith=value;unknown-no-value>');
    assert.equal(m.body.length, 150);
  }),
  'rfc4475/intmeth': {
    ...byCheck(501, undefined, ['Allow', 'INVITE, ACK, BYE, CANCEL, OPTIONS, REGISTER, MESSAGE']),
  },
  'rfc4475/esc01': processed((m) => {
    assert.deepEqual([uriOf(m).user, uriOf(m).host], ['sips%3Auser%40example.com', 'example.net']);
    assert.equal(unescapeUri((m.to.uri as SipUri).user ?? ''), 'user');
    const contact = contacts(m)[0]?.uri as SipUri;
    assert.equal(unescapeUri(contact.user ?? ''), 'caller');
    assert.deepEqual(
      [...contact.params],
      [
        ['lr', ''],
        ['name', 'value%41'],
      ],
    );
  }),
  'rfc4475/escnull': processed((m) => {
    assert.equal(unescapeUri((m.to.uri as SipUri).user ?? ''), 'null-\0-null');
    assert.deepEqual(
      contacts(m).map((contact) => unescapeUri((contact.uri as SipUri).user ?? '')),
      ['\0', '\0\0'],
    );
    assert.equal(escapeUser('null-\0-null'), 'null-%00-null');
  }),
  'rfc4475/esc02': {
    ...byCheck(501, undefined, ['Allow', 'INVITE, ACK, BYE, CANCEL, OPTIONS, REGISTER, MESSAGE']),
  },
  'rfc4475/lwsdisp': processed((m) => assert.deepEqual([m.from.displayName, m.from.tag], ['caller', '323'])),
  'rfc4475/longreq': processed((m) => {
    assert.equal(vias(m).length, 34);
    assert.ok(vias(m).every((via) => via?.transport === 'TCP'));
    assert.match(m.from.tag ?? '', /^1298+298.*424$/);
    assert.match(m.to.displayName, /^I have a user name of extreme.* proportion$/);
  }),
  'rfc4475/dblreq': processed((m) => {
    assert.equal(m.body.length, 0);
    assert.equal(m.callId, 'dblreq.0ha0isndaksdj99sdfafnl3lk233412');
  }),
  'rfc4475/semiuri': processed((m) => {
    assert.deepEqual([uriOf(m).user, uriOf(m).host], ['user;par=u%40example.net', 'example.com']);
    assert.equal(uriOf(m).params.size, 0);
    assert.equal(m.headers.list('Accept').length, 6);
  }),
  'rfc4475/transports': processed((m) =>
    assert.deepEqual(
      vias(m).map((via) => via?.transport),
      ['UDP', 'SCTP', 'TLS', 'UNKNOWN', 'TCP'],
    ),
  ),
  // Its second part, octet-stream, is required and not understood here; §3.1.1.11 only asks that it be parsed.
  'rfc4475/mpart01': byCheck(415, undefined, ['Accept', 'application/sdp, text/plain']),
  'rfc4475/unreason': processed((m) => {
    assert.ok(m.kind === 'response');
    assert.equal(decodeUtf8(m.reason), '= 2**3 * 5**2 но сто девяносто девять - простое');
  }),
  'rfc4475/noreason': processed((m) => assert.deepEqual(m.kind === 'response' && [m.status, m.reason], [100, ''])),

  // RFC 4475 §3.1.2: invalid messages
  'rfc4475/badinv01': byParser(400, 'Malformed Via'),
  'rfc4475/clerr': byParser(400, 'Content-Length Exceeds Message'),
  'rfc4475/ncl': byParser(400, 'Malformed Content-Length'),
  'rfc4475/scalar02': byParser(400, 'Malformed CSeq'),
  'rfc4475/scalarlg': dropped('Malformed CSeq'),
  'rfc4475/quotbal': byParser(400, 'Malformed To'),
  'rfc4475/ltgtruri': byParser(400, 'Malformed Request-URI'),
  'rfc4475/lwsruri': byParser(400, 'Malformed Request-URI'),
  'rfc4475/lwsstart': byParser(400, 'Malformed Request-URI'),
  'rfc4475/trws': byParser(400, 'Malformed Start Line'),
  'rfc4475/escruri': byCheck(400, 'Headers In Request-URI'),
  'rfc4475/baddate': processed((m) => assert.equal(parseDate(m.headers.get('Date') ?? ''), undefined)),
  'rfc4475/regbadct': byCheck(400, 'Malformed Contact'),
  'rfc4475/badaspec': byParser(400, 'Malformed To'),
  'rfc4475/baddn': byParser(400, 'Missing Empty Line After Headers'),
  'rfc4475/badvers': byParser(505, 'Version Not Supported'),
  'rfc4475/mismatch01': byParser(400, 'CSeq Method Mismatch'),
  'rfc4475/mismatch02': byParser(400, 'CSeq Method Mismatch'),
  'rfc4475/bigcode': dropped('Malformed Start Line'),

  // RFC 4475 §3.2: transaction layer semantics. The key of a bare cookie is made as for RFC 2543.
  'rfc4475/badbranch': processed((m) => assert.equal(m.via.branch, 'z9hG4bK')),

  // RFC 4475 §3.3: application layer semantics
  'rfc4475/insuf': byParser(400, 'Missing From'),
  'rfc4475/unkscm': byCheck(416),
  'rfc4475/novelsc': byCheck(416),
  'rfc4475/unksm2': byCheck(400, 'To Is No SIP Address'),
  'rfc4475/bext01': byCheck(420, undefined, [
    'Unsupported',
    'nothingSupportsThis, nothingSupportsThisEither, noProxiesSupportThis, norDoAnyProxiesSupportThis',
  ]),
  'rfc4475/invut': byCheck(415, undefined, ['Accept', 'application/sdp, text/plain']),
  'rfc4475/regaut01': processed((m) => assert.match(m.headers.get('Authorization') ?? '', /^NoOneKnowsThisScheme /)),
  'rfc4475/multi01': byParser(400, 'Repeated CSeq'),
  'rfc4475/mcl01': byParser(400, 'Repeated Content-Length'),
  'rfc4475/bcast': processed((m) => assert.equal(vias(m)[1]?.host, '255.255.255.255')),
  // Only what is passed on needs a hop: an OPTIONS for ourselves is answered (RFC 3261 §16.3).
  'rfc4475/zeromf': processed((m) => assert.equal(maxForwards(m.headers), 0)),
  'rfc4475/cparam01': processed((m) => {
    const [contact] = contacts(m);
    assert.deepEqual([contact?.uriText, contact?.paramsText], ['sip:+19725552222@gw1.example.net', ';unknownparam']);
  }),
  'rfc4475/cparam02': processed((m) => {
    const [contact] = contacts(m);
    assert.equal(contact?.paramsText, '');
    assert.deepEqual([...(contact!.uri as SipUri).params], [['unknownparam', '']]);
  }),
  'rfc4475/regescrt': processed((m) =>
    assert.equal((contacts(m)[0]!.uri as SipUri).headers, 'Route=%3Csip:sip.example.com%3E'),
  ),
  'rfc4475/sdp01': processed((m) => assert.deepEqual(m.headers.list('Accept'), ['text/nobodyKnowsThis'])),
  'rfc4475/inv2543': processed((m) => {
    assert.deepEqual([m.via.branch, m.from.tag, m.body.length], [undefined, undefined, 105]);
    assert.deepEqual([m.to.uriText, m.to.param('user')], ['sip:+16505552222@ss1.example.net', 'phone']);
    assert.equal(maxForwards(m.headers), 70);
  }),

  // RFC 5118: IPv6
  'rfc5118/ipv6-good': processed((m) => {
    assert.deepEqual([uriOf(m).host, uriOf(m).port], ['[2001:db8::10]', undefined]);
    assert.equal(m.via.host, '[2001:db8::9:1]');
  }),
  'rfc5118/ipv6-bad': byCheck(400, 'Malformed Request-URI'),
  'rfc5118/port-ambiguous': processed((m) =>
    assert.deepEqual([uriOf(m).host, uriOf(m).port], ['[2001:db8::10:5070]', undefined]),
  ),
  'rfc5118/port-unambiguous': processed((m) =>
    assert.deepEqual([uriOf(m).host, uriOf(m).port], ['[2001:db8::10]', 5070]),
  ),
  'rfc5118/via-received-param-with-delim': processed((m) =>
    assert.equal(parseParams(m.via.paramsText).get('received'), '[2001:db8::9:255]'),
  ),
  'rfc5118/via-received-param-no-delim': processed((m) => {
    assert.equal(parseParams(m.via.paramsText).get('received'), '2001:db8::9:255');
    assert.equal(m.via.branch, 'z9hG4bKas3');
  }),
  'rfc5118/ipv6-in-sdp': processed((m) => assert.equal(bodyOfType(m, 'application/sdp')?.length, m.body.length)),
  'rfc5118/mult-ip-in-header': processed((m) =>
    assert.deepEqual(
      vias(m).map((via) => [via?.host, via?.port]),
      [
        ['[2001:db8::9:1]', 6050],
        ['192.0.2.1', undefined],
        ['[2001:db8::9:255]', undefined],
      ],
    ),
  ),
  'rfc5118/mult-ip-in-sdp': processed((m) => assert.match(m.body.toString(), /IP4 192\.0\.2\.1[\s\S]*IP6 2001:db8::1/)),
  'rfc5118/ipv4-mapped-ipv6': processed((m) => {
    assert.deepEqual([m.via.host, m.via.port], ['[::ffff:192.0.2.10]', 19823]);
    assert.equal((contacts(m)[0]!.uri as SipUri).host, '[::ffff:192.0.2.2]');
  }),
  'rfc5118/ipv6-bug-abnf-3-colons': processed((m) => assert.equal(uriOf(m).host, '[2001:db8::192.0.2.1]')),
  'rfc5118/ipv6-correct-abnf-2-colons': processed((m) => assert.equal(uriOf(m).host, '[2001:db8::192.0.2.1]')),
};

const vector = (id: string) => readFileSync(join(VECTORS, `${id}.dat`));

test('every vector is judged, and every judgement has its vector', () => {
  const files = ['rfc4475', 'rfc5118'].flatMap((folder) =>
    readdirSync(join(VECTORS, folder)).map((file) => `${folder}/${file.replace('.dat', '')}`),
  );
  assert.deepEqual(files.sort(), Object.keys(JUDGEMENTS).sort());
  assert.equal(files.length, 61);
});

for (const [id, judgement] of Object.entries(JUDGEMENTS)) {
  test(`${id}: ${judgement.verdict === 'processed' ? 'processed' : `${judgement.verdict}, ${judgement.status}`}`, () => {
    const result = parseMessage(vector(id));
    if (judgement.verdict === 'parser' || judgement.verdict === 'dropped') {
      assert.ok(!result.ok);
      assert.deepEqual([result.status, result.reason], [judgement.status, judgement.reason]);
      const answer = answerableFailure(result, 'ours');
      assert.equal(answer?.status, judgement.verdict === 'parser' ? judgement.status : undefined);
      if (answer) assert.deepEqual(answer.headers.all('Via'), result.headers.all('Via'));
      return;
    }
    assert.ok(result.ok, result.ok ? '' : result.reason);
    const { message } = result;
    const refusal = message.kind === 'request' ? checkRequest(message, POLICY) : undefined;
    if (judgement.verdict === 'processed') {
      assert.equal(refusal, undefined);
      judgement.facts?.(message);
    } else {
      assert.deepEqual([refusal?.status, refusal?.reason], [judgement.status, judgement.reason]);
      assert.deepEqual(refusal?.headers?.[0], judgement.header);
    }
  });
}

test('what was parsed is printed and parsed again to the same', () => {
  for (const id of Object.keys(JUDGEMENTS)) {
    const first = parseMessage(vector(id));
    if (!first.ok) continue;
    const printed = printMessage(first.message);
    const second = parseMessage(printed);
    assert.ok(second.ok, id);
    assert.deepEqual(printMessage(second.message), printed, id);
    assert.deepEqual(second.message.body, first.message.body, id);
  }
});

test('RFC 4475 §3.1.1.2: every character that a method, a user part, a tag or a header name may hold', () => {
  const result = parseMessage(vector('rfc4475/intmeth'));
  assert.ok(result.ok && result.message.kind === 'request');
  const { message } = result;
  assert.equal(message.method, "!interesting-Method0123456789_*+`.%indeed'~");
  assert.equal(
    uriOf(message).user,
    "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)".split(':')[0],
  );
  assert.equal(uriOf(message).password, "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)");
  assert.equal(message.to.displayName, 'BEL:\x07 NUL:\0 DEL:\x7f');
  assert.equal(message.from.displayText, "token1~` token2'+_ token3*%!.-");
  assert.equal(message.from.tag, "_token~1'+`*%!-.");
  assert.equal(decodeUtf8(message.from.param("fromparam''~+*_!.-%") ?? ''), 'работающий');
  assert.equal(message.callId, 'intmeth.word%ZK-!.*_+\'@word`~)(><:\\/"][?}{');
  assert.equal(maxForwards(message.headers), 255);
  const extension = message.headers.get("Extensionheader-!.%*+_`'~");
  assert.equal(extension, bytes('\ufeff大停電'));
});

test('RFC 4475 §3.1.1.5: a percent sign in a header name is no escape', () => {
  const result = parseMessage(vector('rfc4475/esc02'));
  assert.ok(result.ok);
  assert.equal(contacts(result.message).length, 2);
  assert.equal(result.message.to.displayName, '%Z%45');
  assert.equal(result.message.via.branch, 'z9hG4bK209%fzsnel234');
});

test('RFC 4475 §3.1.1.11: the parts of a multipart body, one of them binary', () => {
  const result = parseMessage(vector('rfc4475/mpart01'));
  assert.ok(result.ok);
  const parts = parseMultipart(result.message.body, '7a9cbec02ceef655');
  assert.deepEqual(
    parts?.map((part) => [part.headers.get('Content-Type'), part.body.length]),
    [
      ['text/plain', 5],
      ['application/octet-stream', 342],
    ],
  );
  assert.equal(bodyOfType(result.message, 'text/plain')?.toString(), 'Hello');
});

test('RFC 4475 §3.1.2.4: numbers beyond their fields', () => {
  const result = parseMessage(vector('rfc4475/scalar02'));
  assert.ok(!result.ok);
  assert.equal(maxForwards(result.headers), undefined);
  assert.equal(expiresSec(result.headers), 0xffff_ffff);
});
