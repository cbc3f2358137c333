import type { StoredBinding } from '@unisono/gateway';

/** For tests: a registered contact. */
export function bindingOf(device: string, key: string, expiresAtMs: number): StoredBinding {
  return {
    device,
    key,
    contactUri: `sip:${key}@192.0.2.1`,
    path: ['<sip:edge.example.com;lr>'],
    instance: undefined,
    regId: undefined,
    callId: 'call',
    sequence: 1,
    expiresAtMs,
    userAgent: 'Phone/1.0',
    transport: 'udp',
    address: '192.0.2.1',
    port: 5060,
    flowOnly: false,
  };
}
