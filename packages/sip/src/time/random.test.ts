import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom, SystemRandom } from './random.ts';

for (const [name, make] of Object.entries({
  SystemRandom: () => new SystemRandom(),
  SeededRandom: () => new SeededRandom(1),
})) {
  test(`${name}: hexadecimal of any length, never the same twice`, () => {
    const random = make();
    for (const octets of [0, 1, 3, 8, 10_000])
      assert.match(random.hex(octets), new RegExp(`^[0-9a-f]{${octets * 2}}$`));
    const seen = new Set(Array.from({ length: 2_000 }, () => random.hex(8)));
    assert.equal(seen.size, 2_000);
  });

  test(`${name}: numbers below the bound, all of them`, () => {
    const random = make();
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i++) {
      const number = random.int(10);
      assert.ok(Number.isInteger(number) && number >= 0 && number < 10);
      counts[number] = (counts[number] ?? 0) + 1;
    }
    for (const count of counts) assert.ok(count > 700 && count < 1_300, `${counts}`);
    assert.equal(random.int(1), 0);
  });
}

test('a seed gives the same numbers again, another seed others', () => {
  const draw = (seed: number) => {
    const random = new SeededRandom(seed);
    return [random.hex(8), random.int(1_000_000), random.hex(3)];
  };
  assert.deepEqual(draw(42), draw(42));
  assert.notDeepEqual(draw(42), draw(43));
});
