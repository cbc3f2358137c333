import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printUri } from '../message/uri.ts';
import { parseVia } from '../message/via.ts';
import { type Flow, isFlow, type TransportName } from '../transport/transport.ts';
import { responseTargets } from './response-targets.ts';

function flow(transport: TransportName, isOpen = true): Flow {
  return {
    id: 'x',
    transport,
    localAddress: '10.0.0.1',
    localPort: 5060,
    remoteAddress: '203.0.113.9',
    remotePort: 40_000,
    isReliable: transport !== 'udp',
    isOpen,
  };
}

/** A flow is shown as `flow`, a target as its parts, what is left to locate behind an arrow. */
const CASES: [name: string, via: string, flow: Flow, way: string][] = [
  ['UDP with rport goes back the way it came', 'SIP/2.0/UDP 10.9.9.9:5060;rport', flow('udp'), 'flow'],
  ['UDP with rport, sent-by elsewhere', 'SIP/2.0/UDP pc.example.com;rport;branch=z9hG4bKx', flow('udp'), 'flow'],
  [
    'UDP without rport goes to the source address and the sent-by port (§18.2.2)',
    'SIP/2.0/UDP 10.9.9.9:5070',
    flow('udp'),
    'udp 203.0.113.9 5070 from 10.0.0.1',
  ],
  ['UDP without rport and port', 'SIP/2.0/UDP 10.9.9.9', flow('udp'), 'udp 203.0.113.9 5060 from 10.0.0.1'],
  ['UDP without rport from the very port', 'SIP/2.0/UDP 10.9.9.9:40000', flow('udp'), 'flow'],
  ['UDP with maddr', 'SIP/2.0/UDP 10.9.9.9;maddr=239.1.1.1;rport', flow('udp'), 'udp 239.1.1.1 5060 from 10.0.0.1'],
  [
    'UDP with an IPv6 maddr',
    'SIP/2.0/UDP 10.9.9.9:5090;maddr=[2001:db8::5]',
    flow('udp'),
    'udp 2001:db8::5 5090 from 10.0.0.1',
  ],
  [
    'UDP with a name in maddr',
    'SIP/2.0/UDP 10.9.9.9;maddr=m.example.com',
    flow('udp'),
    '→ sip:m.example.com:5060;transport=udp',
  ],
  [
    'TCP on the connection, else a new one to the sent-by port',
    'SIP/2.0/TCP 10.9.9.9:5070',
    flow('tcp'),
    'flow, tcp 203.0.113.9 5070',
  ],
  ['TCP whose connection is gone', 'SIP/2.0/TCP 10.9.9.9', flow('tcp', false), 'tcp 203.0.113.9 5060'],
  [
    'TLS whose connection is gone, sent-by a name (RFC 3263 §5)',
    'SIP/2.0/TLS pbx.example.com',
    flow('tls', false),
    'tls 203.0.113.9 5061 → sip:pbx.example.com;transport=tls',
  ],
  ['WebSocket: the connection and nothing else', 'SIP/2.0/WS x.invalid', flow('ws'), 'flow'],
  ['WebSocket whose connection is gone: nowhere', 'SIP/2.0/WSS x.invalid', flow('wss', false), ''],
];

for (const [name, text, by, way] of CASES) {
  test(name, () => {
    const via = parseVia(text);
    assert.ok(via);
    const { to, thenLocate } = responseTargets(via, by);
    const shown = to.map((each) => {
      if (isFlow(each)) return 'flow';
      const from = each.localAddress === undefined ? '' : ` from ${each.localAddress}`;
      return `${each.transport} ${each.address} ${each.port}${from}`;
    });
    const then = thenLocate ? `→ ${printUri(thenLocate)}` : '';
    assert.equal([shown.join(', '), then].filter((part) => part !== '').join(' '), way);
  });
}
