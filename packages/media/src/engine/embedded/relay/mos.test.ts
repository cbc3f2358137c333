import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { estimateMos, type QualityInput } from './mos.ts';

describe('estimate of MOS (ITU-T G.107)', () => {
  const good: QualityInput = { codec: 'PCMA', lossRatio: 0, jitterMs: 1, roundTripMs: 20 };
  const cases: readonly [string, Partial<QualityInput>, number, number][] = [
    ['G.711 on a good path is as good as it gets', {}, 4.35, 4.45],
    ['1 % of loss is heard', { lossRatio: 0.01 }, 4.2, 4.4],
    ['5 % of loss annoys', { lossRatio: 0.05 }, 3.4, 3.9],
    ['20 % of loss is hard to bear', { lossRatio: 0.2 }, 2.2, 2.8],
    ['all of it lost', { lossRatio: 1 }, 1, 1.2],
    ['a second of round trip makes people interrupt each other', { roundTripMs: 1_000 }, 1.9, 2.6],
    ['jitter costs the delay of its buffer', { jitterMs: 150 }, 3.4, 4.1],
    ['G.722 bears loss less well', { codec: 'G722', lossRatio: 0.05 }, 2.6, 3.5],
    ['a codec nobody has heard of is taken for G.711', { codec: 'X' }, 4.35, 4.45],
    ['without a round trip the peer is taken for near', { roundTripMs: undefined }, 4.35, 4.5],
    ['impossible ratios stay on the scale', { lossRatio: 7, jitterMs: 1e6 }, 1, 1],
  ];
  for (const [name, change, least, most] of cases) {
    test(name, () => {
      const mos = estimateMos({ ...good, ...change });
      assert.ok(mos >= least && mos <= most, `${mos}`);
    });
  }
});
