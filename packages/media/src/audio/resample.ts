import type { SampleRateHz } from '../codec/codec.ts';

/** Taps of the half-band low-pass: flat to 3.4 kHz, 50 dB down from 4.6 kHz on. */
const TAPS = 63;
const HALF = (TAPS - 1) / 2;
const KERNEL = halfBandKernel();

/** Samples at another rate; the same array when the rates are equal. */
export function resample(pcm: Int16Array, fromHz: SampleRateHz, toHz: SampleRateHz): Int16Array {
  if (fromHz === toHz) return pcm;
  return fromHz === 16_000 ? halve(pcm) : double(pcm);
}

function halve(pcm: Int16Array): Int16Array {
  const out = new Int16Array(pcm.length >> 1);
  for (let i = 0; i < out.length; i++) out[i] = clip(filterAt(pcm, 2 * i));
  return out;
}

function double(pcm: Int16Array): Int16Array {
  const spread = new Int16Array(pcm.length * 2);
  for (let i = 0; i < pcm.length; i++) spread[2 * i] = pcm[i] as number;
  const out = new Int16Array(spread.length);
  for (let i = 0; i < out.length; i++) out[i] = clip(2 * filterAt(spread, i));
  return out;
}

/** The low-pass at one place of samples; beyond their ends there is silence. */
function filterAt(pcm: Int16Array, centre: number): number {
  let sum = 0;
  const from = Math.max(0, HALF - centre);
  const to = Math.min(TAPS, pcm.length + HALF - centre);
  for (let tap = from; tap < to; tap++) sum += (KERNEL[tap] as number) * (pcm[centre + tap - HALF] as number);
  return sum;
}

function clip(value: number): number {
  return Math.max(-32_768, Math.min(32_767, Math.round(value)));
}

/** Windowed sinc with its edge at a quarter of the higher rate, gain 1. */
function halfBandKernel(): Float64Array {
  const kernel = Float64Array.from({ length: TAPS }, (_, i) => {
    const x = i - HALF;
    const sinc = x === 0 ? 0.5 : Math.sin((Math.PI * x) / 2) / (Math.PI * x);
    const phase = (2 * Math.PI * i) / (TAPS - 1);
    return sinc * (0.42 - 0.5 * Math.cos(phase) + 0.08 * Math.cos(2 * phase));
  });
  const gain = kernel.reduce((sum, value) => sum + value, 0);
  return kernel.map((value) => value / gain);
}

/**
 * Changes the rate of a stream frame by frame: what `resample` does with a whole piece, without seams. The output is late
 * by half the filter, 2 ms.
 */
export class RateConverter {
  readonly #fromHz: SampleRateHz;
  readonly #toHz: SampleRateHz;
  /** At the filter's rate, 16 kHz: the end of the last frame, then the present one. */
  #line = new Int16Array(0);

  constructor(fromHz: SampleRateHz, toHz: SampleRateHz) {
    this.#fromHz = fromHz;
    this.#toHz = toHz;
  }

  /** Converts a frame into `out`, which has room for it at the new rate. Every frame has the same length. */
  convert(frame: Int16Array, out: Int16Array): void {
    if (this.#fromHz === this.#toHz) return out.set(frame);
    const spread = this.#fromHz === 16_000 ? 1 : 2;
    const length = frame.length * spread;
    if (this.#line.length !== length + TAPS - 1) this.#line = new Int16Array(length + TAPS - 1);
    const line = this.#line;
    line.copyWithin(0, length);
    line.fill(0, TAPS - 1);
    for (let i = 0; i < frame.length; i++) line[TAPS - 1 + i * spread] = frame[i] as number;
    const step = this.#toHz === 16_000 ? 1 : 2;
    for (let i = 0; i < out.length; i++) out[i] = clip(spread * filterAt(line, HALF + i * step));
  }
}
