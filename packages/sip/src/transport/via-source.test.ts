import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMessage } from '../message/parse.ts';
import { requestBytes } from './testing.ts';
import { addSource } from './via-source.ts';

const CASES: [name: string, via: string, address: string, written: string][] = [
  [
    'sent-by is the source: nothing is written (§18.2.1)',
    'SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx',
    '192.0.2.1',
    'SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx',
  ],
  [
    'sent-by is another address: received',
    'SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKx',
    '192.0.2.1',
    'SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKx;received=192.0.2.1',
  ],
  [
    'sent-by is a name: received, always',
    'SIP/2.0/TCP pc.example.com;branch=z9hG4bKx',
    '192.0.2.1',
    'SIP/2.0/TCP pc.example.com;branch=z9hG4bKx;received=192.0.2.1',
  ],
  [
    'rport is asked for: its value, and received even when equal (RFC 3581 §4)',
    'SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bKx',
    '192.0.2.1',
    'SIP/2.0/UDP 192.0.2.1:5060;received=192.0.2.1;rport=40000;branch=z9hG4bKx',
  ],
  [
    'rport already bears a value: the true one replaces it',
    'SIP/2.0/UDP 192.0.2.1;rport=99;branch=z9hG4bKx',
    '192.0.2.1',
    'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx;received=192.0.2.1;rport=40000',
  ],
  [
    'received is claimed: the claim is dropped',
    'SIP/2.0/UDP 192.0.2.1;received=203.0.113.66;branch=z9hG4bKx',
    '192.0.2.1',
    'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx',
  ],
  [
    'received is claimed and rport is asked for',
    'SIP/2.0/UDP 192.0.2.1;rport;received=203.0.113.66;branch=z9hG4bKx',
    '192.0.2.1',
    'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx;received=192.0.2.1;rport=40000',
  ],
  [
    'IPv6 sent-by equals the source (RFC 5118 §4.5 writes received without brackets)',
    'SIP/2.0/UDP [2001:db8::1]:5060;branch=z9hG4bKx;rport',
    '2001:db8::1',
    'SIP/2.0/UDP [2001:db8::1]:5060;branch=z9hG4bKx;received=2001:db8::1;rport=40000',
  ],
  [
    'a quoted parameter keeps its semicolons and its look-alike',
    'SIP/2.0/UDP 192.0.2.1;x="a;rport=1;b\\";c";rport;branch=z9hG4bKx',
    '192.0.2.1',
    'SIP/2.0/UDP 192.0.2.1;x="a;rport=1;b\\";c";branch=z9hG4bKx;received=192.0.2.1;rport=40000',
  ],
  [
    'names that only begin so are left alone',
    'SIP/2.0/UDP 192.0.2.1;rportx=1;receivedby=2;RPORT;branch=z9hG4bKx',
    '192.0.2.1',
    'SIP/2.0/UDP 192.0.2.1;rportx=1;receivedby=2;branch=z9hG4bKx;received=192.0.2.1;rport=40000',
  ],
  [
    'only the first element of a field is changed',
    'SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKx, SIP/2.0/UDP 10.0.0.2;rport;branch=z9hG4bKy',
    '192.0.2.1',
    'SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKx;received=192.0.2.1, SIP/2.0/UDP 10.0.0.2;rport;branch=z9hG4bKy',
  ],
  [
    'the rport of another hop is not ours to fill',
    'SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKx, SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKy;rport',
    '192.0.2.1',
    'SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKx;received=192.0.2.1, SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKy;rport',
  ],
  [
    'both ask for it: the first is filled',
    'SIP/2.0/UDP 10.0.0.1;rport;branch=z9hG4bKx, SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKy;rport',
    '192.0.2.1',
    'SIP/2.0/UDP 10.0.0.1;received=192.0.2.1;rport=40000;branch=z9hG4bKx, SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKy;rport',
  ],
  [
    'a look-alike stands before it',
    'SIP/2.0/UDP 192.0.2.1;rportx;rport;branch=z9hG4bKx',
    '192.0.2.1',
    'SIP/2.0/UDP 192.0.2.1;rportx;branch=z9hG4bKx;received=192.0.2.1;rport=40000',
  ],
  [
    'the zone of a link-local address stays on this machine',
    'SIP/2.0/UDP pc;branch=z9hG4bKx',
    'fe80::1%eth0',
    'SIP/2.0/UDP pc;branch=z9hG4bKx;received=fe80::1',
  ],
];

for (const [name, via, address, written] of CASES) {
  test(name, () => {
    const parsed = parseMessage(requestBytes({ via }));
    assert.ok(parsed.ok && parsed.message.kind === 'request');
    addSource(parsed.message, address, 40_000);
    assert.equal(parsed.message.headers.get('Via'), written);
  });
}

test('further Via fields are left alone', () => {
  const bytes = requestBytes({ via: 'SIP/2.0/UDP a;branch=z9hG4bKx\r\nVia: SIP/2.0/UDP b;branch=z9hG4bKy;rport' });
  const parsed = parseMessage(bytes);
  assert.ok(parsed.ok && parsed.message.kind === 'request');
  addSource(parsed.message, '192.0.2.1', 40_000);
  assert.deepEqual(parsed.message.headers.all('Via'), [
    'SIP/2.0/UDP a;branch=z9hG4bKx;received=192.0.2.1',
    'SIP/2.0/UDP b;branch=z9hG4bKy;rport',
  ]);
});
