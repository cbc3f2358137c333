/** Each header: texts with what they mean, texts that are refused, and printing back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeaderList } from '../headers.ts';
import { MAX_LIST_ELEMENTS } from '../limits.ts';
import { parseNameAddr } from '../name-addr.ts';
import { type SipUri, sipUri } from '../uri.ts';
import {
  contactParams,
  contactUriParams,
  expiresSec,
  infoPackage,
  isLooseRoute,
  maxForwards,
  minExpiresSec,
  parseAddresses,
  parseContacts,
  parseContentDisposition,
  parseDate,
  parseDeltaSeconds,
  parseDiversions,
  parseEvent,
  parseHistory,
  parseIdentity,
  parseMediaType,
  parseMinSe,
  parsePrivacy,
  parseQValue,
  parseRAck,
  parseReason,
  parseReasons,
  parseReferTo,
  parseReplaces,
  parseRetryAfter,
  parseRSeq,
  parseSessionExpires,
  parseSubscriptionState,
  parseTargetDialog,
  parseTimestamp,
  parseWarning,
  parseWarnings,
  printContentDisposition,
  printDate,
  printDiversion,
  printEvent,
  printHistoryEntry,
  printMediaType,
  printPrivacy,
  printQValue,
  printRAck,
  printReason,
  printReplaces,
  printRetryAfter,
  printSessionExpires,
  printSubscriptionState,
  printTimestamp,
  printWarning,
  receivablePackages,
} from './index.ts';

const fields = (name: string, ...values: string[]) => {
  const headers = new HeaderList();
  for (const value of values) headers.append(name, value);
  return headers;
};
const address = (text: string) => {
  const found = parseNameAddr(text);
  assert.ok(found, text);
  return found;
};

/** A table for one header: what each text means, `undefined` when it is refused; valid ones print to `printed` or back. */
function header<T>(
  name: string,
  parse: (text: string) => T | undefined,
  print: ((value: T) => string) | undefined,
  cases: readonly (readonly [text: string, meaning: T | undefined, printed?: string])[],
): void {
  for (const [text, meaning, printed] of cases) {
    test(`${name}: ${text === '' ? 'nothing' : text}${meaning === undefined ? ' is refused' : ''}`, () => {
      const found = parse(text);
      assert.deepEqual(found, meaning);
      if (found === undefined || !print) return;
      assert.equal(print(found), printed ?? text);
      assert.deepEqual(parse(print(found)), meaning);
    });
  }
}

header('delta-seconds', parseDeltaSeconds, String, [
  ['0', 0],
  ['3600', 3600],
  ['4294967295', 4_294_967_295],
  ['4294967296', 4_294_967_295, '4294967295'],
  ['280297596632815', 4_294_967_295, '4294967295'],
  ['', undefined],
  ['-1', undefined],
  ['1.5', undefined],
  ['10 s', undefined],
]);

test('Expires and Min-Expires: absent and malformed mean the default', () => {
  assert.equal(expiresSec(fields('Expires', '60')), 60);
  assert.equal(expiresSec(fields('Expires', 'Thu, 01 Dec 1994 16:00:00 GMT')), undefined);
  assert.equal(expiresSec(new HeaderList()), undefined);
  assert.equal(minExpiresSec(fields('Min-Expires', '120')), 120);
  assert.equal(minExpiresSec(new HeaderList()), undefined);
});

test('Max-Forwards: 70 when absent, up to 255', () => {
  const cases: [string, number | undefined][] = [
    ['0', 0],
    ['0068', 68],
    ['255', 255],
    ['256', undefined],
    ['-1', undefined],
    ['', undefined],
    ['7 0', undefined],
  ];
  for (const [text, hops] of cases) assert.equal(maxForwards(fields('Max-Forwards', text)), hops, text);
  assert.equal(maxForwards(new HeaderList()), 70);
});

header('q', parseQValue, printQValue, [
  ['0', 0, '0.0'],
  ['1', 1000],
  ['0.7', 700],
  ['0.33', 330],
  ['0.005', 5],
  ['1.000', 1000, '1'],
  ['0.', 0, '0.0'],
  ['1.1', undefined],
  ['0.1234', undefined],
  ['.5', undefined],
  ['2', undefined],
  ['', undefined],
]);

test('Contact: several, over several fields', () => {
  const found = parseContacts(
    fields('Contact', '"Mr. Watson" <sip:watson@w.com>;q=0.7;expires=3600, <mailto:w@b.com>', 'sip:a@b'),
  );
  assert.ok(found && found !== '*');
  assert.deepEqual(
    found.map((contact) => [contact.uriText, contactParams(contact).q, contactParams(contact).expiresSec]),
    [
      ['sip:watson@w.com', 700, 3600],
      ['mailto:w@b.com', 1000, undefined],
      ['sip:a@b', 1000, undefined],
    ],
  );
});

test('Contact: the star alone, none at all, malformed ones', () => {
  assert.equal(parseContacts(fields('Contact', '*')), '*');
  assert.deepEqual(parseContacts(new HeaderList()), []);
  for (const values of [
    ['*', '<sip:a@b>'],
    ['*, <sip:a@b>'],
    ['*;expires=0'],
    ['<sip:a@b'],
    ['<sip:a@b>', 'nonsense'],
    ['*', '*'],
  ]) {
    assert.equal(parseContacts(fields('Contact', ...values)), undefined, values.join());
  }
});

test('as many list elements as the limit pass, one more does not', () => {
  const many = (count: number) => Array.from({ length: count }, (_, i) => `<sip:${i}@x>`).join(',');
  assert.equal(parseContacts(fields('Contact', many(MAX_LIST_ELEMENTS)))?.length, MAX_LIST_ELEMENTS);
  assert.equal(parseContacts(fields('Contact', many(MAX_LIST_ELEMENTS), '<sip:x@x>')), undefined);
  assert.equal(parseAddresses(fields('Route', many(MAX_LIST_ELEMENTS + 1)), 'Route'), undefined);
});

test('RFC 5626 and 5627: instance, reg-id and GRUUs of a Contact', () => {
  const contact = address(
    '<sip:line1@192.0.2.2;ob>;reg-id=1;+sip.instance="<urn:uuid:00000000-0000-1000-8000-000A95A0E128>"' +
      ';pub-gruu="sip:a@b;gr=x";temp-gruu="sip:t@b;gr"',
  );
  assert.deepEqual(contactParams(contact), {
    expiresSec: undefined,
    q: 1000,
    instance: 'urn:uuid:00000000-0000-1000-8000-000A95A0E128',
    regId: 1,
    publicGruu: 'sip:a@b;gr=x',
    temporaryGruu: 'sip:t@b;gr',
  });
  assert.deepEqual(contactUriParams(contact), { isOutbound: true, push: undefined });
  const bad = contactParams(address('<sip:a@b>;reg-id=0;+sip.instance="urn:x";q=7;expires=soon'));
  assert.deepEqual([bad.regId, bad.instance, bad.q, bad.expiresSec], [undefined, undefined, 1000, undefined]);
  assert.equal(contactParams(address('<sip:a@b>;reg-id=2147483648')).regId, undefined);
});

test('RFC 8599: push parameters of a Contact URI', () => {
  const push = (text: string) => contactUriParams(address(text)).push;
  assert.deepEqual(push('<sip:a@b;pn-provider=acme;pn-param=acme-param;pn-prid=ZTY4ZDJlMzODE1NmUgKi0K>'), {
    provider: 'acme',
    param: 'acme-param',
    prid: 'ZTY4ZDJlMzODE1NmUgKi0K',
  });
  assert.equal(push('<sip:a@b;pn-provider=acme>'), undefined);
  assert.equal(push('<sip:a@b;pn-prid=x>'), undefined);
  assert.equal(push('<tel:+1>'), undefined);
});

test('Route: a loose router has lr', () => {
  assert.equal(isLooseRoute(address('<sip:p1.example.com;lr>')), true);
  assert.equal(isLooseRoute(address('<sip:p1.example.com;lr=on>')), true);
  assert.equal(isLooseRoute(address('<sip:p1.example.com>;lr')), false);
  assert.equal(isLooseRoute(address('<tel:+1>')), false);
});

header('Content-Type', parseMediaType, printMediaType, [
  ['application/sdp', { name: 'application/sdp', type: 'application', subtype: 'sdp', paramsText: '' }],
  [
    'Text / HTML ; charset=ISO-8859-4',
    { name: 'text/html', type: 'text', subtype: 'html', paramsText: '; charset=ISO-8859-4' },
    'text/html; charset=ISO-8859-4',
  ],
  ['', undefined],
  ['application', undefined],
  ['application/', undefined],
  ['/sdp', undefined],
  ['a/b/c', undefined],
  ['a b/c', undefined],
  ['a/b;;', undefined],
]);

header('Content-Disposition', parseContentDisposition, printContentDisposition, [
  ['session', { type: 'session', isRequired: true, paramsText: '' }],
  [
    'Signal;Handling=Optional',
    { type: 'signal', isRequired: false, paramsText: ';Handling=Optional' },
    'signal;Handling=Optional',
  ],
  [
    'render; handling=required',
    { type: 'render', isRequired: true, paramsText: '; handling=required' },
    'render; handling=required',
  ],
  ['', undefined],
  ['a b', undefined],
]);

header('RAck', parseRAck, printRAck, [
  ['776656 1 INVITE', { responseNumber: 776_656, sequence: 1, method: 'INVITE' }],
  ['1  2\tFOO', { responseNumber: 1, sequence: 2, method: 'FOO' }, '1 2 FOO'],
  ['4294967295 2147483647 INVITE', { responseNumber: 4_294_967_295, sequence: 2_147_483_647, method: 'INVITE' }],
  ['0 1 INVITE', undefined],
  ['4294967296 1 INVITE', undefined],
  ['1 2147483648 INVITE', undefined],
  ['1 1', undefined],
  ['1 INVITE', undefined],
  ['1 1INVITE', undefined],
  ['1 1 INV ITE', undefined],
  ['', undefined],
]);

header('RSeq', parseRSeq, String, [
  ['1', 1],
  ['988789', 988_789],
  ['0', undefined],
  ['4294967296', undefined],
  ['x', undefined],
]);

header('Session-Expires', parseSessionExpires, printSessionExpires, [
  ['4000;refresher=uac', { expiresSec: 4000, refresher: 'uac' }],
  ['90 ; Refresher=UAS ; x', { expiresSec: 90, refresher: 'uas' }, '90;refresher=uas'],
  ['1800', { expiresSec: 1800, refresher: undefined }],
  ['1800;refresher=me', { expiresSec: 1800, refresher: undefined }, '1800'],
  ['x;refresher=uac', undefined],
  ['', undefined],
]);

header('Min-SE', parseMinSe, String, [
  ['60', 60],
  ['120;lang=en', 120, '120'],
  ['-1', undefined],
]);

header('Replaces', parseReplaces, printReplaces, [
  [
    '98732@sip.example.com;to-tag=ff87ff;from-tag=r33th4x0r',
    { callId: '98732@sip.example.com', toTag: 'ff87ff', fromTag: 'r33th4x0r', isEarlyOnly: false },
  ],
  [
    '87134@171.161.34.23 ;from-tag=12345 ; to-tag=24796;early-only',
    { callId: '87134@171.161.34.23', toTag: '24796', fromTag: '12345', isEarlyOnly: true },
    '87134@171.161.34.23;to-tag=24796;from-tag=12345;early-only',
  ],
  ['12adf2f34456gs5;to-tag=12345', undefined],
  ['12adf2f34456gs5;from-tag=12345', undefined],
  ['12adf2f34456gs5;from-tag=;to-tag=1', undefined],
  ['a b;to-tag=1;from-tag=2', undefined],
  [';to-tag=1;from-tag=2', undefined],
]);

header('Target-Dialog', parseTargetDialog, undefined, [
  [
    'fa77as7dad8-sd98ajzz@host.example.com;local-tag=kkaz-;remote-tag=6544',
    { callId: 'fa77as7dad8-sd98ajzz@host.example.com', localTag: 'kkaz-', remoteTag: '6544' },
  ],
  ['c;local-tag=1', undefined],
]);

test('Refer-To: RFC 3515 §2.1, with method, with Replaces (RFC 3891 §4)', () => {
  const blind = parseReferTo('sip:alice@atlanta.example.com');
  assert.deepEqual([blind?.method, blind?.replaces, blind?.uri?.user], ['INVITE', undefined, 'alice']);
  const attended = parseReferTo(
    '<sip:bob@biloxi.example.net?Accept-Contact=sip:bobsdesk.biloxi.example.net&Replaces=090459243588173445%40x%3Bto-tag%3D7743%3Bfrom-tag%3D6472>',
  );
  assert.deepEqual(attended?.replaces, {
    callId: '090459243588173445@x',
    toTag: '7743',
    fromTag: '6472',
    isEarlyOnly: false,
  });
  assert.equal(parseReferTo('<sip:dave@denver.example.org;method=SUBSCRIBE>')?.method, 'SUBSCRIBE');
  assert.equal(parseReferTo('<http://www.ietf.org>')?.uri, undefined);
  assert.equal(parseReferTo('<tel:+1201>')?.method, 'INVITE');
  for (const text of ['', 'nonsense', '<sip:a@>', '<sip:a@b?Replaces=c>', '<sip:a@b?X=%0d%0aY:z>']) {
    assert.equal(parseReferTo(text), undefined, text);
  }
});

header('Event', parseEvent, printEvent, [
  ['refer', { package: 'refer', id: undefined }],
  ['dialog;id=98', { package: 'dialog', id: '98' }],
  ['presence.winfo ; x ; id=a', { package: 'presence.winfo', id: 'a' }, 'presence.winfo;id=a'],
  ['', undefined],
  ['a b', undefined],
]);

header('Subscription-State', parseSubscriptionState, printSubscriptionState, [
  ['active;expires=3599', { state: 'active', reason: undefined, expiresSec: 3599, retryAfterSec: undefined }],
  [
    'terminated;reason=noresource;retry-after=10',
    { state: 'terminated', reason: 'noresource', expiresSec: undefined, retryAfterSec: 10 },
  ],
  [
    'Terminated ; Reason=Timeout ; expires=x',
    { state: 'terminated', reason: 'timeout', expiresSec: undefined, retryAfterSec: undefined },
    'terminated;reason=timeout',
  ],
  ['', undefined],
]);

header('Reason', parseReason, printReason, [
  ['SIP;cause=200;text="Call completed elsewhere"', { protocol: 'SIP', cause: 200, text: 'Call completed elsewhere' }],
  [
    'Q.850 ;cause=16 ;text="Terminated"',
    { protocol: 'Q.850', cause: 16, text: 'Terminated' },
    'Q.850;cause=16;text="Terminated"',
  ],
  ['SIP', { protocol: 'SIP', cause: undefined, text: '' }],
  ['SIP;cause=x', { protocol: 'SIP', cause: undefined, text: '' }, 'SIP'],
  ['', undefined],
  ['a b;cause=1', undefined],
]);

test('Reason: several protocols, what is malformed left out (RFC 3326 §2)', () => {
  const headers = fields(
    'Reason',
    'SIP ;cause=580 ;text="Precondition, failure", Q.850;cause=16',
    'not valid',
    'preemption',
  );
  assert.deepEqual(
    parseReasons(headers).map(({ protocol, cause, text }) => [protocol, cause, text]),
    [
      ['SIP', 580, 'Precondition, failure'],
      ['Q.850', 16, ''],
      ['preemption', undefined, ''],
    ],
  );
  assert.deepEqual(parseReasons(new HeaderList()), []);
});

test('P-Asserted-Identity: one SIP address, one number, or both (RFC 3325 §9.1)', () => {
  const identity = (...values: string[]) => {
    const found = parseIdentity(fields('P-Asserted-Identity', ...values));
    return found && [found.sip?.uriText, found.tel?.uriText];
  };
  assert.deepEqual(identity('"Cullen Jennings" <sip:fluffy@cisco.com>', 'tel:+14085264000'), [
    'sip:fluffy@cisco.com',
    'tel:+14085264000',
  ]);
  assert.deepEqual(identity('<tel:+1>, <sips:a@b>'), ['sips:a@b', 'tel:+1']);
  assert.deepEqual(identity('<tel:+1>'), [undefined, 'tel:+1']);
  assert.deepEqual(identity(), [undefined, undefined]);
  assert.equal(identity('<sip:a@b>, <sip:c@d>'), undefined);
  assert.equal(identity('<tel:+1>, <sip:a@b>, <sip:c@d>'), undefined);
  assert.equal(identity('<http://x>'), undefined);
  assert.equal(identity('nonsense'), undefined);
  assert.equal(
    parseIdentity(fields('P-Preferred-Identity', '<sip:a@b>'), 'P-Preferred-Identity')?.sip?.uriText,
    'sip:a@b',
  );
});

test('Privacy: values of one or several fields, in any case (RFC 3323 §4.2)', () => {
  assert.deepEqual(
    [...parsePrivacy(fields('Privacy', 'Id; header ;user', 'critical'))],
    ['id', 'header', 'user', 'critical'],
  );
  assert.equal(parsePrivacy(new HeaderList()).size, 0);
  assert.equal(printPrivacy(['id', 'critical']), 'id;critical');
});

test('Diversion: the latest first, defaults where nothing is said (RFC 5806 §4)', () => {
  const found = parseDiversions(
    fields('Diversion', '"Bob" <sip:bob@x>;Reason=User-Busy;counter=2;privacy=full, <sip:c@x>;counter=999'),
  );
  assert.deepEqual(
    found?.map(({ address: { uriText }, reason, counter, privacy }) => [uriText, reason, counter, privacy]),
    [
      ['sip:bob@x', 'user-busy', 2, 'full'],
      ['sip:c@x', 'unknown', 1, undefined],
    ],
  );
  assert.equal(found?.[0] && printDiversion(found[0]), '"Bob" <sip:bob@x>;reason=user-busy;counter=2;privacy=full');
  assert.equal(found?.[1] && printDiversion(found[1]), '<sip:c@x>;reason=unknown;counter=1');
  assert.equal(parseDiversions(fields('Diversion', 'nonsense')), undefined);
  assert.deepEqual(parseDiversions(new HeaderList()), []);
});

test('History-Info: entries with index, embedded reason and privacy (RFC 7044 §5)', () => {
  const found = parseHistory(
    fields(
      'History-Info',
      '<sip:bob@biloxi.example.com>;index=1, <sip:bob@192.0.2.4?Reason=SIP%3Bcause%3D302&Privacy=history>;index=1.1;rc=1',
      '<tel:+1>;index=1.2;mp=1',
    ),
  );
  assert.deepEqual(
    found?.map(({ index, via, reason, isPrivate }) => [index, via?.kind, via?.from, reason, isPrivate]),
    [
      ['1', undefined, undefined, undefined, false],
      ['1.1', 'rc', '1', 'SIP;cause=302', true],
      ['1.2', 'mp', '1', undefined, false],
    ],
  );
  for (const text of ['<sip:a@b>', '<sip:a@b>;index=1.', '<sip:a@b>;index=x', 'nonsense']) {
    assert.equal(parseHistory(fields('History-Info', text)), undefined, text);
  }
  const uri = sipUri({ user: 'a', host: 'b', headers: 'Old=1' });
  const printed = printHistoryEntry(uri, {
    index: '1.1',
    via: { kind: 'mp', from: '1' },
    reason: 'SIP;cause=486',
    isPrivate: true,
  });
  assert.equal(printed, '<sip:a@b?Reason=SIP%3Bcause%3D486&Privacy=history>;index=1.1;mp=1');
  assert.partialDeepStrictEqual(parseHistory(fields('History-Info', printed))?.[0], {
    reason: 'SIP;cause=486',
    isPrivate: true,
  });
  assert.equal(
    printHistoryEntry(uri, { index: '1', via: undefined, reason: undefined, isPrivate: false }),
    '<sip:a@b>;index=1',
  );
});

header('Retry-After', parseRetryAfter, printRetryAfter, [
  ['18000;duration=3600', { delaySec: 18_000, comment: '', durationSec: 3600 }],
  ['5', { delaySec: 5, comment: '', durationSec: undefined }],
  ['x', undefined],
  ['5 (never closes', undefined],
  ['5 )(', undefined],
  ['', undefined],
]);

test('Retry-After: a comment is read, and not printed', () => {
  assert.deepEqual(parseRetryAfter('120 (I am in a (long) meeting) ;duration=60'), {
    delaySec: 120,
    comment: 'I am in a (long) meeting',
    durationSec: 60,
  });
});

header('Date', parseDate, printDate, [
  ['Sat, 13 Nov 2010 23:29:00 GMT', Date.UTC(2010, 10, 13, 23, 29)],
  ['Thu, 29 Feb 2024 00:00:59 GMT', Date.UTC(2024, 1, 29, 0, 0, 59)],
  ['Mon, 29 Feb 2023 00:00:00 GMT', undefined],
  ['Fri, 01 Jan 2010 16:00:00 EST', undefined],
  ['Sat, 13 Foo 2010 23:29:00 GMT', undefined],
  ['Sat, 13 Nov 2010 24:00:00 GMT', undefined],
  ['2010-11-13', undefined],
  ['', undefined],
]);

header('Timestamp', parseTimestamp, printTimestamp, [
  ['54', { sentSec: 54, delaySec: undefined }],
  ['54.25 1.5', { sentSec: 54.25, delaySec: 1.5 }],
  ['9.', { sentSec: 9, delaySec: undefined }, '9'],
  ['x', undefined],
  ['', undefined],
]);

header('Warning', parseWarning, printWarning, [
  [
    '307 isi.edu "Session parameter \'foo\' not understood"',
    { code: 307, agent: 'isi.edu', text: "Session parameter 'foo' not understood" },
  ],
  ['301 h:5060 "a \\"b\\""', { code: 301, agent: 'h:5060', text: 'a "b"' }],
  ['1812 overture "In Progress"', undefined],
  ['307 isi.edu text', undefined],
  ['307 isi.edu "text', undefined],
  ['307 isi.edu "text" more', undefined],
  ['307', undefined],
  ['', undefined],
]);

test('Warning: commas in the text do not part, malformed ones are left out', () => {
  const headers = fields('Warning', '370 h "a, b", 399 i "c"', 'bad');
  assert.deepEqual(
    parseWarnings(headers).map(({ code, text }) => [code, text]),
    [
      [370, 'a, b'],
      [399, 'c'],
    ],
  );
});

test('Info-Package and Recv-Info (RFC 6086 §7)', () => {
  assert.equal(infoPackage(fields('Info-Package', 'foo;x=y')), 'foo');
  assert.equal(infoPackage(fields('Info-Package', 'a b')), undefined);
  assert.equal(infoPackage(new HeaderList()), undefined);
  assert.deepEqual(receivablePackages(fields('Recv-Info', 'foo, bar;x', 'baz')), ['foo', 'bar', 'baz']);
  assert.deepEqual(receivablePackages(fields('Recv-Info', '')), []);
  assert.equal(receivablePackages(fields('Recv-Info', 'a b')), undefined);
  assert.equal(receivablePackages(new HeaderList()), undefined);
});

test('addresses: all fields in order, undefined when one is malformed', () => {
  const routes = parseAddresses(fields('Record-Route', '<sip:p2;lr>,<sip:p1;lr>', '<sip:p0;lr>'), 'Record-Route');
  assert.deepEqual(
    routes?.map((route) => (route.uri as SipUri).host),
    ['p2', 'p1', 'p0'],
  );
  assert.equal(parseAddresses(fields('Path', '<sip:a>, x'), 'Path'), undefined);
});
