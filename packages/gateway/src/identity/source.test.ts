import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileSystem, demoSystem, type Trunk } from '@unisono/pbx';
import { type Flow, parseMessage, SeededRandom, type SipRequest } from '@unisono/sip';
import { trunkBySource } from './source.ts';

const peer = { host: '192.0.2.1', transport: 'udp' } as const;
const known = (more: Partial<Trunk>): Trunk => ({
  id: 'one',
  enabled: true,
  peer,
  sourceAddresses: [],
  optionsIntervalSec: 0,
  ...more,
});
const withPort = { peer: { ...peer, port: 5070 } };
const registered = { ...withPort, registration: { user: 'us', expiresSec: 60 } };

const CASES: Record<string, [Partial<Trunk>, from: string, uri: string, found: 'by port' | 'by address' | 'not']> = {
  'a peer without a port is known by its address': [{}, '192.0.2.1:1234', 'sip:1@pbx', 'by address'],
  'a peer with a port is known by it': [withPort, '192.0.2.1:5070', 'sip:1@pbx', 'by port'],
  'and not from another port': [withPort, '192.0.2.1:5071', 'sip:1@pbx', 'not'],
  'unless it calls the contact that we registered there': [registered, '192.0.2.1:5071', 'sip:us@pbx', 'by port'],
  'or its source addresses are listed': [
    { ...withPort, sourceAddresses: ['192.0.2.0/28'] },
    '192.0.2.9:5071',
    'sip:1@pbx',
    'by address',
  ],
  'listed addresses stand for the address of the peer': [
    { ...withPort, sourceAddresses: ['192.0.2.9'] },
    '192.0.2.1:5070',
    'sip:1@pbx',
    'not',
  ],
  'somebody else': [{}, '192.0.2.2:5060', 'sip:1@pbx', 'not'],
  'a trunk that is off': [{ enabled: false }, '192.0.2.1:5060', 'sip:1@pbx', 'not'],
};

for (const [name, [trunk, from, uri, expected]] of Object.entries(CASES)) {
  test(`trunk by source: ${name}`, () => {
    const demo = demoSystem({ random: new SeededRandom(1) });
    const [group] = demo.trunkGroups;
    const trunkGroups = [{ ...group!, enabled: true, trunks: [known(trunk)] }];
    const compiled = compileSystem({ ...demo, trunkGroups });
    const [remoteAddress, remotePort] = from.split(':');
    const flow = { transport: 'udp', isReliable: false, remoteAddress, remotePort: Number(remotePort) } as Flow;
    const found = trunkBySource(compiled, inviteTo(uri, from), flow);
    assert.equal(found ? (found.isByAddressAlone ? 'by address' : 'by port') : 'not', expected);
  });
}

function inviteTo(uri: string, from: string): SipRequest {
  const lines = [
    `INVITE ${uri} SIP/2.0`,
    `Via: SIP/2.0/UDP ${from};branch=z9hG4bKa`,
    'From: <sip:a@b>;tag=1',
    'To: <sip:c@d>',
  ];
  const parsed = parseMessage(Buffer.from([...lines, 'Call-ID: x', 'CSeq: 1 INVITE', '', ''].join('\r\n')));
  assert.ok(parsed.ok && parsed.message.kind === 'request');
  return parsed.message;
}
