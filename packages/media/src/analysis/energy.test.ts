import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isTone, levelDbov, powerAt, rms, snrDb, toneShare } from './energy.ts';

function sine(frequencyHz: number, amplitude: number, samples = 8_000): Int16Array {
  return Int16Array.from({ length: samples }, (_, i) => amplitude * Math.sin((2 * Math.PI * frequencyHz * i) / 8_000));
}

function near(actual: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected} ± ${tolerance}`);
}

describe('energy of samples', () => {
  it('a sine of amplitude A has an RMS of A/√2 and power A²/2 at its frequency', () => {
    near(rms(sine(440, 10_000)), 7_071, 2);
    near(powerAt(sine(440, 10_000), 8_000, 440), 5e7, 5e4);
    near(powerAt(sine(440, 10_000), 8_000, 1_000), 0, 100);
  });

  it('levels are relative to full scale', () => {
    near(levelDbov(new Int16Array(100).fill(-32_768)), 0, 0.01);
    near(levelDbov(sine(440, 32_767)), -3.01, 0.01);
    assert.equal(levelDbov(new Int16Array(100)), Number.NEGATIVE_INFINITY);
  });

  it('finds a tone in a mixture', () => {
    const a = sine(440, 6_000);
    const b = sine(880, 6_000);
    const both = a.map((sample, i) => sample + (b[i] ?? 0));
    near(toneShare(both, 8_000, 440), 0.5, 0.01);
    assert.equal(isTone(a, 8_000, 440), true);
    assert.equal(isTone(both, 8_000, 440), false);
    assert.equal(isTone(new Int16Array(8_000), 8_000, 440), false, 'silence');
    assert.equal(isTone(sine(440, 20), 8_000, 440), false, 'too faint');
  });

  it('measures noise against a signal at any gain and delay', () => {
    const signal = Int16Array.from({ length: 4_000 }, (_, i) => Math.imul(i * i + 1, 40_503) % 8_000);
    const late = new Int16Array(4_010);
    late.set(
      signal.map((sample, i) => sample / 2 + (i % 2 === 0 ? 40 : -40)),
      10,
    );
    near(snrDb(signal, late, 20), 20 * Math.log10(rms(signal) / 2 / 40), 0.3);
    assert.ok(snrDb(signal, late, 5) < 5, 'delay out of reach');
  });

  it('empty samples have no energy', () => {
    assert.deepEqual([rms(new Int16Array()), powerAt(new Int16Array(), 8_000, 440)], [0, 0]);
  });
});
