import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HeaderInjectionError } from './printable.ts';
import { escapeUser, parseUri, printUri, type SipUri, sameSipUri, sipUri, unescapeUri } from './uri.ts';
import { parseUriHeaders, printUriHeaders } from './uri-headers.ts';

const sip = (text: string) => parseUri(text) as SipUri;

/** RFC 3261 §19.1.1, §19.1.3: text, and its parts. */
const VALID: [string, Partial<Omit<SipUri, 'params'>> & { params?: Record<string, string> }][] = [
  ['sip:alice@atlanta.com', { scheme: 'sip', user: 'alice', host: 'atlanta.com', port: undefined }],
  [
    'sip:alice:secretword@atlanta.com;transport=tcp',
    { user: 'alice', password: 'secretword', params: { transport: 'tcp' } },
  ],
  [
    'sips:alice@atlanta.com?subject=project%20x&priority=urgent',
    { scheme: 'sips', headers: 'subject=project%20x&priority=urgent' },
  ],
  [
    'sip:+1-212-555-1212:1234@gateway.com;user=phone',
    { user: '+1-212-555-1212', password: '1234', host: 'gateway.com' },
  ],
  ['sips:1212@gateway.com', { scheme: 'sips', user: '1212' }],
  ['sip:alice@192.0.2.4', { host: '192.0.2.4' }],
  [
    'sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com',
    { user: undefined, params: { method: 'REGISTER' }, headers: 'to=alice%40atlanta.com' },
  ],
  ['sip:alice;day=tuesday@atlanta.com', { user: 'alice;day=tuesday', params: {} }],
  ['SIP:Alice@ATLANTA.Com:5061', { scheme: 'sip', user: 'Alice', host: 'atlanta.com', port: 5061 }],
  ['sip:[2001:DB8::1]:5060;lr', { host: '[2001:db8::1]', port: 5060, params: { lr: '' } }],
  ['sip:x@h.;Maddr=%31;a=b%3bc', { host: 'h.', params: { maddr: '1', a: 'b;c' } }],
  ['sip:*100@pbx', { user: '*100', host: 'pbx' }],
  ['sip:%23100@my_pbx.local', { user: '%23100', host: 'my_pbx.local' }],
  // Not in the grammar: baresip and others dial feature codes so.
  ['sip:*21*4711#@pbx', { user: '*21*4711%23', host: 'pbx' }],
  ['sip:b@x?Replaces=a@b;to-tag=1,2', { headers: 'Replaces=a@b;to-tag=1,2' }],
];

for (const [text, expected] of VALID) {
  test(`URI: ${text}`, () => {
    const uri = sip(text);
    const { params, ...parts } = expected;
    assert.partialDeepStrictEqual(uri, parts);
    if (params) assert.deepEqual(Object.fromEntries(uri.params), params);
    assert.deepEqual(parseUri(printUri(uri)), uri);
  });
}

const INVALID: Record<string, string> = {
  'nothing at all': '',
  'no scheme': 'alice@atlanta.com',
  'an empty scheme': ':alice@atlanta.com',
  'no host': 'sip:alice@',
  'nothing behind the scheme': 'sip:',
  'an empty user': 'sip:@host',
  'a hash in the host': 'sip:100@ho#st',
  'a blank in the user': 'sip:a b@host',
  'half an escape': 'sip:a%4@host',
  'an escape that is none': 'sip:a%zz@host',
  'a bracket in the user': 'sip:a<b@host',
  'octets beyond ASCII': 'sip:j\xc3\xbcrgen@host',
  'an empty port': 'sip:host:',
  'a port too large': 'sip:host:65536',
  'a port of letters': 'sip:host:sip',
  'IPv6 without brackets': 'sip:2001:db8::10',
  'IPv6 that never closes': 'sip:[2001:db8::10',
  'something behind the brackets': 'sip:[::1]x',
  'an empty parameter': 'sip:host;;lr',
  'a parameter without name': 'sip:host;=x',
  'a parameter without value': 'sip:host;x=',
  'a parameter twice': 'sip:host;x=1;X=2',
  'a blank in a parameter': 'sip:host; lr',
  'a bracket in a header': 'sip:host?a=<b>',
  'a number for a host': 'sip:256.1.1.1',
  'too few numbers': 'sip:1.2.3',
  'a hyphen at the end of a label': 'sip:a-.b',
  'an empty label': 'sip:a..b',
  'letters in a telephone number': 'tel:phone',
  'an empty telephone number': 'tel:',
  'a blank in another scheme': 'http://a b',
};

for (const [name, text] of Object.entries(INVALID)) {
  test(`no URI: ${name}`, () => assert.equal(parseUri(text), undefined));
}

test('RFC 3966: telephone numbers lose their visual separators', () => {
  const uri = parseUri('tel:+1-201-555.0123;ext=5;phone-context=example.com');
  assert.ok(uri?.scheme === 'tel');
  assert.equal(uri.number, '+12015550123');
  assert.equal(uri.params.get('ext'), '5');
  assert.equal(printUri(uri), 'tel:+12015550123;ext=5;phone-context=example.com');
});

test('other schemes are kept as they are', () => {
  for (const text of [
    'urn:service:sos',
    'http://www.example.com/x?y=1',
    'nobodyKnowsThisScheme:totallyopaquecontent',
  ]) {
    assert.deepEqual(parseUri(text), { scheme: 'other', text });
  }
});

/** RFC 3261 §19.1.4, both lists. */
const EQUAL: [string, string][] = [
  ['sip:%61lice@atlanta.com;transport=TCP', 'sip:alice@AtLanTa.CoM;Transport=tcp'],
  ['sip:carol@chicago.com', 'sip:carol@chicago.com;newparam=5'],
  ['sip:carol@chicago.com', 'sip:carol@chicago.com;security=on'],
  [
    'sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com',
    'sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com',
  ],
  [
    'sip:alice@atlanta.com?subject=project%20x&priority=urgent',
    'sip:alice@atlanta.com?priority=urgent&subject=project%20x',
  ],
];
const DIFFERENT: [string, string][] = [
  ['SIP:ALICE@AtLanTa.CoM;Transport=udp', 'sip:alice@AtLanTa.CoM;Transport=UDP'],
  ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:5060'],
  ['sip:bob@biloxi.com', 'sip:bob@biloxi.com;transport=udp'],
  ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:6000;transport=tcp'],
  ['sip:carol@chicago.com', 'sip:carol@chicago.com?Subject=next%20meeting'],
  ['sip:bob@phone21.boxesbybob.com', 'sip:bob@192.0.2.4'],
  ['sip:carol@chicago.com;security=on', 'sip:carol@chicago.com;security=off'],
  ['sip:alice@a.com', 'sips:alice@a.com'],
  ['sip:alice:x@a.com', 'sip:alice@a.com'],
];

test('RFC 3261 §19.1.4: equal URIs', () => {
  for (const [a, b] of EQUAL) assert.equal(sameSipUri(sip(a), sip(b)) && sameSipUri(sip(b), sip(a)), true, `${a} ${b}`);
});

test('RFC 3261 §19.1.4: different URIs', () => {
  for (const [a, b] of DIFFERENT) {
    assert.equal(sameSipUri(sip(a), sip(b)) || sameSipUri(sip(b), sip(a)), false, `${a} ${b}`);
  }
});

const byteString = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((c) => String.fromCharCode(c)) });

test('any byte string goes through the user part', () => {
  fc.assert(
    fc.property(byteString, (user) => {
      assert.equal(unescapeUri(sip(`sip:${escapeUser(user)}x@h`).user ?? ''), `${user}x`);
    }),
  );
});

test('whatever the parts hold, what is printed is one URI with that host and those parameters', () => {
  const param = fc.tuple(byteString, byteString).filter(([name]) => name !== '');
  const parts = fc.record({
    user: byteString,
    password: byteString,
    params: fc.array(param, { maxLength: 3 }),
    headers: byteString,
  });
  fc.assert(
    fc.property(parts, ({ user, password, params, headers }) => {
      const map = new Map(params.map(([name, value]) => [name.toLowerCase(), value]));
      const text = printUri(sipUri({ user: `u${user}`, password, params: map, headers, host: 'h.example' }));
      assert.match(text, /^[\x21-\x7e]+$/);
      assert.doesNotMatch(text, /[<>"]/);
      const uri = sip(text);
      assert.equal(uri.host, 'h.example');
      assert.deepEqual(uri.params, map);
    }),
  );
});

test('a host that is none is not printed, nor another scheme with a break in it', () => {
  for (const host of ['', 'a b', 'h>', 'h\r\nX: y', 'a;b', '[::1', 'é']) {
    assert.throws(() => printUri(sipUri({ host })), HeaderInjectionError, host);
  }
  assert.throws(() => printUri({ scheme: 'other', text: 'urn:a\r\nX: y' }), HeaderInjectionError);
  assert.throws(() => printUri({ scheme: 'tel', number: '+1>', params: new Map() }), HeaderInjectionError);
});

test('RFC 3261 §19.1.1: headers in a URI, there and back', () => {
  const headers = parseUriHeaders('Replaces=12%40h%3Bto-tag%3Da%3Bfrom-tag%3Db&subject=x%20y&empty=');
  assert.equal(headers?.get('Replaces'), '12@h;to-tag=a;from-tag=b');
  assert.equal(headers?.get('Subject'), 'x y');
  assert.equal(headers?.get('Empty'), '');
  assert.equal(headers && printUriHeaders(headers), 'Replaces=12%40h%3Bto-tag%3Da%3Bfrom-tag%3Db&Subject=x%20y&Empty=');
});

test('a header in a URI can break no line', () => {
  for (const text of ['a=b%0d%0aX:%20y', 'a=%00', 'a%0d=b', '=b', 'a%20b=c', 'a=b&', '&']) {
    assert.equal(parseUriHeaders(text), undefined, text);
  }
});
