import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { anySystemData } from '../testing/any-system.ts';
import { officeData } from '../testing/office.ts';
import { exportSystem } from './export-system.ts';
import { readPlainYaml } from './plain-yaml.ts';
import { readSource } from './source.ts';

/** The rule of this reader: it says what the library says, or nothing. */
function agrees(text: string): void {
  const plain = readPlainYaml(text);
  if (plain === undefined) return;
  const source = readSource(text);
  assert.ok(!('errors' in source), `${text}\n${JSON.stringify(source)}`);
  assert.deepEqual(plain.value, source.value, text);
}

describe('readPlainYaml', () => {
  const read: readonly [name: string, text: string, value: unknown][] = [
    ['fields', 'a: b\nc: "1"\n', { a: 'b', c: '1' }],
    ['fields in fields', 'a:\n  b:\n    c: d\n  e: f\n', { a: { b: { c: 'd' }, e: 'f' } }],
    ['lists of fields', 'a:\n  - b: c\n    d: e\n  - b: f\n', { a: [{ b: 'c', d: 'e' }, { b: 'f' }] }],
    [
      'lists that are not indented',
      'a:\n- b: c\n  d: e\n- b: f\ng: h\n',
      { a: [{ b: 'c', d: 'e' }, { b: 'f' }], g: 'h' },
    ],
    ['lists of words', 'a:\n  - b c\n  - \'d: #\'\n  - "e"\n', { a: ['b c', 'd: #', 'e'] }],
    ['a list as the whole', '- a\n- b\n', ['a', 'b']],
    ['digits as text', 'a: 0123\nb: +49171\n', { a: '0123', b: '+49171' }],
    ['true and false', 'a: true\nb: false\n', { a: true, b: false }],
    ['empty ones', 'a: []\nb: {}\nc: ""\n', { a: [], b: {}, c: '' }],
    ['comments and empty lines between', '# x\n\na: b\n  # y\nc: d', { a: 'b', c: 'd' }],
    ['fields in a list in a list entry', '- a:\n    - b\n  c: d\n', [{ a: ['b'], c: 'd' }]],
  ];
  for (const [name, text, value] of read) {
    it(`reads ${name}`, () => {
      assert.deepEqual(readPlainYaml(text), { value });
      agrees(text);
    });
  }

  const left: readonly [name: string, text: string][] = [
    ['nothing', ''],
    ['a name without a value', 'a:\nb: c\n'],
    ['a name at the end without a value', 'a:'],
    ['a field that stands twice', 'a: b\na: c\n'],
    ['a comment behind a value', 'a: b # c\n'],
    ['a colon in a value', 'a: b: c\n'],
    ['flow collections', 'a: [b]\n'],
    ['anchors', 'a: &b c\n'],
    ['escapes', 'a: "\\n"\n'],
    ['a quote in a quote', "a: 'it''s'\n"],
    ['a value over two lines', 'a: b\n  c\n'],
    ['tabs', 'a:\n\tb: c\n'],
    ['Windows line ends', 'a: b\r\nc: d\r\n'],
    ['a document marker', '---\na: b\n'],
    ['null', 'a: null\n'],
    ['a list entry over fields', '-\n  a: b\n'],
    ['a list entry with wide spacing', '-   a: b\n    c: d\n'],
    ['a line further out than it began', '  a: b\nc: d\n'],
    ['a line between two levels', 'a:\n    b: c\n  d: e\n'],
    ['an invisible sign', 'a: b\u2028c\n'],
  ];
  for (const [name, text] of left)
    it(`leaves ${name} to the library`, () => assert.equal(readPlainYaml(text), undefined));

  it('reads what is exported, unless a text needs escapes', () => {
    assert.deepEqual(readPlainYaml(exportSystem(officeData())) === undefined, false);
  });

  it('agrees with the library on every export, by us and by others', () => {
    const styles = fc.constantFrom({ indentSeq: false }, { singleQuote: true }, { indent: 4 }, {});
    fc.assert(
      fc.property(anySystemData, styles, (data, style) => {
        agrees(exportSystem(data));
        agrees(stringify(data, style));
      }),
      { numRuns: 30 },
    );
  });

  it('agrees with the library on whatever looks like YAML', () => {
    const indent = fc.constantFrom('', '', '  ', '  ', '    ', ' ', '\t');
    const body = fc.constantFrom(
      'a: b',
      'b: "c"',
      'c:',
      'd:',
      '- e',
      '- f: g',
      '-',
      '- - h',
      'i j: k',
      "l: 'm'",
      'n: [o]',
      '# p',
      '',
      'q',
      'r: s t',
      'u: -v',
      'w: x  y',
      '- z:',
      'a: *b',
      "c: d'",
      'e: yes ',
      'f: ~',
      '- "g: h"',
      'i: ()',
      'j: @k',
      'l: .m',
      'n: é',
      'o: ...',
      '...',
      'p: +-*',
    );
    const text = fc
      .array(fc.tuple(indent, body), { maxLength: 8 })
      .map((lines) => lines.map((line) => line.join('')).join('\n'));
    fc.assert(fc.property(text, agrees), { numRuns: 2000 });
  });
});
