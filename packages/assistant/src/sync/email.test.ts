/** Phone system and cloud compare addresses each by a function of its own: they have to be of one mind, whatever is written. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emailKey as cloudKey } from '@unisono/contract';
import { emailKey } from '@unisono/pbx';
import fc from 'fast-check';

const WRITTEN = [
  ' Anna.Lindner@Example.COM. ',
  'anna@BÜCHER.Example',
  'anna@例え。jp。',
  'ju\u0308rgen@example.com',
  'ann\u0130@example.com',
  'anni\u0307@example.com',
  'anna@bücher.example:80',
  'anna@bücher.example/there',
  'anna',
  '@',
];

test('addresses that people write', () => {
  assert.deepEqual(WRITTEN.map(emailKey), WRITTEN.map(cloudKey));
});

test('any text', () => {
  const piece = fc.constantFrom(
    'a',
    'A',
    'ü',
    'u\u0308',
    '\u0130',
    'K',
    '@',
    '.',
    '。',
    ':',
    '/',
    ' ',
    'xn--',
    '\u0131',
    '١',
  );
  const text = fc.oneof(
    fc.array(piece, { maxLength: 12 }).map((all) => all.join('')),
    fc.string({ unit: 'grapheme' }),
  );
  fc.assert(
    fc.property(text, (written) => assert.equal(emailKey(written), cloudKey(written))),
    { numRuns: 2_000 },
  );
});
