import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readJson } from './json.ts';

describe('readJson', () => {
  it('reads any JSON value as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const read = readJson(text);
        if (read !== undefined) assert.deepEqual(read.value, JSON.parse(text));
      }),
    );
  });

  it('is not confused by names, quotes and colons inside strings', () => {
    const value = { 'a"b:': '": "c":', 'd\\': [':', '"', { e: '\\":' }] };
    assert.deepEqual(readJson(JSON.stringify(value, null, 2)), { value });
  });

  const leaves: readonly [name: string, text: string][] = [
    ['a field that stands twice', '{"a": 1, "a": 2}'],
    ['a field that stands twice, once with an escape', '{"a": 1, "\\u0061": 2}'],
    ['one deep inside', '[{"b": {"a": 1, "c": 3, "a": 2}}]'],
    ['YAML', 'a: 1'],
    ['nothing', ''],
    ['nesting beyond the stack', '['.repeat(200_000) + ']'.repeat(200_000)],
  ];
  for (const [name, text] of leaves) it(`leaves ${name} to others`, () => assert.equal(readJson(text), undefined));
});
