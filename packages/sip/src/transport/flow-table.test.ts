import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FlowTable } from './flow-table.ts';

test('it never holds more than its capacity', () => {
  const table = new FlowTable<number>(100, 60_000, 0);
  for (let i = 0; i < 1000; i++) {
    table.set(`k${i}`, i, 0);
    assert.ok(table.size <= 100);
  }
  assert.equal(table.get('k999', 0), 999);
  assert.equal(table.get('k0', 0), undefined);
});

test('what is used stays, what is not goes with age', () => {
  const table = new FlowTable<string>(1000, 60_000, 0);
  table.set('used', 'a', 0);
  table.set('unused', 'b', 0);
  for (let nowMs = 60_000; nowMs <= 180_000; nowMs += 60_000) {
    table.set(`other${nowMs}`, 'c', nowMs);
    assert.equal(table.get('used', nowMs), 'a');
  }
  assert.equal(table.get('unused', 180_000), undefined);
});
