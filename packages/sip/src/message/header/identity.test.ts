import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeaderList } from '../headers.ts';
import { sipUri } from '../uri.ts';
import {
  parseDiversions,
  parseHistory,
  parseIdentity,
  parsePrivacy,
  parseReason,
  parseReasons,
  printDiversion,
  printHistoryEntry,
  printPrivacy,
  printReason,
} from './index.ts';
import { fields, header } from './testing.ts';

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
