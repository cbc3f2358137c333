import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NameAddr, parseNameAddr } from './name-addr.ts';
import { HeaderInjectionError } from './printable.ts';

/** Text → display name, URI, tag. */
const VALID: [string, string, string, string | undefined][] = [
  ['"A. G. Bell" <sip:agb@bell-telephone.com>;tag=a48s', 'A. G. Bell', 'sip:agb@bell-telephone.com', 'a48s'],
  ['sip:+12125551212@server.phone2net.com;tag=887s', '', 'sip:+12125551212@server.phone2net.com', '887s'],
  ['Anonymous <sip:c8oqz84zk7z@privacy.org>;tag=hyh8', 'Anonymous', 'sip:c8oqz84zk7z@privacy.org', 'hyh8'],
  ['caller<sip:caller@example.com>', 'caller', 'sip:caller@example.com', undefined],
  ['<sip:a@b;lr?x=y>;x', '', 'sip:a@b;lr?x=y', undefined],
  ['  Two  Words \t<sip:a@b> ; Tag = "q" ; b', 'Two  Words', 'sip:a@b', 'q'],
  [String.raw`"a \"b\" <c> ; \\" <sip:a@b>;tag=1`, 'a "b" <c> ; \\', 'sip:a@b', '1'],
  ['"" <sip:a@b>', '', 'sip:a@b', undefined],
  ['"J\xc3\xbcrgen" <sip:a@b>', 'Jürgen', 'sip:a@b', undefined],
  ['J\xc3\xa0 <sip:a@b>', 'Jà', 'sip:a@b', undefined],
  ['tel:+1201;tag=x', '', 'tel:+1201', 'x'],
  ['<tel:+1201;ext=5>;tag=x', '', 'tel:+1201;ext=5', 'x'],
  ['<sip:a@b>;tag=abc@10.0.0.1/7', '', 'sip:a@b', 'abc@10.0.0.1/7'],
  ['<sip:a@b>;a=";tag=no";tag=yes', '', 'sip:a@b', 'yes'],
  ['<sip:a@b>;notag=1;xtag=2;tag', '', 'sip:a@b', ''],
];

for (const [text, display, uriText, tag] of VALID) {
  test(`address: ${text}`, () => {
    const found = parseNameAddr(text);
    assert.deepEqual([found?.displayName, found?.uriText, found?.tag], [display, uriText, tag]);
    assert.deepEqual(parseNameAddr(String(found)), found);
  });
}

const INVALID: Record<string, string> = {
  'nothing at all': '',
  'a quote that never closes': '"Mr. J. User <sip:j.user@example.com>',
  'a bracket that never closes': '<sip:a@b',
  'nothing in the brackets': '<>',
  'no scheme': '<alice>',
  'a name and no brackets': 'Alice sip:a@b',
  'a quoted name and no brackets': '"Alice" sip:a@b',
  'a comma in a bare name': 'Bell, Alexander <sip:a.g.bell@example.com>',
  'blanks within the brackets': '"Watson, Thomas" < sip:t.watson@example.org >',
  'brackets within brackets': '<sip:a<b@c>>',
  'something between name and bracket': '"A" x <sip:a@b>',
  'something behind the brackets': '<sip:a@b> x',
  'an empty parameter': '<sip:a@b>;;tag=1',
  'a semicolon at the end': '<sip:a@b>;',
  'a parameter without name': '<sip:a@b>;=x',
  'a comma among the parameters': '<sip:a@b>;tag=1,2',
  'a quote that never closes in a parameter': '<sip:a@b>;x="1',
  'a question mark without brackets': 'sip:user@example.com?Route=%3Csip:sip.example.com%3E',
  'a comma without brackets': 'sip:a,b@c',
  'a blank without brackets': 'sip:a @c',
  'a control character in the URI': '<sip:a\x01@b>',
};

for (const [name, text] of Object.entries(INVALID)) {
  test(`no address: ${name}`, () => assert.equal(parseNameAddr(text), undefined));
}

test('one made of any display name is read back, control characters as blanks', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      const text = NameAddr.make(name, 'sip:a@b', ';tag=1').toString();
      assert.doesNotMatch(text, /[\r\n\0\u0100-\uffff]/);
      const found = parseNameAddr(text);
      assert.equal(found?.displayName, name.toWellFormed().replace(/[\x00-\x1f\x7f]/g, ' '));
      assert.deepEqual([found?.uriText, found?.tag], ['sip:a@b', '1']);
    }),
  );
});

test('one is not made of a URI or of parameters that end too early', () => {
  for (const uriText of ['sip:a@b>;tag=x', 'sip:a@b\r\nX: y', 'sip:a b', 'sip:"', 'sip:\u010a']) {
    assert.throws(() => NameAddr.make('', uriText), HeaderInjectionError, uriText);
  }
  for (const params of ['x', ';tag=1\r\nX: y', ';tag=1,<sip:b@c>', ';', ';tag="']) {
    assert.throws(() => NameAddr.make('', 'sip:a@b', params), HeaderInjectionError, params);
  }
});
