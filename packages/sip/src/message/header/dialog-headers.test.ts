import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeaderList } from '../headers.ts';
import {
  infoPackage,
  parseEvent,
  parseMinSe,
  parseRAck,
  parseReferTo,
  parseReplaces,
  parseRSeq,
  parseSessionExpires,
  parseSubscriptionState,
  parseTargetDialog,
  printEvent,
  printRAck,
  printReplaces,
  printSessionExpires,
  printSubscriptionState,
  receivablePackages,
} from './index.ts';
import { fields, header } from './testing.ts';

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

test('Info-Package and Recv-Info (RFC 6086 §7)', () => {
  assert.equal(infoPackage(fields('Info-Package', 'foo;x=y')), 'foo');
  assert.equal(infoPackage(fields('Info-Package', 'a b')), undefined);
  assert.equal(infoPackage(new HeaderList()), undefined);
  assert.deepEqual(receivablePackages(fields('Recv-Info', 'foo, bar;x', 'baz')), ['foo', 'bar', 'baz']);
  assert.deepEqual(receivablePackages(fields('Recv-Info', '')), []);
  assert.equal(receivablePackages(fields('Recv-Info', 'a b')), undefined);
  assert.equal(receivablePackages(new HeaderList()), undefined);
});
