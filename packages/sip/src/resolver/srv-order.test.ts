import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SeededRandom } from '../time/random.ts';
import type { SrvRecord } from './dns.ts';
import { orderSrv } from './srv-order.ts';

const record = (target: string, priority: number, weight: number): SrvRecord => ({
  priority,
  weight,
  port: 5060,
  target,
});

test('lower priority comes first, whatever the weight', () => {
  const records = [record('c', 30, 100), record('a', 10, 0), record('b', 20, 50)];
  assert.deepEqual(
    orderSrv(records, new SeededRandom(1)).map(({ target }) => target),
    ['a', 'b', 'c'],
  );
});

test('among equals the share of first places follows the weight (RFC 2782)', () => {
  const random = new SeededRandom(5);
  const records = [record('light', 1, 10), record('heavy', 1, 90), record('none', 1, 0)];
  const first = { light: 0, heavy: 0, none: 0 };
  for (let i = 0; i < 10_000; i++) first[orderSrv(records, random)[0]?.target as keyof typeof first]++;
  assert.ok(Math.abs(first.heavy - 8_900) < 300, `heavy ${first.heavy}`);
  assert.ok(Math.abs(first.light - 990) < 200, `light ${first.light}`);
  assert.ok(first.none > 30 && first.none < 200, `none ${first.none}`);
});

test('property: every record comes exactly once, priorities never fall', () => {
  const any = fc.record({
    priority: fc.nat(3),
    weight: fc.nat(65_535),
    port: fc.constant(5060),
    target: fc.domain(),
  });
  fc.assert(
    fc.property(fc.array(any, { maxLength: 12 }), fc.nat(), (records, seed) => {
      const ordered = orderSrv(records, new SeededRandom(seed));
      assert.deepEqual(new Set(ordered), new Set(records));
      assert.equal(ordered.length, records.length);
      ordered.reduce((before, { priority }) => {
        assert.ok(priority >= before);
        return priority;
      }, 0);
    }),
  );
});
