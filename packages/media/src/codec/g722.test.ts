import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { isTone, rms, snrDb } from '../analysis/energy.ts';
import { G722Decoder, G722Encoder } from './g722.ts';

/** Six stretches of a quarter second: noise, faint noise, triangle, silence, square, triangle near 2.7 kHz. */
function torture(rightShift: number): Int16Array {
  let state = 1;
  return Int16Array.from({ length: 24_000 }, (_, n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const noise = (state >>> 16) - 32_768;
    const stretches = [
      noise,
      noise >> 7,
      triangle(n, 40) * 3_000 - 30_000,
      0,
      square(n),
      triangle(n, 6) * 20_000 - 30_000,
    ];
    return (stretches[Math.floor(n / 4_000)] ?? 0) >> rightShift;
  });
}

function triangle(n: number, period: number): number {
  const phase = n % period;
  return phase < period / 2 ? phase : period - phase;
}

function square(n: number): number {
  return Math.floor(n / 10) % 2 === 0 ? 32_767 : -32_768;
}

function sine(frequencyHz: number, amplitude: number, samples: number): Int16Array {
  return Int16Array.from({ length: samples }, (_, i) => amplitude * Math.sin((2 * Math.PI * frequencyHz * i) / 16_000));
}

function encode(pcm: Int16Array): Uint8Array {
  const code = new Uint8Array(pcm.length / 2);
  assert.equal(new G722Encoder().encode(pcm, 0, pcm.length, code, 0), code.length);
  return code;
}

function decode(code: Uint8Array): Int16Array {
  const pcm = new Int16Array(code.length * 2);
  assert.equal(new G722Decoder().decode(code, 0, code.length, pcm, 0), pcm.length);
  return pcm;
}

function sha256(octets: Uint8Array): string {
  return createHash('sha256').update(octets).digest('hex');
}

function littleEndian(pcm: Int16Array): Buffer {
  const octets = Buffer.alloc(pcm.length * 2);
  for (const [i, sample] of pcm.entries()) octets.writeInt16LE(sample, 2 * i);
  return octets;
}

describe('G.722 at 64 kbit/s', () => {
  // The figures are those of spandsp 0.0.6 for the same signal, octet for octet.
  it('encodes as another implementation does, at full scale', () => {
    const code = encode(torture(0));
    assert.equal(Buffer.from(code.subarray(0, 24)).toString('hex'), '2784208420841f853a948a35aca231900487a98a230fa8b7');
    assert.equal(sha256(code), '545994cb82f6f2b722335257b960339396bfc7599a378f30eaf9b83e4dd18533');
  });

  it('encodes as another implementation does, at a quarter of the scale', () => {
    assert.equal(sha256(encode(torture(2))), '003a1a6ed372e1d53a6b17a47a18b23b3cea70f940732febc51222ab28f2efca');
  });

  it('decodes as another implementation does, sample for sample', () => {
    const pcm = littleEndian(decode(encode(torture(2))));
    assert.equal(sha256(pcm), '9c17c0248e39bab2cdfa0d893988c90f0baa7494b93d597e0c0a358c50860960');
  });

  for (const frequencyHz of [440, 1_000, 3_000, 5_000, 6_500]) {
    it(`carries a tone of ${frequencyHz} Hz`, () => {
      const original = sine(frequencyHz, 8_000, 16_000);
      const copy = decode(encode(original));
      assert.ok(isTone(copy.subarray(400), 16_000, frequencyHz, 0.95));
      const ratio = snrDb(original.subarray(400, 12_000), copy.subarray(400), 40);
      assert.ok(ratio > (frequencyHz < 4_000 ? 20 : 14), `${ratio.toFixed(1)} dB`);
    });
  }

  it('keeps silence silent', () => {
    assert.ok(rms(decode(encode(new Int16Array(3_200)))) < 4);
  });

  it('does not overflow into clicks when driven hard', () => {
    const pcm = decode(encode(Int16Array.from({ length: 8_000 }, (_, n) => square(n))));
    let steepest = 0;
    for (let i = 1; i < pcm.length; i++) steepest = Math.max(steepest, Math.abs((pcm[i] ?? 0) - (pcm[i - 1] ?? 0)));
    assert.ok(steepest < 65_000, `a step of ${steepest}`);
  });

  it('takes any octets without leaving the range of samples', () => {
    let state = 12_345;
    const noise = Uint8Array.from({ length: 8_000 }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 24;
    });
    assert.ok(decode(noise).every(Number.isInteger));
  });

  it('gives the same stream in pieces as at once', () => {
    const pcm = torture(2);
    const encoder = new G722Encoder();
    const pieces = new Uint8Array(pcm.length / 2);
    for (let at = 0; at < pcm.length; at += 320) encoder.encode(pcm, at, 320, pieces, at / 2);
    assert.deepEqual(pieces, encode(pcm));
  });
});
