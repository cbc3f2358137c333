import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseUri, type SipUri } from '../message/uri.ts';
import type { Flow, Target, TransportName } from '../transport/transport.ts';
import { numericLocator, numericTarget, reuseFlow } from './next-hop.ts';

function flow(transport: TransportName, parts: Partial<Flow> = {}): Flow {
  return {
    id: 'x',
    transport,
    localAddress: '10.0.0.1',
    localPort: 5060,
    remoteAddress: '192.0.2.7',
    remotePort: 5062,
    isReliable: transport !== 'udp',
    isOpen: true,
    ...parts,
  };
}

describe('whether a request goes on the way that is known', () => {
  const udp = flow('udp');
  const tcp = flow('tcp', { remotePort: 40_001 });
  const tls = flow('tls', { remotePort: 40_001 });
  const wss = flow('wss', { remotePort: 40_001 });
  const cases: readonly [name: string, uri: string, way: Flow | Target, isOnlyWay: boolean, isReused: boolean][] = [
    ['UDP to that very address', 'sip:x@192.0.2.7:5062', udp, false, true],
    ['UDP to another port', 'sip:x@192.0.2.7', udp, false, false],
    ['UDP to another address', 'sip:x@192.0.2.8:5062', udp, false, false],
    ['UDP to a name', 'sip:x@phone.example:5062', udp, false, false],
    ['UDP, the target wants TCP', 'sip:x@192.0.2.7:5062;transport=tcp', udp, false, false],
    ['UDP, the target is SIPS', 'sips:x@192.0.2.7:5062', udp, false, false],
    ['UDP, the only way there is', 'sip:x@10.9.9.9', udp, true, true],
    ['a connection, whatever the port (RFC 5923)', 'sip:x@192.0.2.7:5060;transport=tcp', tcp, false, true],
    ['a connection, no transport asked for', 'sip:x@192.0.2.7', tcp, false, true],
    ['a connection, the target wants UDP', 'sip:x@192.0.2.7;transport=udp', tcp, false, false],
    ['a connection that is closed', 'sip:x@192.0.2.7;transport=tcp', flow('tcp', { isOpen: false }), false, false],
    ['a closed one, though the only way', 'sip:x@10.9.9.9', flow('tcp', { isOpen: false }), true, false],
    ['TLS for SIPS', 'sips:x@192.0.2.7', tls, false, true],
    ['TLS for SIPS by TCP', 'sips:x@192.0.2.7;transport=tcp', tls, false, true],
    ['TCP for SIPS', 'sips:x@192.0.2.7;transport=tcp', tcp, false, false],
    ['a browser names ws and means wss (RFC 7118 §5)', 'sip:x@192.0.2.7;transport=ws', wss, false, true],
    ['maddr counts, not the host', 'sip:x@phone.example:5062;maddr=192.0.2.7', udp, false, true],
    ['a located target', 'sip:x@192.0.2.7:5062', { transport: 'udp', address: '192.0.2.7', port: 5062 }, false, true],
    [
      'a located target by TLS',
      'sip:x@192.0.2.7;transport=tls',
      { transport: 'tls', address: '192.0.2.7', port: 5061 },
      false,
      true,
    ],
    ['no URI of ours', 'tel:+4930123', udp, false, false],
  ];
  for (const [name, uri, way, isOnlyWay, isReused] of cases) {
    test(`${name}: ${isReused ? 'yes' : 'no'}`, () => {
      assert.equal(reuseFlow(uri, way, isOnlyWay), isReused ? way : undefined);
    });
  }

  test('IPv6 in brackets', () => {
    const way = flow('udp', { remoteAddress: '2001:db8::7' });
    assert.equal(reuseFlow('sip:x@[2001:db8::7]:5062', way, false), way);
  });
});

describe('targets of addresses', () => {
  for (const [uri, target] of [
    ['sip:x@192.0.2.7', 'udp 192.0.2.7 5060'],
    ['sip:x@192.0.2.7;transport=TCP', 'tcp 192.0.2.7 5060'],
    ['sip:x@192.0.2.7;transport=tls', 'tls 192.0.2.7 5061'],
    ['sips:x@192.0.2.7', 'tls 192.0.2.7 5061'],
    ['sips:x@192.0.2.7:5070;transport=ws', 'wss 192.0.2.7 5070'],
    ['sip:x@[2001:db8::7]', 'udp 2001:db8::7 5060'],
    ['sip:x@phone.example;maddr=192.0.2.9', 'udp 192.0.2.9 5060'],
    ['sip:x@phone.example', undefined],
  ] as const) {
    test(`${uri}: ${target ?? 'a name'}`, () => {
      const found = numericTarget(parseUri(uri) as SipUri);
      assert.equal(found && `${found.transport} ${found.address} ${found.port}`, target);
    });
  }

  test('a locator for addresses only says so of names', () => {
    numericLocator.locate(parseUri('sip:x@phone.example') as SipUri, (found) => {
      assert.deepEqual(found, { code: 'SIP_UNRESOLVABLE', message: 'phone.example is no address' });
    });
  });
});
