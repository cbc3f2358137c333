import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { optionsOf, problemLine } from '@unisono/platform';
import { testFolder } from '../testing/folder.ts';
import { advertisedFor, certificateHosts, mediaAddresses, reachableAddress } from './addresses.ts';
import { FLAGS, type GivenFlags } from './flags.ts';
import { readListenPoints } from './listen-points.ts';
import { type LoadedSettings, loadSettings } from './load.ts';
import { CONFIGURATION, VARIABLE_PREFIX } from './schema.ts';

const folder = testFolder();
mkdirSync(join(folder, 'etc'));

function settings(given: GivenFlags = {}, environment: Record<string, string> = {}): LoadedSettings {
  const loaded = loadSettings(given, environment, folder);
  assert.ok(loaded.ok, JSON.stringify(loaded));
  return loaded.settings;
}

function withFile(text: string, given: GivenFlags = {}): ReturnType<typeof loadSettings> {
  writeFileSync(join(folder, 'etc', 'u.yaml'), text);
  return loadSettings({ config: 'etc/u.yaml', ...given }, {}, folder);
}

test('without anything, SIP is on loopback and the data in ./data', () => {
  const { listen, data, sip } = settings();
  assert.deepEqual(listen, ['127.0.0.1']);
  assert.equal(data, join(folder, 'data'));
  const { digest: _, borders: __, ...transports } = sip;
  assert.deepEqual(transports, {
    udp: [{ port: 5060 }],
    tcp: [{ port: 5060 }],
    tls: [{ port: 5061 }],
    ws: [],
    wss: [],
  });
});

const POINTS: [written: unknown, points: ReturnType<typeof readListenPoints>][] = [
  [5060, [{ port: 5060 }]],
  [0, [{ port: 0 }]],
  ['off', []],
  ['192.0.2.1:5060', [{ address: '192.0.2.1', port: 5060 }]],
  ['[2001:db8::1]:5070', [{ address: '2001:db8::1', port: 5070 }]],
  [
    [5060, '127.0.0.1:5080'],
    [{ port: 5060 }, { address: '127.0.0.1', port: 5080 }],
  ],
  [70_000, undefined],
  ['localhost:5060', undefined],
  ['2001:db8::1', undefined],
  ['5060x', undefined],
  [[5060, 'off'], undefined],
];
for (const [written, points] of POINTS) {
  test(`where a transport listens: ${JSON.stringify(written)}`, () =>
    assert.deepEqual(readListenPoints(written), points));
}

test('without anything, the border has one door, for web and mobile clients', () => {
  const { sbc, sip } = settings();
  assert.deepEqual([sbc.wss, sbc.tls, sbc.tcp, sbc.udp], [[{ port: 8443 }], [], [], []]);
  assert.deepEqual([sbc.origins, sbc.names, sbc.gateways, sip.borders], [[], [], [], []]);
});

test('gateways behind a border are places', () => {
  const loaded = withFile('sbc: { gateways: [10.0.0.1:5060, "tcp:[2001:db8::1]:5070"] }');
  assert.deepEqual(loaded.ok && loaded.settings.sbc.gateways, [
    { transport: 'udp', address: '10.0.0.1', port: 5060 },
    { transport: 'tcp', address: '2001:db8::1', port: 5070 },
  ]);
});

test('one flag sets the port of UDP and TCP', () => {
  const { sip } = settings({ 'sip-port': '5070', 'tls-port': 'off' });
  assert.deepEqual([sip.udp, sip.tcp, sip.tls], [[{ port: 5070 }], [{ port: 5070 }], []]);
});

test('paths in the file count from its folder, flags from the working folder', () => {
  const text = 'data: ../var\nsystem: company.yaml';
  const loaded = withFile(text);
  assert.ok(loaded.ok);
  assert.equal(loaded.settings.data, join(folder, 'var'));
  assert.equal(loaded.settings.system, join(folder, 'etc/company.yaml'));
  const flagged = withFile(text, { data: 'elsewhere' });
  assert.ok(flagged.ok && flagged.settings.data === join(folder, 'elsewhere'));
});

test('the file can be named by the environment', () => {
  writeFileSync(join(folder, 'other.yaml'), 'listen: 0.0.0.0');
  assert.deepEqual(settings({}, { UNISONO_CONFIG: 'other.yaml' }).listen, ['0.0.0.0']);
});

const REFUSED: [text: string, line: RegExp][] = [
  [
    'sip: { tls: 5060 }',
    /^etc\/u\.yaml:1:8: sip\.tls: port 5060 on 127\.0\.0\.1 is the one of sip\.tcp; right would be a port of its own$/,
  ],
  ['tls:\n  certificate: a.pem', /^etc\/u\.yaml:2:3: tls\.certificate: has no key beside it; right would be both/],
  [
    'registration: { minExpiresSec: 4000 }',
    /registration\.expiresSec: is 3600, which is not from 4000 to 7200; right would be a time from minExpiresSec to maxExpiresSec$/,
  ],
  [
    'sessionTimer: { expiresSec: 90, minExpiresSec: 120 }',
    /sessionTimer\.expiresSec: is 90, which is less than minExpiresSec; right would be at least 120$/,
  ],
  ['limits: { calls: 0 }', /limits\.calls: is 0; right would be a whole number from 1 to 1000000$/],
  [
    'tls: { clientCertificates: require }',
    /tls\.clientCertificates: is require, and no authority is named .*; right would be off, or tls\.ca beside it$/,
  ],
  ['listen: everywhere', /listen: is "everywhere"; right would be an IP address, or a list of them$/],
  [
    'sip: { udp: many }',
    /sip\.udp: is "many"; right would be a port \(0: any free one\), ADDRESS:PORT, off, or a list of those$/,
  ],
  [
    'sbc: { wss: 5061 }',
    /sbc\.wss: port 5061 on 127\.0\.0\.1 is the one of sip\.tls; right would be a port of its own$/,
  ],
  [
    'sbc: { media: { inside: { ports: 10500-11000 } } }',
    /sbc\.media\.inside\.ports: is 10500-11000, which overlaps rtp\.ports on 127\.0\.0\.1; right would be a range of its own$/,
  ],
  ['sbc: { gateways: "office:5060" }', /sbc\.gateways: .*right would be a list of places like udp:10\.0\.0\.1:5060$/],
  ['rtp: { ports: 20000-10000 }', /rtp\.ports: is "20000-10000"; right would be FIRST-LAST between 1024 and 65535$/],
];
for (const [text, line] of REFUSED) {
  test(`refused with the reason: ${text.replace(/\s+/g, ' ')}`, () => {
    const loaded = withFile(text);
    assert.match(loaded.ok ? 'accepted' : loaded.problems.map(problemLine).join('\n'), line);
  });
}

test('a file that was named and is not there is told', () => {
  const loaded = loadSettings({ config: 'no.yaml' }, {}, folder);
  assert.equal(
    loaded.ok ? '' : loaded.problems.map(problemLine).join(),
    'no.yaml: there is no such file; right would be the path of a configuration file',
  );
});

test('every flag sets options that exist', () => {
  const options = optionsOf(CONFIGURATION, VARIABLE_PREFIX).map((option) => option.path.join('.'));
  for (const { sets } of FLAGS) for (const option of sets) assert.ok(options.includes(option), option);
});

const CARD = { netmask: '', mac: '', cidr: null };
const INTERFACES = {
  lo: [{ ...CARD, address: '127.0.0.1', family: 'IPv4' as const, internal: true }],
  eth0: [{ ...CARD, address: '192.0.2.9', family: 'IPv4' as const, internal: false }],
};

const REACHED: [name: string, given: GivenFlags, reachable: string, media: { bind: string; announced: string }][] = [
  ['an address is what it is', { listen: '192.0.2.5' }, '192.0.2.5', { bind: '192.0.2.5', announced: '192.0.2.5' }],
  [
    'every address is that of a network card',
    { listen: '0.0.0.0' },
    '192.0.2.9',
    { bind: '0.0.0.0', announced: '192.0.2.9' },
  ],
  [
    'behind a router it is the advertised one',
    { listen: '192.0.2.5', advertise: '203.0.113.1' },
    '203.0.113.1',
    { bind: '192.0.2.5', announced: '203.0.113.1' },
  ],
  [
    'the other family is not advertised',
    { listen: '::1', advertise: '203.0.113.1' },
    '::1',
    { bind: '::1', announced: '::1' },
  ],
];
for (const [name, given, reachable, media] of REACHED) {
  test(`where phones reach this machine: ${name}`, () => {
    assert.equal(reachableAddress(settings(given), INTERFACES), reachable);
    assert.deepEqual(mediaAddresses(settings(given), INTERFACES), media);
  });
}

test('what is advertised does not apply to a loopback address beside others', () => {
  const given = settings({ listen: '192.0.2.5', advertise: '203.0.113.1' });
  assert.equal(advertisedFor(given, '127.0.0.1'), undefined);
  assert.equal(advertisedFor({ ...given, listen: ['127.0.0.1'] }, '127.0.0.1'), '203.0.113.1');
});

test('the certificate is for every address that can be reached', () => {
  assert.deepEqual(certificateHosts(settings({ listen: '0.0.0.0' }), 'pbx', INTERFACES), [
    'localhost',
    'pbx',
    '127.0.0.1',
    '::1',
    '192.0.2.9',
  ]);
});

const DOCUMENT = readFileSync(join(import.meta.dirname, '../../../../docs/configuration.md'), 'utf8');

test('the document names every option with its variable, and no other', () => {
  const rows = [...DOCUMENT.matchAll(/^\| `([\w.]+)` \| `(UNISONO_\w+)` \| (.*?) \|/gm)].map(
    ([, path, variable, standard]) => `${path} ${variable} ${standard}`,
  );
  const options = optionsOf(CONFIGURATION, VARIABLE_PREFIX).map(
    ({ path, variable, standard, otherwise }) => `${path.join('.')} ${variable} ${otherwise ?? `\`${standard}\``}`,
  );
  assert.deepEqual(rows, options);
});

test('the document names every flag', () => {
  for (const { flag } of FLAGS) assert.ok(DOCUMENT.includes(`\`${flag} `), flag);
});

test('the examples of the document are accepted', () => {
  const examples = [...DOCUMENT.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => text ?? '');
  assert.ok(examples.length >= 2);
  for (const text of examples) {
    const loaded = withFile(text);
    assert.ok(loaded.ok, JSON.stringify(loaded));
  }
});
