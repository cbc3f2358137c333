import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { energy, energyAt, measureTone, parseWav, sine, wavFile } from './audio.ts';

describe('audio', () => {
  test('a WAV file is read as it was written', () => {
    const { sampleRateHz, samples } = parseWav(wavFile(sine(440, 0.5)));
    assert.equal(sampleRateHz, 8_000);
    assert.equal(samples.length, 4_000);
    assert.ok(Math.abs(energy(samples) - 0.125) < 0.001);
  });

  test('a WAV file whose writer has not filled in the length is read up to its end', () => {
    const file = wavFile(sine(440, 0.5));
    file.writeUInt32LE(0, 40);
    assert.equal(parseWav(file).samples.length, 4_000);
  });

  test('what is not a WAV file is refused', () => {
    assert.throws(() => parseWav(Buffer.from('OggS and more')), /Not a WAV file/);
  });

  test('all energy of a sine lies at its frequency and none at another', () => {
    const audio = sine(440, 1);
    assert.ok(Math.abs(energyAt(440, audio) - energy(audio.samples)) < 0.001);
    assert.ok(energyAt(880, audio) < 0.001);
  });

  for (const [name, frequencyHz, seconds] of [
    ['is measured for as long as it lasts', 440, 1],
    ['is not taken for another', 880, 0],
    ['is not taken for a neighbour', 460, 0],
  ] as const) {
    test(`a tone of 440 Hz ${name}`, () => {
      assert.ok(Math.abs(measureTone(sine(440, 1), frequencyHz).seconds - seconds) < 0.05);
    });
  }

  test('silence and noise hold no tone', () => {
    const noise = Float64Array.from({ length: 8_000 }, (_, index) => ((index * 7919) % 200) / 100 - 1);
    assert.equal(measureTone({ sampleRateHz: 8_000, samples: new Float64Array(8_000) }, 440).seconds, 0);
    assert.equal(measureTone({ sampleRateHz: 8_000, samples: noise }, 440).seconds, 0);
  });

  test('the level of a tone is relative to a sine of full scale', () => {
    assert.ok(Math.abs(measureTone(sine(440, 1, 8_000, 0.5), 440).levelDb + 6.02) < 0.1);
  });
});
