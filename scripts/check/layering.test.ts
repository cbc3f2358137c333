import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cyclesOf } from './cycles.ts';
import { importsOf } from './imports.ts';
import { problemWith } from './layering.ts';

const CASES: { name: string; file: string; specifier: string; problem?: RegExp }[] = [
  { name: 'the gateway may use the SIP library', file: 'packages/gateway/src/a.ts', specifier: '@unisono/sip' },
  {
    name: 'the SIP library may not use the domain',
    file: 'packages/sip/src/a.ts',
    specifier: '@unisono/pbx',
    problem: /never heard of accounts/,
  },
  {
    name: 'platform may not use the domain',
    file: 'packages/platform/src/a.ts',
    specifier: '@unisono/pbx',
    problem: /nothing of ours/,
  },
  {
    name: 'the border may not use the gateway',
    file: 'packages/sbc/src/a.ts',
    specifier: '@unisono/gateway',
    problem: /sip, media, cluster/,
  },
  { name: 'an app may use everything', file: 'apps/unisono/src/a.ts', specifier: '@unisono/gateway' },
  {
    name: 'nobody reaches into a package',
    file: 'apps/unisono/src/a.ts',
    specifier: '@unisono/sip/src/x.ts',
    problem: /reaches into/,
  },
  { name: 'a relative path stays at home', file: 'packages/sip/src/a/b.ts', specifier: '../c.ts' },
  {
    name: 'a relative path does not leave the package',
    file: 'packages/sip/src/a.ts',
    specifier: '../../pbx/src/a.ts',
    problem: /leaves packages\/sip/,
  },
  {
    name: 'the domain does no input or output',
    file: 'packages/pbx/src/a.ts',
    specifier: 'node:fs',
    problem: /no input or output/,
  },
  { name: 'a test of the domain may read files', file: 'packages/pbx/src/a.test.ts', specifier: 'node:fs' },
  {
    name: 'code does not depend on tests',
    file: 'packages/sip/src/a.ts',
    specifier: './b.test.ts',
    problem: /is a test/,
  },
  {
    name: 'an unknown package is asked to introduce itself',
    file: 'packages/new/src/a.ts',
    specifier: '@unisono/sip',
    problem: /folder table/,
  },
];

for (const { name, file, specifier, problem } of CASES) {
  test(name, () => {
    const found = problemWith(file, { specifier, line: 1, typeOnly: false });
    if (problem === undefined) assert.equal(found, undefined);
    else assert.match(found ?? 'no problem found', problem);
  });
}

test('imports are found in every form, with line and whether only types are meant', () => {
  const source = [
    "import type { A } from './a.ts';",
    "import { b, type C } from './b.ts';",
    "export * from './c.ts';",
    "export type { X } from './x.ts';",
    "const d = await import('./d.ts');",
    "import './e.ts';",
  ].join('\n');
  const found = importsOf('m.ts', source).map(({ specifier, line, typeOnly }) => `${specifier} ${line} ${typeOnly}`);
  assert.deepEqual(found.sort(), [
    './a.ts 1 true',
    './b.ts 2 false',
    './c.ts 3 false',
    './d.ts 5 false',
    './e.ts 6 false',
    './x.ts 4 true',
  ]);
});

test('a cycle is found once and told as a path', () => {
  const graph = new Map([
    ['a', ['b']],
    ['b', ['c']],
    ['c', ['b', 'd']],
    ['d', []],
  ]);
  assert.deepEqual(cyclesOf(graph), [['b', 'c', 'b']]);
});
