import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { areParams, findParam, parseParams, printParam } from './params.ts';
import { decodeUtf8, encodeUtf8, firstElement, isToken, quote, splitList, trimBlanks, unquote } from './text.ts';

test('quoted strings come back, control characters as blanks', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const quoted = quote(text);
      assert.match(quoted, /^"[^\x00-\x1f\x7f]*"$/);
      assert.equal(unquote(quoted), text.replace(/[\x00-\x1f\x7f]/g, ' '));
    }),
  );
});

test('text comes back from octets', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      assert.match(encodeUtf8(text), /^[\x00-\xff]*$/);
      assert.equal(decodeUtf8(encodeUtf8(text)), text);
    }),
  );
});

test('blanks are SP, TAB, CR and LF, not what JavaScript takes for one', () => {
  assert.equal(trimBlanks(' \t\r\na b\xa0\x0b '), 'a b\xa0\x0b');
  assert.equal(trimBlanks('\xa0'), '\xa0');
  assert.equal(trimBlanks(' \t '), '');
});

test('lists are split outside quotes and brackets; the first element of one', () => {
  const cases: [string, string[]][] = [
    ['', []],
    [' , ,', []],
    ['a', ['a']],
    [' a , b,c ', ['a', 'b', 'c']],
    [String.raw`"a,\",b", <c,d>,e`, [String.raw`"a,\",b"`, '<c,d>', 'e']],
    ['"a,b', ['"a,b']],
    ['<a,b', ['<a,b']],
    ['a\xa0,b', ['a\xa0', 'b']],
  ];
  for (const [text, elements] of cases) {
    assert.deepEqual(splitList(text), elements, text);
    if (text.includes(',')) assert.equal(firstElement(text), elements[0] ?? '', text);
  }
});

test('tokens', () => {
  for (const text of ['a', "a-Z.!%*_+`'~9"]) assert.equal(isToken(text), true, text);
  for (const text of ['', 'a b', 'a@b', 'a:b', '"a"', 'é', 'a\0', '日']) assert.equal(isToken(text), false, text);
});

test('a parameter is found by its whole name, in any case, outside quotes', () => {
  const text = '; Tag = a ;x="1;tag=no\\"";empty;zero=; q = "b c" ;last=z';
  const expected: Record<string, string | undefined> = {
    tag: 'a',
    x: '1;tag=no"',
    empty: '',
    zero: '',
    q: 'b c',
    last: 'z',
    ta: undefined,
    tagg: undefined,
    no: undefined,
  };
  for (const [name, value] of Object.entries(expected)) assert.equal(findParam(text, name), value, name);
  assert.equal(findParam('', 'tag'), undefined);
  assert.equal(findParam(';', 'tag'), undefined);
  assert.deepEqual(
    [...parseParams(';A=1;b;a=2;c="J\xc3\xbc"')],
    [
      ['a', '1'],
      ['b', ''],
      ['c', 'Jü'],
    ],
  );
});

test('parameter text is a chain of names and values', () => {
  const good = ['', ';a', ';a=b', ' '.trim(), ';a ; b = c ;d="; =" ', ';a=', ';a=[::1]:5', ';a=b@c/d'];
  const bad = ['a', ';', ';;a', ';a;', ';=b', ';a=b c', ';a="b', ';a=b,c', ';a<b', ';a=b=c"', ',', ';a="b"c'];
  for (const text of good) assert.equal(areParams(text), true, text);
  for (const text of bad) assert.equal(areParams(text), false, text);
});

test('a printed parameter is read back', () => {
  const octets = fc.string({ unit: fc.integer({ min: 0x20, max: 0xff }).map((c) => String.fromCharCode(c)) });
  fc.assert(
    fc.property(
      octets.filter((text) => !text.includes('\x7f')),
      (value) => {
        const text = printParam('name', value);
        assert.equal(areParams(text), true);
        assert.equal(findParam(`;x=1${text};y=2`, 'name'), value);
      },
    ),
  );
  assert.equal(printParam('received', '[::1]'), ';received=[::1]');
});
