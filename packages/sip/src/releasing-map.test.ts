import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReleasingMap } from './releasing-map.ts';

test('a releasing map finds what was set last, and nothing that was deleted', () => {
  const map = new ReleasingMap<{ name: string }>();
  const [first, second, other] = [{ name: 'first' }, { name: 'second' }, { name: 'other' }];
  map.set('a', first);
  map.set('b', other);
  map.set('a', second);
  assert.equal(map.get('a'), second);
  assert.deepEqual([...map.values()], [second, other]);
  map.delete('a');
  map.delete('never there');
  assert.equal(map.get('a'), undefined);
  assert.equal(map.size, 1);
});

test('a releasing map goes on with what is left when something is deleted while its values are gone through', () => {
  const map = new ReleasingMap<{ key: string }>();
  for (const key of ['a', 'b', 'c']) map.set(key, { key });
  const seen: string[] = [];
  for (const { key } of map.values()) {
    seen.push(key);
    map.delete('b');
  }
  assert.deepEqual(seen, ['a', 'c']);
});
