import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { emailAddress, emailDomain, emailKey, isSameEmail } from './email.ts';

describe('emailKey', () => {
  const same: readonly [name: string, a: string, b: string][] = [
    ['case on both sides', 'Anna.Lindner@Example.COM', 'anna.lindner@example.com'],
    ['space around', ' anna@example.com ', 'anna@example.com'],
    ['a dot at the end of the domain', 'anna@example.com.', 'anna@example.com'],
    ['composed and decomposed letters', 'j\u00fcrgen@example.com', 'ju\u0308rgen@example.com'],
    ['a Kelvin sign and a K, which Unicode makes one (NFC)', 'mi\u212ae@example.com', 'mike@example.com'],
    ['case of letters beyond ASCII', 'JÜRGEN@example.com', 'jürgen@example.com'],
    ['an international domain and its ASCII form', 'anna@bücher.example', 'anna@xn--bcher-kva.example'],
    ['an international domain in another case', 'anna@BÜCHER.Example', 'anna@XN--BCHER-KVA.example'],
    ['an ideographic full stop in the domain (RFC 3490 §3.1)', 'anna@例え。jp', 'anna@例え.jp'],
  ];
  for (const [name, a, b] of same) it(`takes for one: ${name}`, () => assert.ok(isSameEmail(a, b)));

  const different: readonly [name: string, a: string, b: string][] = [
    ['with and without what follows a plus', 'anna+phone@example.com', 'anna@example.com'],
    ['with and without a dot in the local part', 'ann.a@example.com', 'anna@example.com'],
    ['another domain', 'anna@example.org', 'anna@example.com'],
    ['a Cyrillic а', '\u0430nna@example.com', 'anna@example.com'],
    ['a Cyrillic е in the domain', 'anna@\u0435xample.com', 'anna@example.com'],
    ['a dotless ı', 'ann\u0131@example.com', 'anni@example.com'],
    ['a capital I with dot', 'ann\u0130@example.com', 'anni\u0307@example.com'],
    ['a sharp s and two of them', 'groß@example.com', 'gross@example.com'],
  ];
  for (const [name, a, b] of different) it(`tells apart: ${name}`, () => assert.ok(!isSameEmail(a, b)));

  it('takes anything, an address or not', () => {
    for (const text of ['', '@', 'Anna', 'a@b@c', '@@', 'x@%41', 'x@[::1]'])
      assert.equal(typeof emailKey(text), 'string');
  });

  it('is its own key', () => {
    for (const [, a, b] of [...same, ...different]) {
      assert.equal(emailKey(emailKey(a)), emailKey(a));
      assert.equal(emailKey(emailKey(b)), emailKey(b));
    }
  });
});

describe('emailAddress', () => {
  const good = [
    'anna@example.com',
    'anna+phone@example.co.uk',
    "o'neil@example.com",
    'jürgen@bücher.example',
    'x_y@a-b.de',
  ];
  for (const text of good) it(`is ${text}`, () => assert.equal(emailAddress.parse(text), text));

  const bad: readonly [text: string, why: string][] = [
    ['anna', 'no domain'],
    ['anna@', 'no domain'],
    ['@example.com', 'no local part'],
    ['anna@localhost', 'one label'],
    ['anna@10.0.0.1', 'an IP address'],
    ['anna@exa mple.com', 'space'],
    ['anna@example..com', 'an empty label'],
    ['.anna@example.com', 'a dot first'],
    ['an..na@example.com', 'two dots'],
    ['anna@-example.com', 'a hyphen first'],
    ['a@b@example.com', 'two signs'],
    ['Anna <anna@example.com>', 'a name'],
    ['anna@example.com\r\nBcc: x@example.com', 'a line break'],
    ['\uff41nna@example.com', 'full width'],
    ['\ufb01nn@example.com', 'a ligature'],
    ['an\u200bna@example.com', 'invisible signs'],
    ['anna@example.com\u202e', 'turned around'],
    [`${'a'.repeat(250)}@example.com`, 'too long'],
  ];
  for (const [text, why] of bad) {
    it(`is not ${JSON.stringify(text.slice(0, 50))}: ${why}`, () => assert.ok(!emailAddress.safeParse(text).success));
  }
});

describe('emailDomain', () => {
  it('is in the form in which domains are compared', () =>
    assert.equal(emailDomain('a@BÜCHER.example.'), 'xn--bcher-kva.example'));
  it('is not there without an address', () => assert.equal(emailDomain('anna'), undefined));
});
