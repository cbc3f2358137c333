import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '../time/virtual-clock.ts';
import { FlowTable } from './flow-table.ts';

test('it never holds more than its capacity', () => {
  const table = new FlowTable<number>(100, 60_000, new VirtualClock());
  for (let i = 0; i < 1000; i++) {
    table.set(`k${i}`, i);
    assert.ok(table.size <= 100);
  }
  assert.equal(table.get('k999'), 999);
  assert.equal(table.get('k0'), undefined);
});

test('what is used stays, what is not goes with age', () => {
  const clock = new VirtualClock();
  const table = new FlowTable<string>(1000, 60_000, clock);
  table.set('used', 'a');
  table.set('unused', 'b');
  for (let i = 0; i < 3; i++) {
    clock.advance(60_000);
    table.set(`other${i}`, 'c');
    assert.equal(table.get('used'), 'a');
  }
  assert.equal(table.get('unused'), undefined);
});
