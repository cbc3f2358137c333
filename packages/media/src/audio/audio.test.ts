import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isTone, levelDbov, rms, snrDb, toneShare } from '../analysis/energy.ts';
import { audioCodec } from '../codec/codec.ts';
import type { CodecName } from '../sdp/negotiation.ts';
import { AudioClip } from './clip.ts';
import { MELODY_MS, renderMelody } from './melody.ts';
import { resample } from './resample.ts';
import { PROGRESS_TONES, renderTone, SIGNALS } from './tone.ts';

function sine(frequencyHz: number, rateHz: number, samples: number): Int16Array {
  return Int16Array.from({ length: samples }, (_, i) => 8_000 * Math.sin((2 * Math.PI * frequencyHz * i) / rateHz));
}

describe('tones', () => {
  it('ringback is a second of 425 Hz and four of silence', () => {
    const pcm = renderTone(PROGRESS_TONES.ringback, 8_000);
    assert.equal(pcm.length, 40_000);
    assert.ok(isTone(pcm.subarray(0, 8_000), 8_000, 425));
    assert.equal(rms(pcm.subarray(8_000)), 0);
  });

  it('busy is half a second of each', () => {
    const pcm = renderTone(PROGRESS_TONES.busy, 16_000);
    assert.equal(pcm.length, 0.96 * 16_000);
    assert.ok(isTone(pcm.subarray(0, 7_680), 16_000, 425));
    assert.equal(rms(pcm.subarray(7_680)), 0);
  });

  it('the error signal is the special information tone of E.180', () => {
    const pcm = renderTone(SIGNALS.error, 8_000);
    for (const [i, frequencyHz] of [950, 1_400, 1_800].entries()) {
      assert.ok(isTone(pcm.subarray(i * 2_640, (i + 1) * 2_640), 8_000, frequencyHz), `${frequencyHz}`);
    }
  });

  it('segments begin and end softly', () => {
    const pcm = renderTone([{ frequenciesHz: [1_000], durationMs: 100 }], 8_000);
    assert.ok(rms(pcm.subarray(0, 8)) < 0.2 * rms(pcm));
    assert.ok(rms(pcm.subarray(-8)) < 0.2 * rms(pcm));
  });

  it('two frequencies share the level of one', () => {
    const pcm = renderTone([{ frequenciesHz: [350, 440], durationMs: 1_000 }], 8_000);
    assert.ok(Math.abs(toneShare(pcm, 8_000, 350) - 0.5) < 0.02 && Math.abs(toneShare(pcm, 8_000, 440) - 0.5) < 0.02);
    assert.ok(Math.max(...pcm) <= 6_000);
  });
});

describe('the melody', () => {
  const pcm = renderMelody(16_000);

  it('lasts as long as it says, at a friendly level, without clipping', () => {
    assert.equal(pcm.length, (MELODY_MS * 16_000) / 1000);
    assert.ok(levelDbov(pcm) > -30 && levelDbov(pcm) < -18, `${levelDbov(pcm)} dBov`);
    assert.ok(Math.max(...pcm.map(Math.abs)) < 16_000);
  });

  it('has no seam when it is repeated', () => {
    assert.ok(Math.abs(pcm[0]! - pcm.at(-1)!) < 200);
  });
});

describe('resample', () => {
  it('keeps speech frequencies both ways', () => {
    for (const frequencyHz of [300, 1_000, 3_000]) {
      const wide = sine(frequencyHz, 16_000, 8_000);
      const narrow = sine(frequencyHz, 8_000, 4_000);
      assert.ok(
        snrDb(narrow.subarray(50, 3_900), resample(wide, 16_000, 8_000).subarray(50)) > 40,
        `${frequencyHz} down`,
      );
      assert.ok(
        snrDb(wide.subarray(50, 7_900), resample(narrow, 8_000, 16_000).subarray(50)) > 40,
        `${frequencyHz} up`,
      );
    }
  });

  it('does not fold what 8 kHz cannot hold', () => {
    const folded = resample(sine(6_000, 16_000, 8_000), 16_000, 8_000);
    assert.ok(rms(folded.subarray(50, -50)) < 20, `${rms(folded)}`);
  });

  it('is nothing at all between equal rates', () => {
    const pcm = sine(440, 8_000, 10);
    assert.equal(resample(pcm, 8_000, 8_000), pcm);
  });
});

describe('AudioClip', () => {
  for (const codec of ['PCMU', 'PCMA', 'G722'] satisfies CodecName[]) {
    it(`is heard as it was made in ${codec}`, () => {
      const clip = AudioClip.ofTone([{ frequenciesHz: [440], durationMs: 500 }]);
      const payload = clip.payload(codec);
      assert.equal(payload.length, 4_000);
      const { sampleRateHz, createDecoder } = audioCodec(codec);
      const pcm = new Int16Array((sampleRateHz * 500) / 1000);
      createDecoder().decode(payload, 0, payload.length, pcm, 0);
      assert.ok(isTone(pcm, sampleRateHz, 440));
    });
  }

  it('is encoded once for everyone', () => {
    const clip = AudioClip.ofMelody();
    assert.equal(clip.payload('PCMA'), clip.payload('PCMA'));
    assert.equal(clip.payload('PCMA').length, MELODY_MS * 8);
  });

  it('takes recordings of either rate for codecs of either rate', () => {
    const clip = AudioClip.ofAudio({ sampleRateHz: 8_000, pcm: sine(440, 8_000, 8_000) });
    assert.equal(clip.durationMs, 1_000);
    assert.deepEqual([clip.payload('G722').length, clip.payload('PCMU').length], [8_000, 8_000]);
  });

  it('silence is silent in every codec, repeated too', () => {
    for (const name of ['PCMU', 'PCMA', 'G722'] satisfies CodecName[]) {
      const second = AudioClip.ofSilence(1_000).payload(name);
      const pcm = new Int16Array(48_000);
      audioCodec(name)
        .createDecoder()
        .decode(Buffer.concat([second, second, second]), 0, 24_000, pcm, 0);
      assert.ok(rms(pcm) < 10, `${name}: ${rms(pcm)}`);
    }
  });
});
