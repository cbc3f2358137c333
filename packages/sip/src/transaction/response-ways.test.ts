import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseVia, type Via } from '../message/via.ts';
import type { Flow, TransportName } from '../transport/transport.ts';
import { responseWays } from './response-ways.ts';
import { LayerBench, requestText } from './testing.ts';

function flow(transport: TransportName = 'udp', isOpen = true): Flow {
  return {
    id: 'x',
    transport,
    localAddress: '10.0.0.1',
    localPort: 5060,
    remoteAddress: '192.0.2.7',
    remotePort: 40_001,
    isReliable: transport !== 'udp',
    isOpen,
  };
}

/** `flow`, or address and port of the target. */
function waysOf(viaText: string, from = flow()): string[] {
  const { first, second } = responseWays(parseVia(`SIP/2.0/UDP ${viaText}`) as Via, from);
  return [first, second]
    .filter((way) => way !== undefined)
    .map((way) => (way === from ? 'flow' : 'address' in way ? `${way.address}:${way.port}` : 'other flow'));
}

describe('where responses go over UDP (RFC 3261 §18.2.2)', () => {
  const cases: readonly [name: string, via: string, way: string][] = [
    ['with rport: back to the source port (RFC 3581 §4)', '192.0.2.7:5060;rport', 'flow'],
    ['without rport: to the port of the Via', '192.0.2.7:5070', '192.0.2.7:5070'],
    ['without rport and port: to 5060', '192.0.2.7', '192.0.2.7:5060'],
    ['the port of the Via is the source port', '192.0.2.7:40001', 'flow'],
    ['a name in the Via: to its port at the source address', 'phone.example:5062', '192.0.2.7:5062'],
    ['another address in the Via than the source: still to the port of the Via', '192.168.1.5', '192.0.2.7:5060'],
    ['an IPv6 address in the Via of a datagram that came by IPv4', '[2001:db8::9]:5070', '192.0.2.7:5070'],
    ['maddr of the sender itself', '192.0.2.7:5070;maddr=192.0.2.7', '192.0.2.7:5070'],
    ['maddr of somebody else is not followed', '192.0.2.7:5070;maddr=203.0.113.9', 'flow'],
    ['maddr of somebody else, seen from elsewhere', '10.1.1.1:5070;maddr=203.0.113.9', 'flow'],
  ];
  for (const [name, via, way] of cases) test(name, () => assert.deepEqual(waysOf(via), [way]));
});

describe('where responses go over connections', () => {
  test('by the connection, else by a new one to the sent-by port', () => {
    assert.deepEqual(waysOf('192.0.2.7:5070', flow('tcp')), ['flow', '192.0.2.7:5070']);
    assert.deepEqual(waysOf('192.0.2.7:5070', flow('tcp', false)), ['192.0.2.7:5070']);
  });

  test('a WebSocket client cannot be connected to', () => {
    assert.deepEqual(waysOf('abc.invalid', flow('wss')), ['flow']);
  });

  test('the answer of a slow user arrives on a new connection', () => {
    const bench = new LayerBench('tcp');
    bench.peerSends(requestText('OPTIONS'));
    const transaction = bench.requests[0]!;
    (transaction.flow as unknown as { close(): void }).close();
    bench.settle();
    transaction.reply(200);
    bench.settle();
    assert.equal(bench.heard.messages.length, 1);
    assert.equal(bench.heard.flows[0]?.localPort, 5060);
  });
});
