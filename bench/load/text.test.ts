import assert from 'node:assert/strict';
import { test } from 'node:test';
import { challengeOf } from './digest.ts';
import {
  branchOf,
  headerOf,
  headersOf,
  methodOf,
  requestUser,
  responseTo,
  routeLines,
  statusOf,
  uriOf,
} from './text.ts';

const INVITE = [
  'INVITE sip:answer-7@127.0.0.1:6000 SIP/2.0',
  'Record-Route: <sip:127.0.0.1:5060;lr>',
  'Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKouter.1;rport',
  'Via: SIP/2.0/UDP 127.0.0.1:7000;branch=z9hG4bKinner',
  'From: <sip:a@b>;tag=1',
  'To: <sip:c@d>',
  'Call-ID: x',
  'CSeq: 1 INVITE',
  '\r\n',
].join('\r\n');

test('a request is read', () => {
  assert.equal(statusOf(INVITE), 0);
  assert.equal(methodOf(INVITE), 'INVITE');
  assert.equal(requestUser(INVITE), 'answer-7');
  assert.equal(branchOf(INVITE), 'z9hG4bKouter.1');
  assert.equal(headersOf(INVITE, 'Via').length, 2);
});

test('a response takes over what it must and tags the To', () => {
  const response = responseTo(INVITE, '180 Ringing', 't1');
  assert.equal(statusOf(response), 180);
  assert.equal(methodOf(response), 'INVITE');
  assert.deepEqual(headersOf(response, 'Via'), headersOf(INVITE, 'Via'));
  assert.equal(headerOf(response, 'To'), '<sip:c@d>;tag=t1');
  assert.equal(routeLines(response), 'Route: <sip:127.0.0.1:5060;lr>\r\n');
});

test('a URI is found with and without angle brackets', () => {
  assert.equal(uriOf('"A" <sip:a@b;transport=udp>;expires=3'), 'sip:a@b;transport=udp');
  assert.equal(uriOf('sip:a@b;expires=3'), 'sip:a@b');
});

test('of several challenges the one for MD5 is taken', () => {
  const sha = 'WWW-Authenticate: Digest realm="r", nonce="1", algorithm=SHA-256, qop="auth"';
  const md5 = 'WWW-Authenticate: Digest realm="r", nonce="2", algorithm=MD5, qop="auth"';
  const response = `SIP/2.0 401 Unauthorized\r\n${sha}\r\n${md5}\r\n\r\n`;
  assert.deepEqual(challengeOf(response), { realm: 'r', nonce: '2', hasQop: true, opaque: '' });
  assert.equal(challengeOf('SIP/2.0 401 Unauthorized\r\n\r\n'), undefined);
});
