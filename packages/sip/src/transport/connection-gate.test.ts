import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainAddress, sourceOf } from './connection-gate.ts';

const SOURCES: [address: string, source: string][] = [
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8:1:2::6', '2001:db8:1:2'],
  ['2001:db8::6', '2001:db8::'],
  ['::1', '::'],
];
for (const [address, source] of SOURCES) {
  test(`${address} counts as ${source}`, () => assert.equal(sourceOf(address), source));
}

test('an IPv4-mapped address is shown as IPv4', () => {
  assert.equal(plainAddress('::ffff:192.0.2.1'), '192.0.2.1');
  assert.equal(plainAddress('::ffff:1'), '::ffff:1');
});
