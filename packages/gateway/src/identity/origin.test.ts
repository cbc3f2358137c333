import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Flow, parseMessage, type SipRequest } from '@unisono/sip';
import { originOf, SOURCE_HEADER } from './origin.ts';

const FLOW: Flow = {
  id: '1',
  transport: 'tcp',
  localAddress: '10.0.0.1',
  localPort: 5060,
  remoteAddress: '10.0.0.2',
  remotePort: 40_000,
  isReliable: true,
  isOpen: true,
};
const OWN = { transport: 'tcp', address: '10.0.0.2', port: 40_000 };

const CASES: [name: string, border: string, value: string | undefined, origin: object][] = [
  [
    'a border tells where the client is',
    '10.0.0.2',
    'wss;address=198.51.100.7;port=50000',
    { isThroughBorder: true, transport: 'wss', address: '198.51.100.7', port: 50_000 },
  ],
  [
    'in IPv6 as well',
    '10.0.0.2',
    'tls;address="2001:db8::7";port=50000',
    { isThroughBorder: true, transport: 'tls', address: '2001:db8::7', port: 50_000 },
  ],
  ['a border that tells nothing is a border', '10.0.0.2', undefined, { isThroughBorder: true, ...OWN }],
  ['a border that tells rubbish is a border', '10.0.0.2', 'wss', { isThroughBorder: true, ...OWN }],
  [
    'anybody else is believed nothing',
    '10.0.0.3',
    'wss;address=198.51.100.7;port=50000',
    { isThroughBorder: false, ...OWN },
  ],
];

describe('where a request came from', () => {
  for (const [name, border, value, origin] of CASES) {
    test(name, () =>
      assert.deepEqual(
        originOf(request(value), FLOW, (address) => address === border),
        origin,
      ),
    );
  }
});

function request(value: string | undefined): SipRequest {
  const source = value === undefined ? '' : `${SOURCE_HEADER}: ${value}\r\n`;
  const parsed = parseMessage(
    Buffer.from(
      `OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/TCP 10.0.0.2;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n${source}Content-Length: 0\r\n\r\n`,
    ),
  );
  assert.ok(parsed.ok && parsed.message.kind === 'request');
  return parsed.message;
}
