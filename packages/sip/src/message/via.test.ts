import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstVia, parseVia } from './via.ts';

/** Text → transport, host, port, branch. */
const VALID: [string, [string, string, number | undefined, string | undefined]][] = [
  [
    'SIP/2.0/UDP erlang.bell-telephone.com:5060;branch=z9hG4bK87asdks7',
    ['UDP', 'erlang.bell-telephone.com', 5060, 'z9hG4bK87asdks7'],
  ],
  [
    'SIP/2.0/UDP 192.0.2.1:5060 ;received=192.0.2.207;branch=z9hG4bK77asjd',
    ['UDP', '192.0.2.1', 5060, 'z9hG4bK77asjd'],
  ],
  [
    'SIP / 2.0 / UDP first.example.com: 4000;ttl=16 ;maddr=224.2.0.1 ;branch=z9hG4bKa7c6a8dlze.1',
    ['UDP', 'first.example.com', 4000, 'z9hG4bKa7c6a8dlze.1'],
  ],
  ['SIP/2.0/TLS [2001:DB8::9:1]:5061;rport;branch=b', ['TLS', '[2001:db8::9:1]', 5061, 'b']],
  [
    'SIP/2.0/wss df7jal23ls0d.invalid;branch=z9hG4bK56sdasks',
    ['WSS', 'df7jal23ls0d.invalid', undefined, 'z9hG4bK56sdasks'],
  ],
  ['sip/2.0/udp H', ['UDP', 'h', undefined, undefined]],
  ['SIP/7.0/UDP c.example.com;branch=z9hG4bKkdjuw', ['UDP', 'c.example.com', undefined, 'z9hG4bKkdjuw']],
  ['SIP/2.0/SCTP h;branch=', ['SCTP', 'h', undefined, '']],
  ['SIP/2.0/UDP h;received=2001:db8::9:255;branch=b', ['UDP', 'h', undefined, 'b']],
  ['SIP/2.0/UDP h;x="a;branch=no";branch=yes', ['UDP', 'h', undefined, 'yes']],
];

for (const [text, expected] of VALID) {
  test(`Via: ${text}`, () => {
    const via = parseVia(text);
    assert.deepEqual([via?.transport, via?.host, via?.port, via?.branch], expected);
  });
}

const INVALID: Record<string, string> = {
  'nothing at all': '',
  'no version': 'SIP/UDP h',
  'no transport': 'SIP/2.0/ h',
  'no blank before the host': 'SIP/2.0/UDPh',
  'no host': 'SIP/2.0/UDP ',
  'no host but a port': 'SIP/2.0/UDP :5060',
  'an empty port': 'SIP/2.0/UDP h:',
  'a port too large': 'SIP/2.0/UDP h:65536',
  'two hosts': 'SIP/2.0/UDP a b',
  'an empty parameter': 'SIP/2.0/UDP h;;branch=a',
  'something else for parameters': 'SIP/2.0/UDP h,branch=a',
  'IPv6 without brackets': 'SIP/2.0/UDP 2001:db8::1',
  'IPv6 that never closes': 'SIP/2.0/UDP [2001:db8::1',
};

for (const [name, text] of Object.entries(INVALID)) {
  test(`no Via: ${name}`, () => assert.equal(parseVia(text), undefined));
}

test('the first of several, commas in quotes not counted', () => {
  assert.equal(firstVia('SIP/2.0/UDP a;x="1,2" , SIP/2.0/UDP b'), 'SIP/2.0/UDP a;x="1,2"');
  assert.equal(firstVia('SIP/2.0/UDP a'), 'SIP/2.0/UDP a');
  assert.equal(firstVia(',,'), '');
});
