import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ReceiveStatistics } from './receive-statistics.ts';

/** Feeds packets of 20 ms with these sequence numbers; `lateMs` delays each by its own time. */
function fed(sequence: readonly number[], lateMs: (i: number) => number = () => 0): ReceiveStatistics {
  const statistics = new ReceiveStatistics(8_000);
  for (const [i, number] of sequence.entries()) {
    const step = number - (sequence[0] ?? 0);
    statistics.receive(1, number & 0xffff, (step * 160) >>> 0, 160, 1_000 + step * 20 + lateMs(i), true);
  }
  return statistics;
}

function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + i);
}

describe('receive statistics (RFC 3550 A.1, A.3)', () => {
  it('counts packets and octets', () => {
    const { packets, octets, lost, lossRatio } = fed(range(10, 50)).snapshot();
    assert.deepEqual({ packets, octets, lost, lossRatio }, { packets: 50, octets: 8_000, lost: 0, lossRatio: 0 });
  });

  it('counts what is missing', () => {
    const statistics = fed(range(0, 100).filter((n) => n % 10 !== 5));
    assert.equal(statistics.snapshot().lost, 10);
    assert.equal(statistics.snapshot().lossRatio, 0.1);
  });

  it('does not take reordering for loss', () => {
    assert.equal(fed([1, 2, 4, 3, 5, 7, 6]).snapshot().lost, 0);
  });

  it('is not misled by duplicates', () => {
    const statistics = fed([1, 2, 2, 3]);
    assert.equal(statistics.snapshot().lost, 0);
    assert.equal(statistics.cumulativeLost, -1);
  });

  it('A.1: goes on across the wrap of sequence numbers, and counts the cycles', () => {
    const statistics = fed(range(65_530, 20));
    assert.equal(statistics.snapshot().lost, 0);
    assert.equal(statistics.extendedHighestSequence, 0x1_0000 + 13);
  });

  it('A.1: a jump counts only when a second packet follows it', () => {
    const statistics = fed([...range(0, 10), 30_000, ...range(10, 10)]);
    assert.equal(statistics.snapshot().lost, 0);
    const restarted = fed([...range(0, 10), 30_000, 30_001, 30_002]);
    assert.equal(restarted.extendedHighestSequence, 30_002);
    assert.equal(restarted.snapshot().lost, 0);
  });

  it('starts anew with another source, and says so', () => {
    const statistics = fed(range(0, 10));
    assert.equal(statistics.receive(2, 500, 0, 160, 5_000, true), true);
    assert.equal(statistics.receive(2, 501, 160, 160, 5_020, true), false);
    assert.deepEqual([statistics.ssrc, statistics.snapshot().packets, statistics.snapshot().lost], [2, 2, 0]);
  });

  it('A.3: the fraction lost covers the time since the last report', () => {
    const statistics = new ReceiveStatistics(8_000);
    const feed = (numbers: number[]) => {
      for (const n of numbers) statistics.receive(1, n, n * 160, 160, n * 20, true);
    };
    feed(range(0, 100).filter((n) => n % 4 !== 2));
    assert.equal(statistics.takeFractionLost(), 64);
    feed(range(100, 100));
    assert.equal(statistics.takeFractionLost(), 0);
    assert.equal(statistics.takeFractionLost(), 0);
    assert.equal(statistics.cumulativeLost, 25);
  });
});

describe('jitter (RFC 3550 A.8)', () => {
  it('is zero for an even stream', () => {
    assert.equal(fed(range(0, 200)).snapshot().jitterMs, 0);
  });

  it('approaches the mean difference of transit times', () => {
    const alternating = fed(range(0, 500), (i) => (i % 2) * 10).snapshot().jitterMs;
    assert.ok(Math.abs(alternating - 10) < 0.1, `${alternating}`);
  });

  it('moves by a sixteenth of each difference', () => {
    const once = fed(range(0, 2), (i) => i * 16).snapshot().jitterMs;
    assert.equal(once, 1);
  });

  it('leaves events out: their timestamp stands still', () => {
    const statistics = fed(range(0, 10));
    for (let i = 0; i < 10; i++) statistics.receive(1, 10 + i, 1_600, 4, 1_200 + i * 20, false);
    assert.equal(statistics.snapshot().jitterMs, 0);
  });

  it('survives the wrap of timestamps', () => {
    const statistics = new ReceiveStatistics(8_000);
    for (let i = 0; i < 10; i++) statistics.receive(1, i, (0xffff_ff00 + i * 160) >>> 0, 160, i * 20, true);
    assert.equal(statistics.snapshot().jitterMs, 0);
  });
});
