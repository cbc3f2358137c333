import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { judge, type Sample, sampleOf, UNJUDGED } from './quality.ts';

const GOOD: Sample = { packetsReceived: 250, packetsLost: 0, jitterMs: 10, roundTripMs: 50 };

/** Counters go up with each sample, as they do. */
function judged(samples: readonly Partial<Sample>[]) {
  let [received, lost] = [0, 0];
  return samples.reduce<typeof UNJUDGED>((before, sample) => {
    received += sample.packetsReceived ?? GOOD.packetsReceived;
    lost += sample.packetsLost ?? 0;
    return judge(before, { ...GOOD, ...sample, packetsReceived: received, packetsLost: lost });
  }, UNJUDGED).quality;
}

describe('the quality of a call', () => {
  const BAD = {
    jitter: { jitterMs: 51 },
    roundTrip: { roundTripMs: 301 },
    loss: { packetsReceived: 94, packetsLost: 6 },
  };
  const LIMIT = {
    jitter: { jitterMs: 50 },
    roundTrip: { roundTripMs: 300 },
    loss: { packetsReceived: 95, packetsLost: 5 },
  };
  for (const name of ['jitter', 'roundTrip', 'loss'] as const) {
    test(`${name}: warned of after three samples over the limit in a row, not before, and not at the limit`, () => {
      assert.deepEqual(judged([BAD[name], BAD[name]]).warnings, []);
      assert.deepEqual(judged([BAD[name], BAD[name], BAD[name]]).warnings, [name]);
      assert.deepEqual(judged([BAD[name], BAD[name], {}, BAD[name]]).warnings, []);
      assert.deepEqual(judged([BAD[name], BAD[name], BAD[name], {}]).warnings, []);
      assert.deepEqual(judged([LIMIT[name], LIMIT[name], LIMIT[name]]).warnings, []);
    });
  }
  test('loss is of the time since the last sample', () => {
    assert.equal(judged([{ packetsLost: 250 }, {}]).lossPercent, 0);
    assert.equal(judged([{}, { packetsReceived: 90, packetsLost: 10 }]).lossPercent, 10);
  });
  test('nothing came at all: no loss is known, and nothing is divided by nothing', () => {
    assert.equal(judged([{ packetsReceived: 0 }]).lossPercent, undefined);
  });
  test('a report of a browser is read; one without audio is none', () => {
    const report = [
      { type: 'inbound-rtp', kind: 'video', jitter: 9 },
      { type: 'inbound-rtp', kind: 'audio', packetsReceived: 10, packetsLost: -1, jitter: 0.012 },
      { type: 'remote-inbound-rtp', kind: 'audio', roundTripTime: 0.08 },
      { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.3 },
    ];
    assert.deepEqual(sampleOf(report), { packetsReceived: 10, packetsLost: 0, jitterMs: 12, roundTripMs: 80 });
    assert.equal(sampleOf([]), undefined);
  });
});
