import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { optionsOf } from './options.ts';
import { closest, problemLine } from './problem.ts';
import { readConfiguration, type Sources } from './read.ts';

const SCHEMA = z.strictObject({
  data: z.string().default('./data').meta({ about: 'Folder.', right: 'a path' }),
  sip: z
    .strictObject({
      port: z.int().min(0).max(65535).default(5060).meta({ about: 'Port.', right: 'a port from 0 to 65535' }),
      maxCalls: z.int().default(100).meta({ about: 'Calls.', right: 'a number' }),
    })
    .prefault({}),
  level: z.enum(['info', 'debug']).default('info').meta({ about: 'Level.', right: 'info or debug' }),
});

function read(sources: Omit<Sources, 'prefix'>): ReturnType<typeof readConfiguration<typeof SCHEMA>> {
  return readConfiguration(SCHEMA, { prefix: 'UNISONO', ...sources }, (value) =>
    value.sip.port === 1 ? [{ path: ['sip', 'port'], wrong: 'is 1 and nobody uses that', right: '2' }] : [],
  );
}

function accepted(sources: Omit<Sources, 'prefix'>): z.output<typeof SCHEMA> {
  const result = read(sources);
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
}

function lines(sources: Omit<Sources, 'prefix'>): string[] {
  const result = read(sources);
  return result.ok ? [] : result.problems.map(problemLine);
}

const file = (text: string): { file: { name: string; text: string } } => ({ file: { name: 'u.yaml', text } });

test('without anything the defaults apply', () => {
  assert.deepEqual(accepted({}), { data: './data', sip: { port: 5060, maxCalls: 100 }, level: 'info' });
});

test('an empty file and an empty section are no mistake', () => {
  assert.equal(accepted(file('')).sip.port, 5060);
  assert.equal(accepted({ ...file('sip:\n'), environment: { UNISONO_SIP_PORT: '7' } }).sip.port, 7);
});

test('a flag wins over the environment, that over the file, that over the default', () => {
  const port = (sources: Omit<Sources, 'prefix'>): number => accepted(sources).sip.port;
  const all = {
    flags: { 'sip.port': { text: '4', flag: '--sip-port' } },
    environment: { UNISONO_SIP_PORT: '3' },
    ...file('sip: { port: 2 }'),
  };
  assert.equal(port(all), 4);
  assert.equal(port({ ...all, flags: {} }), 3);
  assert.equal(port({ ...all, flags: {}, environment: { UNISONO_SIP_PORT: '' } }), 2);
  assert.equal(port({}), 5060);
});

test('a text that looks like a number stays a text where a text is wanted', () => {
  assert.equal(accepted({ environment: { UNISONO_DATA: '2026' } }).data, '2026');
});

const PROBLEMS: [name: string, sources: Omit<Sources, 'prefix'>, line: string][] = [
  [
    'a wrong value in the file',
    file('sip:\n  port: many'),
    'u.yaml:2:3: sip.port: is "many"; right would be a port from 0 to 65535',
  ],
  [
    'a wrong value in the environment',
    { environment: { UNISONO_LEVEL: 'loud' } },
    'environment variable UNISONO_LEVEL: level: is "loud"; right would be info or debug',
  ],
  [
    'a wrong flag',
    { flags: { 'sip.port': { text: '70000', flag: '--sip-port' } } },
    'option --sip-port: sip.port: is 70000; right would be a port from 0 to 65535',
  ],
  ['a misspelt key', file('levle: info'), 'u.yaml:1:1: levle: there is no such option; right would be level'],
  [
    'a key in the wrong section',
    file('maxCalls: 3'),
    'u.yaml:1:1: maxCalls: there is no such option; right would be sip.maxCalls',
  ],
  [
    'an unknown key',
    file('sip:\n  colour: red'),
    'u.yaml:2:3: sip.colour: there is no such option; right would be one of port, maxCalls',
  ],
  [
    'a value instead of a section',
    file('sip: 3'),
    'u.yaml:1:1: sip: is 3; right would be a section with port, maxCalls',
  ],
  ['a list instead of a file', file('- 1'), 'u.yaml:1:1: is [1]; right would be a section with data, sip, level'],
  ['a contradiction', file('sip: { port: 1 }'), 'u.yaml:1:8: sip.port: is 1 and nobody uses that; right would be 2'],
];
for (const [name, sources, line] of PROBLEMS) {
  test(`told with place and what would be right: ${name}`, () => assert.deepEqual(lines(sources), [line]));
}

test('a text that is no YAML is told with its line', () => {
  assert.match(
    lines(file('sip: {\nlevel: info'))[0] ?? '',
    /^u\.yaml:2:\d+: .*; right would be a file in YAML or JSON$/,
  );
});

test('several problems are told at once', () => assert.equal(lines(file('level: x\nsip: { port: -1 }')).length, 2));

test('a misspelt variable is pointed out', () => {
  const result = read({ environment: { UNISONO_LEVLE: 'debug', OTHER: 'x' } });
  assert.ok(result.ok);
  assert.deepEqual(result.warnings, [
    'the environment variable UNISONO_LEVLE is no option and has no effect; is UNISONO_LEVEL meant?',
  ]);
});

test('options are listed with variable and default', () => {
  const listed = optionsOf(SCHEMA, 'UNISONO').map(
    ({ path, variable, standard }) => `${path.join('.')} ${variable} ${standard}`,
  );
  assert.deepEqual(listed, [
    'data UNISONO_DATA ./data',
    'sip.port UNISONO_SIP_PORT 5060',
    'sip.maxCalls UNISONO_SIP_MAX_CALLS 100',
    'level UNISONO_LEVEL info',
  ]);
});

test('an option without its texts is an error of the schema', () => {
  assert.throws(() => optionsOf(z.object({ bare: z.string() }), 'X'), /option bare does not say/);
});

test('only what is close enough is suggested', () => {
  assert.equal(closest('prot', ['port', 'level']), 'port');
  assert.equal(closest('banana', ['port', 'level']), undefined);
});
