import { ILB, ILN, ILP, Q6, QM2, QM4, QM6, QMF_COEFFICIENTS, WH_OF_CODE, WL_OF_CODE } from './g722-tables.ts';

/*
 * G.722 at 64 kbit/s (ITU-T, mode 1): 16 kHz audio is split into two bands of 8 kHz, each coded as the difference from
 * an adaptive prediction: six bits for the lower band, two for the higher. Names in capitals are the blocks of the
 * recommendation's §6.2.
 */

const QMF_TAPS = 24;

function saturate(value: number): number {
  return value > 32_767 ? 32_767 : value < -32_768 ? -32_768 : value;
}

/** Multiplication of the recommendation: Q15, without rounding. */
function multiply(a: number, b: number): number {
  return (a * b) >> 15;
}

/** Adaptive predictor and step size of one band: blocks 3 and 4, the same in encoder and decoder. */
class Band {
  /** Step size, DETL or DETH. */
  step: number;
  /** The predictor's next value, SL or SH. */
  prediction = 0;
  #logStep = 0;
  readonly #maxLogStep: number;
  readonly #shift: number;
  #zeroPart = 0;
  #pole1 = 0;
  #pole2 = 0;
  #reconstructed1 = 0;
  #partial1 = 0;
  #partial2 = 0;
  readonly #zeros = new Int32Array(6);
  readonly #differences = new Int32Array(6);

  constructor(initialStep: number, maxLogStep: number, shift: number) {
    this.step = initialStep;
    this.#maxLogStep = maxLogStep;
    this.#shift = shift;
  }

  /** LOGSCL and SCALEL, or LOGSCH and SCALEH. */
  adaptStep(change: number): void {
    const grown = ((this.#logStep * 127) >> 7) + change;
    this.#logStep = Math.max(0, Math.min(this.#maxLogStep, grown));
    const mantissa = ILB[(this.#logStep >> 6) & 31] as number;
    const right = this.#shift - (this.#logStep >> 11);
    this.step = (right < 0 ? mantissa << -right : mantissa >> right) << 2;
  }

  /** Block 4 for one quantized difference: RECONS, PARREC, UPPOL2, UPPOL1, UPZERO, FILTEP, FILTEZ, PREDIC. */
  predict(difference: number): void {
    const reconstructed = saturate(this.prediction + difference);
    const partial = saturate(this.#zeroPart + difference);
    this.#adaptPoles(partial);
    this.#partial2 = this.#partial1;
    this.#partial1 = partial;
    const poles =
      multiply(this.#pole1, saturate(reconstructed + reconstructed)) +
      multiply(this.#pole2, saturate(this.#reconstructed1 + this.#reconstructed1));
    this.#reconstructed1 = reconstructed;
    this.#zeroPart = this.#adaptZeros(difference);
    this.prediction = saturate(saturate(poles) + this.#zeroPart);
  }

  #adaptPoles(partial: number): void {
    const sameAs1 = partial >> 31 === this.#partial1 >> 31;
    const sameAs2 = partial >> 31 === this.#partial2 >> 31;
    const scaled = saturate(this.#pole1 << 2);
    const pull = Math.min(32_767, sameAs1 ? -scaled : scaled);
    const second = (sameAs2 ? 128 : -128) + (pull >> 7) + multiply(this.#pole2, 32_512);
    this.#pole2 = Math.max(-12_288, Math.min(12_288, second));
    const limit = saturate(15_360 - this.#pole2);
    const first = saturate((sameAs1 ? 192 : -192) + multiply(this.#pole1, 32_640));
    this.#pole1 = Math.max(-limit, Math.min(limit, first));
  }

  /** UPZERO, the delay line and FILTEZ in one pass; gives SZ. */
  #adaptZeros(difference: number): number {
    const zeros = this.#zeros;
    const differences = this.#differences;
    const gain = difference === 0 ? 0 : 128;
    const sign = difference >> 31;
    let sum = 0;
    for (let i = 5; i >= 0; i--) {
      const old = differences[i] as number;
      const move = old >> 31 === sign ? gain : -gain;
      const zero = saturate(move + multiply(zeros[i] as number, 32_640));
      zeros[i] = zero;
      const next = i === 0 ? difference : (differences[i - 1] as number);
      differences[i] = next;
      sum += multiply(zero, saturate(next + next));
    }
    return saturate(sum);
  }
}

function lowerBand(): Band {
  return new Band(32, 18_432, 8);
}

function higherBand(): Band {
  return new Band(8, 22_528, 10);
}

/** Encoder with the state of one stream. */
export class G722Encoder {
  readonly #lower = lowerBand();
  readonly #higher = higherBand();
  readonly #history = new Int32Array(QMF_TAPS);

  /**
   * Encodes `samples` (even) 16 kHz samples of `pcm` from `from` on into `out` at `at`, one octet for each two. Gives the
   * octets written.
   */
  encode(pcm: Int16Array, from: number, samples: number, out: Uint8Array, at: number): number {
    const octets = samples >> 1;
    for (let i = 0; i < octets; i++) {
      out[at + i] = this.#encodePair(pcm[from + 2 * i] as number, pcm[from + 2 * i + 1] as number);
    }
    return octets;
  }

  #encodePair(first: number, second: number): number {
    const x = this.#history;
    x.copyWithin(0, 2);
    x[QMF_TAPS - 2] = first;
    x[QMF_TAPS - 1] = second;
    let odd = 0;
    let even = 0;
    for (let i = 0; i < 12; i++) {
      odd += (x[2 * i] as number) * (QMF_COEFFICIENTS[i] as number);
      even += (x[2 * i + 1] as number) * (QMF_COEFFICIENTS[11 - i] as number);
    }
    return (this.#encodeHigher((even - odd) >> 14) << 6) | this.#encodeLower((even + odd) >> 14);
  }

  /** SUBTRA, QUANTL, INVQAL and adaptation. */
  #encodeLower(sample: number): number {
    const band = this.#lower;
    const difference = saturate(sample - band.prediction);
    const magnitude = difference >= 0 ? difference : -(difference + 1);
    let interval = 1;
    while (interval < 30 && magnitude >= ((Q6[interval] as number) * band.step) >> 12) interval++;
    const code = (difference < 0 ? ILN[interval] : ILP[interval]) as number;
    adaptLower(band, code);
    return code;
  }

  /** SUBTRA, QUANTH, INVQAH and adaptation. */
  #encodeHigher(sample: number): number {
    const band = this.#higher;
    const difference = saturate(sample - band.prediction);
    const magnitude = difference >= 0 ? difference : -(difference + 1);
    const isOuter = magnitude >= (564 * band.step) >> 12;
    const code = difference < 0 ? (isOuter ? 0 : 1) : isOuter ? 2 : 3;
    adaptHigher(band, multiply(band.step, QM2[code] as number), code);
    return code;
  }
}

/** Decoder with the state of one stream. */
export class G722Decoder {
  readonly #lower = lowerBand();
  readonly #higher = higherBand();
  readonly #history = new Int32Array(QMF_TAPS);

  /** Decodes `payload` from `start` to `end` into 16 kHz samples in `out` at `at`; gives the samples written. */
  decode(payload: Uint8Array, start: number, end: number, out: Int16Array, at: number): number {
    for (let i = start; i < end; i++) this.#decodeOctet(payload[i] as number, out, at + 2 * (i - start));
    return 2 * (end - start);
  }

  #decodeOctet(octet: number, out: Int16Array, at: number): void {
    const lower = this.#decodeLower(octet & 0x3f);
    const higher = this.#decodeHigher(octet >> 6);
    const x = this.#history;
    x.copyWithin(0, 2);
    x[QMF_TAPS - 2] = lower + higher;
    x[QMF_TAPS - 1] = lower - higher;
    let first = 0;
    let second = 0;
    for (let i = 0; i < 12; i++) {
      second += (x[2 * i] as number) * (QMF_COEFFICIENTS[i] as number);
      first += (x[2 * i + 1] as number) * (QMF_COEFFICIENTS[11 - i] as number);
    }
    out[at] = saturate(first >> 11);
    out[at + 1] = saturate(second >> 11);
  }

  /** INVQBL, RECONS and LIMIT for the output; INVQAL for the adaptation. */
  #decodeLower(code: number): number {
    const band = this.#lower;
    const output = limit(band.prediction + multiply(band.step, QM6[code] as number));
    adaptLower(band, code);
    return output;
  }

  #decodeHigher(code: number): number {
    const band = this.#higher;
    const difference = multiply(band.step, QM2[code] as number);
    const output = limit(band.prediction + difference);
    adaptHigher(band, difference, code);
    return output;
  }
}

function adaptLower(band: Band, code: number): void {
  const coarse = code >> 2;
  const difference = multiply(band.step, QM4[coarse] as number);
  band.adaptStep(WL_OF_CODE[coarse] as number);
  band.predict(difference);
}

function adaptHigher(band: Band, difference: number, code: number): void {
  band.adaptStep(WH_OF_CODE[code] as number);
  band.predict(difference);
}

/** LIMIT: output of either band stays within 15 bits. */
function limit(value: number): number {
  return value > 16_383 ? 16_383 : value < -16_384 ? -16_384 : value;
}
