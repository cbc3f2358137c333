import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SeededRandom } from '../testing/seeded-random.ts';
import { PortPool } from './port-pool.ts';

describe('PortPool', () => {
  it('hands out even ports, each once, then none', () => {
    const pool = new PortPool({ min: 40_001, max: 40_010 }, new SeededRandom(1));
    const ports = Array.from({ length: 5 }, () => pool.take());
    assert.deepEqual(ports.filter(Boolean).sort(), [40_002, 40_004, 40_006, 40_008]);
    assert.equal(ports[4], undefined);
    assert.deepEqual([pool.size, pool.used], [4, 4]);
  });

  it('lets a port rest for as long as others are free', () => {
    const pool = new PortPool({ min: 40_000, max: 40_019 }, new SeededRandom(2));
    const first = pool.take() ?? assert.fail();
    pool.release(first);
    const next = Array.from({ length: 9 }, () => pool.take());
    assert.ok(!next.includes(first));
    assert.equal(pool.take(), first);
  });

  it('bears with ports that were never taken and with double releases', () => {
    const pool = new PortPool({ min: 40_000, max: 40_003 }, new SeededRandom(3));
    const port = pool.take() ?? assert.fail();
    for (const odd of [port, port, port + 1, 1, 65_000]) pool.release(odd);
    assert.equal(pool.used, 0);
  });

  it('an empty range has nothing', () => {
    assert.equal(new PortPool({ min: 40_001, max: 40_001 }, new SeededRandom(4)).take(), undefined);
  });

  it('never goes beyond the last port', () => {
    const pool = new PortPool({ min: 65_532, max: 70_000 }, new SeededRandom(5));
    assert.deepEqual([pool.take(), pool.take(), pool.take()].sort(), [65_532, 65_534, undefined]);
  });
});
