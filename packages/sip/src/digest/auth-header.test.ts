import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { quote } from '../message/text.ts';
import { parseAuthSchemes } from './auth-header.ts';

const CASES: Record<string, [string, [string, Record<string, string>][] | undefined]> = {
  'one challenge': ['Digest realm="a", nonce=b', [['digest', { realm: 'a', nonce: 'b' }]]],
  'several challenges in one field': [
    'Digest realm="a", nonce="n", Basic realm="b", NewScheme',
    [
      ['digest', { realm: 'a', nonce: 'n' }],
      ['basic', { realm: 'b' }],
      ['newscheme', {}],
    ],
  ],
  'commas, equal signs and escapes within quotes': [
    String.raw`Digest realm="a, b=\"c\" \\", uri="sip:x;y=1,2"`,
    [['digest', { realm: 'a, b="c" \\', uri: 'sip:x;y=1,2' }]],
  ],
  'blanks around equal signs, empty list elements': [
    'digest  realm = "a" ,, nonce\t=\tb ,',
    [['digest', { realm: 'a', nonce: 'b' }]],
  ],
  'no comma between parameters': ['Digest realm="a" nonce="b"', [['digest', { realm: 'a', nonce: 'b' }]]],
  'names in any case, the first of two counts': ['Digest REALM="a", realm="b"', [['digest', { realm: 'a' }]]],
  'an empty value': ['Digest opaque="", qop=', [['digest', { opaque: '', qop: '' }]]],
  'nothing at all': ['', []],
  'a parameter before any scheme': ['realm="a"', undefined],
  'a quote that never closes': ['Digest realm="a, nonce=b', undefined],
  'an escaped closing quote': [String.raw`Digest realm="a\"`, undefined],
  'a quote out of place': ['Digest "realm"="a"', undefined],
  'an equal sign out of place': ['Digest =a', undefined],
};

for (const [name, [field, expected]] of Object.entries(CASES)) {
  test(`authentication field: ${name}`, () => {
    const found = parseAuthSchemes(field);
    assert.deepEqual(
      found?.map(({ scheme, params }) => [scheme, Object.fromEntries(params)]),
      expected,
    );
  });
}

test('any text is read without throwing, and what was quoted comes back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      parseAuthSchemes(text);
      const value = text.replace(/[\x00-\x1f\x7f]/g, ' ');
      assert.equal(parseAuthSchemes(`Digest a=${quote(text)}, b=c`)?.[0]?.params.get('a'), value);
    }),
  );
});
