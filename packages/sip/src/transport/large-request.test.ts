import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_UDP_REQUEST_OCTETS, prefersStream, transportForSize } from './large-request.ts';

const udp = { transport: 'udp', address: '192.0.2.1', port: 5060, localAddress: '192.0.2.9' } as const;

test('a request at the limit stays on UDP, one over goes to TCP at the same place (§18.1.1)', () => {
  assert.equal(prefersStream(udp, MAX_UDP_REQUEST_OCTETS), udp);
  assert.deepEqual(prefersStream(udp, MAX_UDP_REQUEST_OCTETS + 1), { ...udp, transport: 'tcp' });
});

test('streams carry any size', () => {
  for (const transport of ['tcp', 'tls', 'ws', 'wss'] as const)
    assert.equal(transportForSize(transport, 60_000), transport);
});
