import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  parseDate,
  parseRetryAfter,
  parseTimestamp,
  parseWarning,
  parseWarnings,
  printDate,
  printRetryAfter,
  printTimestamp,
  printWarning,
} from './index.ts';
import { fields, header } from './testing.ts';

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
