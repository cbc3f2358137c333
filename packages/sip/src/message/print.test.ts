import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeResponse, reasonPhrase } from './build.ts';
import { HeaderList } from './headers.ts';
import { IncompleteMessageError, SipRequest, SipResponse } from './message.ts';
import { parseMessage } from './parse.ts';
import { printMessage } from './print.ts';

function request(to = '<sip:b@example.com>'): SipRequest {
  const headers = new HeaderList()
    .append('Via', 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa')
    .append('Via', 'SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKb')
    .append('From', '<sip:a@example.com>;tag=1')
    .append('To', to)
    .append('Call-ID', 'c')
    .append('CSeq', '1 INVITE')
    .append('Timestamp', '54')
    .append('Record-Route', '<sip:p;lr>');
  return new SipRequest('INVITE', 'sip:b@example.com', headers);
}

test('a request is printed octet by octet; Content-Length is always that of the body', () => {
  const message = new SipRequest('INFO', 'sip:b@x', new HeaderList().append('Content-Length', '99').append('s', 'x'));
  message.body = Buffer.from('jä');
  assert.equal(printMessage(message).toString(), 'INFO sip:b@x SIP/2.0\r\nSubject: x\r\nContent-Length: 3\r\n\r\njä');
});

test('a response is printed', () => {
  assert.equal(
    printMessage(new SipResponse(486, 'Busy Here', new HeaderList().append('X-A', 'b'))).toString(),
    'SIP/2.0 486 Busy Here\r\nX-A: b\r\nContent-Length: 0\r\n\r\n',
  );
});

test('RFC 3261 §8.2.6.2: what a response copies', () => {
  const response = makeResponse(request(), 180, { toTag: 't' });
  const { headers } = response;
  assert.deepEqual([response.status, response.reason], [180, 'Ringing']);
  assert.deepEqual(headers.all('Via'), request().headers.all('Via'));
  assert.equal(headers.get('To'), '<sip:b@example.com>;tag=t');
  assert.deepEqual(
    ['From', 'Call-ID', 'CSeq', 'Timestamp', 'Record-Route'].map((name) => headers.get(name)),
    ['<sip:a@example.com>;tag=1', 'c', '1 INVITE', undefined, undefined],
  );
});

test('a 100 takes the Timestamp over; a To with a tag keeps it; headers, reason and body as given', () => {
  assert.equal(makeResponse(request(), 100).headers.get('Timestamp'), '54');
  const options = { toTag: 't', reason: 'Nope', headers: [['Allow', 'ACK']] as const, body: Buffer.from('x') };
  const response = makeResponse(request('<sip:b@x>;tag=old'), 405, options);
  assert.deepEqual([response.headers.get('To'), response.headers.get('Allow')], ['<sip:b@x>;tag=old', 'ACK']);
  assert.deepEqual([response.reason, response.body.toString()], ['Nope', 'x']);
});

test('a status without a phrase of its own has that of its class', () => {
  assert.equal(reasonPhrase(486), 'Busy Here');
  assert.equal(reasonPhrase(499), 'Bad Request');
  assert.equal(reasonPhrase(199), 'Early Dialog Terminated');
  assert.equal(reasonPhrase(999), 'Unknown');
});

test('a request that was parsed with a NUL as quoted pair can be answered', () => {
  const raw = printMessage(request('"\\\0" <sip:b@x>'));
  const result = parseMessage(raw);
  assert.ok(result.ok && result.message.kind === 'request');
  assert.equal(makeResponse(result.message, 200, { toTag: 't' }).headers.get('To'), '"\\\0" <sip:b@x>;tag=t');
});

test('reading what was never set is a bug and says so', () => {
  assert.throws(() => new SipRequest('INVITE', 'sip:x').from, IncompleteMessageError);
  assert.equal(request().cseq.method, 'INVITE');
});

test('the Request-URI is decoded anew when its text changes', () => {
  const message = new SipRequest('INVITE', 'sip:a@x');
  assert.equal(message.uri?.scheme, 'sip');
  assert.equal(message.uri, message.uri);
  message.uriText = 'tel:+1';
  assert.equal(message.uri?.scheme, 'tel');
});
