import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseUri, type SipUri } from '../message/uri.ts';
import { SeededRandom } from '../time/random.ts';
import { VirtualClock } from '../time/virtual-clock.ts';
import type { Target } from '../transport/transport.ts';
import { FakeDns } from './fake-dns.ts';
import { MAX_TARGETS, type ResolveFailure, Resolver, type ResolverOptions } from './resolver.ts';

const ZONE = `
  example.com           NAPTR 10 50 s SIPS+D2T _sips._tcp.example.com
  example.com           NAPTR 10 60 s SIP+D2T  _sip._tcp.example.com
  example.com           NAPTR 20 10 s SIP+D2U  _sip._udp.example.com
  example.com           NAPTR 30 10 s X+D2Z    _x._z.example.com
  _sips._tcp.example.com SRV  1 0 5061 one.example.com
  _sip._tcp.example.com  SRV  2 0 5070 two.example.com
  _sip._tcp.example.com  SRV  1 0 5060 one.example.com
  _sip._udp.example.com  SRV  1 0 5060 one.example.com
  one.example.com       A     192.0.2.1
  one.example.com       AAAA  2001:db8::1
  two.example.com       A     192.0.2.2

  srvonly.org           A     192.0.2.66
  _sip._udp.srvonly.org SRV   1 0 5080 udp.srvonly.org
  _sips._tcp.srvonly.org SRV  1 0 5081 tls.srvonly.org
  udp.srvonly.org       A     192.0.2.10
  tls.srvonly.org       A     192.0.2.11

  plain.net             A     192.0.2.20
  plain.net             A     192.0.2.21

  noservice.net         A     192.0.2.30
  _sip._udp.noservice.net SRV 0 0 0 .

  direct.net            NAPTR 1 1 a SIP+D2T host.direct.net
  direct.net            NAPTR 1 2 u E2U+sip !^.*$!sip:x@y!
  host.direct.net       A     192.0.2.40

  web.net               NAPTR 1 1 a SIPS+D2W host.direct.net

  dangling.net          NAPTR 1 1 s SIP+D2T _sip._tcp.dangling.net
  dangling.net          A     192.0.2.50

  broken.net            NAPTR !ESERVFAIL
  broken.net            A     !ETIMEOUT
`;

function make(options: Partial<ResolverOptions> = {}, zone = ZONE) {
  const dns = new FakeDns(zone);
  const clock = new VirtualClock();
  const resolver = new Resolver({ dns, clock, random: new SeededRandom(1), families: [4], ...options });
  const locate = (text: string) =>
    new Promise<readonly Target[] | ResolveFailure>((resolve) => resolver.locate(parseUri(text) as SipUri, resolve));
  return { dns, clock, resolver, locate };
}

function show(found: readonly Target[] | ResolveFailure): string[] {
  if ('code' in found) return [found.message];
  return found.map(({ transport, address, port, serverName }) =>
    [transport, address, port, ...(serverName === undefined ? [] : [serverName])].join(' '),
  );
}

const LOCATED: [name: string, uri: string, targets: string[], asked?: string[]][] = [
  ['an address means UDP and 5060', 'sip:192.0.2.9', ['udp 192.0.2.9 5060'], []],
  ['an address with port and transport', 'sip:a@192.0.2.9:5070;transport=tcp', ['tcp 192.0.2.9 5070'], []],
  ['an IPv6 address', 'sip:[2001:DB8::9]', ['udp 2001:db8::9 5060'], []],
  ['sips with an address means TLS and 5061', 'sips:192.0.2.9', ['tls 192.0.2.9 5061'], []],
  ['sips makes TCP to TLS', 'sips:192.0.2.9;transport=tcp', ['tls 192.0.2.9 5061'], []],
  ['WebSocket to an address', 'sip:192.0.2.9;transport=ws', ['ws 192.0.2.9 80'], []],
  ['sips makes WebSocket secure', 'sips:192.0.2.9:8443;transport=ws', ['wss 192.0.2.9 8443'], []],
  ['maddr decides the address', 'sip:example.com;maddr=192.0.2.8', ['udp 192.0.2.8 5060'], []],
  [
    'maddr decides the address, the host what the certificate must show',
    'sips:example.com;maddr=192.0.2.8',
    ['tls 192.0.2.8 5061 example.com'],
    [],
  ],
  ['a name with a port has addresses only', 'sip:two.example.com:5090', ['udp 192.0.2.2 5090'], ['A two.example.com']],
  [
    'a name with a port and sips is TLS',
    'sips:two.example.com:5090',
    ['tls 192.0.2.2 5090 two.example.com'],
    ['A two.example.com'],
  ],
  [
    'a name alone: NAPTR by order and preference, unknown services left out',
    'sip:example.com',
    ['tls 192.0.2.1 5061 example.com', 'tcp 192.0.2.1 5060', 'tcp 192.0.2.2 5070', 'udp 192.0.2.1 5060'],
  ],
  ['sips: only what is secure', 'sips:example.com', ['tls 192.0.2.1 5061 example.com']],
  [
    'a name with a transport: its SRV at once',
    'sip:example.com;transport=tcp',
    ['tcp 192.0.2.1 5060', 'tcp 192.0.2.2 5070'],
    ['SRV _sip._tcp.example.com', 'A one.example.com', 'A two.example.com'],
  ],
  [
    'no NAPTR: SRV of every transport in our order',
    'sip:srvonly.org',
    ['udp 192.0.2.10 5080', 'tls 192.0.2.11 5081 srvonly.org'],
  ],
  [
    'neither NAPTR nor SRV: the addresses of the name, default port',
    'sip:plain.net',
    ['udp 192.0.2.20 5060', 'udp 192.0.2.21 5060'],
    [
      'NAPTR plain.net',
      'SRV _sip._udp.plain.net',
      'SRV _sip._tcp.plain.net',
      'SRV _sips._tcp.plain.net',
      'A plain.net',
    ],
  ],
  [
    'sips without any record is TLS',
    'sips:plain.net',
    ['tls 192.0.2.20 5061 plain.net', 'tls 192.0.2.21 5061 plain.net'],
  ],
  [
    'a transport without SRV: default port',
    'sip:plain.net;transport=tls',
    ['tls 192.0.2.20 5061 plain.net', 'tls 192.0.2.21 5061 plain.net'],
  ],
  [
    'WebSocket to a name has no SRV',
    'sips:plain.net;transport=ws',
    ['wss 192.0.2.20 443 plain.net', 'wss 192.0.2.21 443 plain.net'],
    ['A plain.net'],
  ],
  ['NAPTR with flag a', 'sip:direct.net', ['tcp 192.0.2.40 5060']],
  ['NAPTR of WebSocket (RFC 7118)', 'sip:web.net', ['wss 192.0.2.40 443 web.net']],
  ['NAPTR that leads nowhere is as none', 'sip:dangling.net', ['udp 192.0.2.50 5060']],
];

for (const [name, uri, targets, asked] of LOCATED) {
  test(name, async () => {
    const { locate, dns } = make();
    assert.deepEqual(show(await locate(uri)), targets);
    if (asked) assert.deepEqual(dns.asked, asked);
  });
}

const FAILED: [name: string, uri: string, message: RegExp][] = [
  ['sips forbids UDP', 'sips:192.0.2.9;transport=udp', /^192\.0\.2\.9 cannot be located: transport=udp cannot be used/],
  ['an unknown transport', 'sip:example.com;transport=sctp', /transport=sctp cannot be used for a sip URI here/],
  ['a service that is not there', 'sip:noservice.net;transport=udp', /asked: SRV _sip\._udp\.noservice\.net/],
  ['a service that is not there by any transport', 'sip:noservice.net', /asked: .* SRV _sips\._tcp\.noservice\.net\)/],
  ['a name of nothing', 'sip:nowhere.net', /nothing was found \(asked: NAPTR nowhere\.net, SRV .*, A nowhere\.net\)/],
  ['a question that failed is named', 'sip:broken.net', /NAPTR broken\.net failed with ESERVFAIL/],
];

for (const [name, uri, message] of FAILED) {
  test(`unresolvable: ${name}`, async () => {
    const found = await make().locate(uri);
    assert.ok('code' in found);
    assert.equal(found.code, 'SIP_UNRESOLVABLE');
    assert.match(found.message, message);
  });
}

test('what needs no question is answered at once', () => {
  let found: readonly Target[] | ResolveFailure | undefined;
  make().resolver.locate(parseUri('sip:192.0.2.1') as SipUri, (targets) => {
    found = targets;
  });
  assert.ok(found);
});

test('only transports that are spoken here are found', async () => {
  const { locate } = make({ transports: ['tcp'] });
  assert.deepEqual(show(await locate('sip:example.com')), ['tcp 192.0.2.1 5060', 'tcp 192.0.2.2 5070']);
  assert.deepEqual(show(await locate('sip:192.0.2.1')), ['tcp 192.0.2.1 5060']);
  assert.match(show(await locate('sips:example.com'))[0] ?? '', /cannot be used for a sips URI/);
});

test('address families come in the order asked for', async () => {
  const text = 'sip:one.example.com:5060';
  assert.deepEqual(show(await make({ families: [4, 6] }).locate(text)), ['udp 192.0.2.1 5060', 'udp 2001:db8::1 5060']);
  assert.deepEqual(show(await make({ families: [6, 4] }).locate(text)), ['udp 2001:db8::1 5060', 'udp 192.0.2.1 5060']);
});

test('answers are kept for their time to live, and asked once when wanted twice at a time', async () => {
  const { locate, dns, clock } = make();
  await Promise.all([locate('sip:two.example.com:5060'), locate('sip:two.example.com:5060')]);
  await locate('sip:TWO.example.com:5060');
  assert.deepEqual(dns.asked, ['A two.example.com']);
  clock.advance(60_000);
  await locate('sip:two.example.com:5060');
  assert.equal(dns.asked.length, 2);
});

test('the cache is bounded', async () => {
  const { locate, resolver } = make({ cachedNames: 3 });
  for (let i = 0; i < 10; i++) await locate(`sip:host${i}.net:5060`);
  assert.equal(resolver.snapshot().cachedAnswers, 3);
});

test('the list is bounded', async () => {
  const zone = Array.from({ length: 40 }, (_, i) => `many.net A 192.0.2.${i}`).join('\n');
  const found = await make({}, zone).locate('sip:many.net:5060');
  assert.equal(show(found).length, MAX_TARGETS);
});

test('a target that failed stands last for a while, and alone is tried all the same', async () => {
  const { locate, resolver, clock } = make();
  const failed = { transport: 'udp', address: '192.0.2.20', port: 5060 } as const;
  resolver.markFailed(failed, 10_000);
  assert.deepEqual(show(await locate('sip:plain.net:5060')), ['udp 192.0.2.21 5060', 'udp 192.0.2.20 5060']);
  resolver.markFailed({ ...failed, address: '192.0.2.21' }, 5_000);
  assert.equal(show(await locate('sip:plain.net:5060')).length, 2);
  clock.advance(5_000);
  assert.deepEqual(show(await locate('sip:plain.net:5060')), ['udp 192.0.2.21 5060', 'udp 192.0.2.20 5060']);
  clock.advance(5_000);
  assert.deepEqual(show(await locate('sip:plain.net:5060')), ['udp 192.0.2.20 5060', 'udp 192.0.2.21 5060']);
  assert.deepEqual(resolver.snapshot().failed, []);
});
