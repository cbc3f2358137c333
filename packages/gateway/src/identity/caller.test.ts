import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Trunk, TrunkGroup } from '@unisono/pbx';
import { parseMessage, type SipRequest } from '@unisono/sip';
import { World } from '../simulation/world.ts';
import { dialledByDevice, dialledByTrunk, isWithheld, trunkCaller } from './caller.ts';
import { trunkBySource } from './source.ts';

function invite(uri: string, ...headers: string[]): SipRequest {
  const given = new Set(headers.map((header) => header.slice(0, header.indexOf(':'))));
  const standard = ['From: <sip:+49301@trunk.example>;tag=1', 'To: <sip:+4989@pbx.example>'];
  const lines = [
    `INVITE ${uri} SIP/2.0`,
    'Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1',
    ...standard.filter((header) => !given.has(header.slice(0, header.indexOf(':')))),
    'Call-ID: c',
    'CSeq: 1 INVITE',
    ...headers,
    'Content-Length: 0',
    '',
    '',
  ];
  const parsed = parseMessage(Buffer.from(lines.join('\r\n')));
  assert.ok(parsed.ok && parsed.message.kind === 'request', JSON.stringify(parsed));
  return parsed.message;
}

const TRUNK: Trunk = {
  id: 't1',
  enabled: true,
  peer: { host: '192.0.2.1', port: 5060, transport: 'udp' },
  credentials: { username: 'customer', password: 'x' },
  registration: { expiresSec: 300 },
  sourceAddresses: ['192.0.2.0/28', '2001:db8::/64'],
  optionsIntervalSec: 0,
};
const GROUP: TrunkGroup = {
  id: 'g',
  enabled: true,
  callerNumber: 'ownNumber',
  numberFormat: 'e164',
  inbound: [{ number: '+4989100', to: '4020' }],
  trunks: [TRUNK],
};

describe('who calls over a trunk', () => {
  const cases: readonly (readonly [
    why: string,
    headers: readonly string[],
    number: string | undefined,
    name: string | undefined,
  ])[] = [
    ['From, when nothing is asserted', ['From: "Shop" <sip:+49301@x>;tag=1'], '+49301', 'Shop'],
    ['what the peer asserts', ['P-Asserted-Identity: "Real" <sip:+49302@x>'], '+49302', 'Real'],
    ['an asserted tel URI', ['P-Asserted-Identity: <tel:+49-30-3>'], '+49303', undefined],
    ['nobody, when withheld by Privacy', ['Privacy: id', 'P-Asserted-Identity: <sip:+49302@x>'], undefined, undefined],
    [
      'nobody, when From is anonymous',
      ['From: "Anonymous" <sip:anonymous@anonymous.invalid>;tag=1'],
      undefined,
      undefined,
    ],
    ['no name that only repeats the number', ['From: "+49301" <sip:+49301@x>;tag=1'], '+49301', undefined],
  ];
  for (const [why, headers, number, name] of cases) {
    test(why, () => {
      const caller = trunkCaller('g', invite('sip:+4989100@pbx.example', ...headers));
      assert.ok(caller.from === 'trunk');
      assert.deepEqual([caller.number, caller.name], [number, name]);
    });
  }
});

test('Privacy: none withholds nothing', () => {
  assert.equal(isWithheld(invite('sip:1@x', 'Privacy: none')), false);
  assert.equal(isWithheld(invite('sip:1@x', 'Privacy: id;critical')), true);
});

describe('what a device dialled', () => {
  const isOurs = (host: string) => host === 'pbx.example';
  const system = new World({ seed: 1 }).system.current();
  const cases: readonly (readonly [uri: string, expected: string | number])[] = [
    ['sip:4020@pbx.example', '4020'],
    ['sip:%2A21%234020@pbx.example', '*21#4020'],
    ['tel:+49-89-100', '+4989100'],
    ['sip:4020@elsewhere.example', 404],
    ['sip:pbx.example', 484],
    ['http://pbx.example', 416],
    ['urn:service:sos.fire', '112'],
  ];
  for (const [uri, expected] of cases) {
    test(`${uri} is ${expected}`, () => {
      const result = dialledByDevice(invite(uri), isOurs, system);
      assert.equal(result.ok ? result.dialled : result.status, expected);
    });
  }
});

test('a host name that looks like hexadecimal digits is no address', () => {
  const named: Trunk = { ...TRUNK, peer: { host: 'cafe.de', port: 5060, transport: 'udp' }, sourceAddresses: [] };
  const world = new World({ seed: 1 });
  const system = { ...world.system.current(), trunkGroups: new Map([['g', { ...GROUP, trunks: [named] }]]) };
  const flow = {
    id: '',
    transport: 'udp' as const,
    localAddress: '192.0.2.9',
    localPort: 5060,
    remoteAddress: '192.0.2.77',
    remotePort: 5060,
    isReliable: false,
    isOpen: true,
  };
  const request = invite('sip:+4989100@pbx.example');
  assert.equal(trunkBySource(system, request, flow), undefined);
  const found = trunkBySource(
    system,
    request,
    flow,
    (group, trunk, address) => `${group}/${trunk} ${address}` === 'g/t1 192.0.2.77',
  );
  assert.equal(found?.trunk.id, 't1');
});

test('a provider that calls our contact names the number in P-Called-Party-ID or To', () => {
  const dialled = (uri: string, ...headers: string[]) => {
    const result = dialledByTrunk(invite(uri, ...headers), { group: GROUP, trunk: TRUNK });
    return result.ok ? result.dialled : result.status;
  };
  assert.equal(dialled('sip:+4989100@192.0.2.9'), '+4989100');
  assert.equal(dialled('sip:customer@192.0.2.9', 'To: <sip:+4989100@provider.example>'), '+4989100');
  assert.equal(dialled('sip:customer@192.0.2.9', 'P-Called-Party-ID: <sip:+4989100@p>', 'To: <sip:x@p>'), '+4989100');
});

describe('which trunk a request came from', () => {
  const world = new World({ seed: 1 });
  const system = { ...world.system.current(), trunkGroups: new Map([['g', GROUP]]) };
  const flow = (remoteAddress: string, remotePort: number, isReliable = false) => ({
    id: '',
    transport: isReliable ? ('tcp' as const) : ('udp' as const),
    localAddress: '192.0.2.9',
    localPort: 5060,
    remoteAddress,
    remotePort,
    isReliable,
    isOpen: true,
  });
  const cases: readonly (readonly [why: string, address: string, port: number, isReliable: boolean, found: boolean])[] =
    [
      ['its address and port', '192.0.2.1', 5060, false, true],
      ['another address of its block', '192.0.2.14', 5060, false, true],
      ['an address beyond the block', '192.0.2.16', 5060, false, false],
      ['its address, another port: source addresses are listed', '192.0.2.1', 5080, false, true],
      ['over a connection the port in Via counts', '192.0.2.1', 41_000, true, true],
      ['IPv6', '2001:db8::5', 5060, false, true],
    ];
  for (const [why, address, port, isReliable, found] of cases) {
    test(why, () => {
      const source = trunkBySource(system, invite('sip:+4989100@pbx.example'), flow(address, port, isReliable));
      assert.equal(source?.trunk.id, found ? 't1' : undefined);
    });
  }
});
