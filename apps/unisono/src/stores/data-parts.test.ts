import assert from 'node:assert/strict';
import { test } from 'node:test';
import { demoSystem, type SystemData } from '@unisono/pbx';
import { partsBetween, withParts } from './data-parts.ts';

const BEFORE = demoSystem({ random: { int: () => 0 } });
const [first, second, ...others] = BEFORE.stations;
assert.ok(first && second);

const CASES: { name: string; after: SystemData; parts: { whole: string[]; entries: Record<string, number> } }[] = [
  { name: 'nothing changed', after: { ...BEFORE }, parts: { whole: [], entries: {} } },
  {
    name: 'a section changed',
    after: { ...BEFORE, licences: { flex: 9, unifyPhone: 9 } },
    parts: { whole: ['licences'], entries: {} },
  },
  {
    name: 'an entry changed',
    after: { ...BEFORE, stations: [first, { ...second, state: 'signedOff' }, ...others] },
    parts: { whole: [], entries: { stations: 1 } },
  },
  {
    name: 'an entry was added',
    after: { ...BEFORE, stations: [...BEFORE.stations, { ...first, id: 'new', number: '4999' }] },
    parts: { whole: [], entries: { stations: 1 } },
  },
  {
    name: 'an entry was removed',
    after: { ...BEFORE, stations: [first, ...others] },
    parts: { whole: ['stations'], entries: {} },
  },
  {
    name: 'entries changed places',
    after: { ...BEFORE, stations: [second, first, ...others] },
    parts: { whole: ['stations'], entries: {} },
  },
];

for (const { name, after, parts } of CASES) {
  test(`the difference is small and leads to the same data: ${name}`, () => {
    const found = partsBetween(BEFORE, after);
    assert.deepEqual(Object.keys(found.whole ?? {}), parts.whole);
    assert.deepEqual(
      Object.fromEntries(Object.entries(found.entries ?? {}).map(([list, changed]) => [list, changed.length])),
      parts.entries,
    );
    assert.deepEqual(withParts(BEFORE, JSON.parse(JSON.stringify(found)) as typeof found), after);
  });
}
