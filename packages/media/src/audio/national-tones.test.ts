import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { powerAt, rms } from '../analysis/energy.ts';
import { NATIONAL_TONES, progressTones } from './national-tones.ts';
import { RateConverter, resample } from './resample.ts';
import { PROGRESS_TONES, renderTone } from './tone.ts';

describe('tones of countries', () => {
  const ringback: readonly [string, number[], number[]][] = [
    ['DE', [425], [1_000, 4_000]],
    ['GB', [400, 450], [400, 200, 400, 2_000]],
    ['US', [440, 480], [2_000, 4_000]],
  ];
  for (const [country, frequencies, cadence] of ringback) {
    it(`${country}: ringback at ${frequencies.join('+')} Hz, ${cadence.join('/')} ms`, () => {
      const segments = progressTones(country).ringback;
      assert.deepEqual(
        segments.map(({ durationMs }) => durationMs),
        cadence,
      );
      const pcm = renderTone(segments, 8_000);
      let at = 0;
      for (const [i, durationMs] of cadence.entries()) {
        const piece = pcm.slice(at, at + durationMs * 8);
        at += piece.length;
        const share = frequencies.reduce((sum, hz) => sum + powerAt(piece, 8_000, hz), 0) / (rms(piece) ** 2 || 1);
        assert.ok(i % 2 === 0 ? share > 0.9 : rms(piece) === 0, `${durationMs} ms: ${share}`);
      }
    });
  }

  it('names in any case, UK too, and the European ones where a country is not known', () => {
    assert.equal(progressTones('uk'), NATIONAL_TONES.GB);
    assert.equal(progressTones('us'), NATIONAL_TONES.US);
    assert.equal(progressTones('XX'), PROGRESS_TONES);
  });

  it('every tone is to be repeated: on, then off, or on without end', () => {
    for (const [country, tones] of Object.entries(NATIONAL_TONES)) {
      assert.deepEqual(Object.keys(tones).sort(), Object.keys(PROGRESS_TONES).sort(), country);
      for (const segments of Object.values(tones))
        assert.ok(segments.length === 1 || segments.length % 2 === 0, country);
    }
  });
});

describe('RateConverter', () => {
  for (const [fromHz, toHz] of [
    [8_000, 16_000],
    [16_000, 8_000],
  ] as const) {
    it(`${fromHz} to ${toHz}: frames join without a seam, as the whole piece does`, () => {
      const pcm = renderTone([{ frequenciesHz: [1_000], durationMs: 400 }], fromHz);
      const converter = new RateConverter(fromHz, toHz);
      const [size, outSize] = [fromHz / 50, toHz / 50];
      const out = new Int16Array(pcm.length * (toHz / fromHz));
      for (let frame = 0; frame * size < pcm.length; frame++) {
        converter.convert(
          pcm.slice(frame * size, (frame + 1) * size),
          out.subarray(frame * outSize, (frame + 1) * outSize),
        );
      }
      const whole = resample(pcm, fromHz, toHz);
      // Half the filter late: 31 samples at 16 kHz.
      const late = toHz === 16_000 ? 31 : 15;
      const distance = Math.max(
        ...[...out.slice(late + 200, late + 1_200)].map((sample, i) => Math.abs(sample - (whole[i + 200] as number))),
      );
      // At 8 kHz half a sample remains between the two.
      assert.ok(distance < (toHz === 16_000 ? 2 : 3_000), `${distance}`);
      assert.ok(powerAt(out.slice(800), toHz, 1_000) / rms(out.slice(800)) ** 2 > 0.95);
    });
  }
});
