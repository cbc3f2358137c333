/** Root mean square of samples, 0 … 32768. */
export function rms(pcm: Int16Array): number {
  let sum = 0;
  for (const sample of pcm) sum += sample * sample;
  return pcm.length === 0 ? 0 : Math.sqrt(sum / pcm.length);
}

/** Level in dBov: 0 is a full-scale square wave, silence is -Infinity. */
export function levelDbov(pcm: Int16Array): number {
  return 20 * Math.log10(rms(pcm) / 32_768);
}

/**
 * Mean power of one frequency (Goertzel), in units of squared samples: a sine of amplitude A at exactly that frequency
 * gives A²/2.
 */
export function powerAt(pcm: Int16Array, sampleRateHz: number, frequencyHz: number): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * frequencyHz) / sampleRateHz);
  let previous = 0;
  let beforePrevious = 0;
  for (const sample of pcm) {
    const next = sample + coefficient * previous - beforePrevious;
    beforePrevious = previous;
    previous = next;
  }
  const power = previous * previous + beforePrevious * beforePrevious - coefficient * previous * beforePrevious;
  return pcm.length === 0 ? 0 : (2 * power) / (pcm.length * pcm.length);
}

/** Share of all energy that one frequency holds, 0 … about 1; 0 for silence. */
export function toneShare(pcm: Int16Array, sampleRateHz: number, frequencyHz: number): number {
  const level = rms(pcm);
  return level === 0 ? 0 : Math.min(1, powerAt(pcm, sampleRateHz, frequencyHz) / (level * level));
}

/** True when the samples are loud enough and nearly nothing but that tone. */
export function isTone(pcm: Int16Array, sampleRateHz: number, frequencyHz: number, minShare = 0.9): boolean {
  return rms(pcm) > 100 && toneShare(pcm, sampleRateHz, frequencyHz) >= minShare;
}

/** Signal-to-noise ratio in dB of `copy` against `original` at the delay (in samples) and gain that fit best. */
export function snrDb(original: Int16Array, copy: Int16Array, maxDelay = 0): number {
  let best = Number.NEGATIVE_INFINITY;
  for (let delay = 0; delay <= maxDelay; delay++) best = Math.max(best, snrAtDelay(original, copy, delay));
  return best;
}

function snrAtDelay(original: Int16Array, copy: Int16Array, delay: number): number {
  let dot = 0;
  let energy = 0;
  let copyEnergy = 0;
  const length = Math.min(original.length, copy.length - delay);
  for (let i = 0; i < length; i++) {
    const a = original[i] as number;
    const b = copy[i + delay] as number;
    dot += a * b;
    energy += a * a;
    copyEnergy += b * b;
  }
  if (energy === 0 || copyEnergy === 0) return Number.NEGATIVE_INFINITY;
  const explained = (dot * dot) / energy;
  return 10 * Math.log10(explained / Math.max(copyEnergy - explained, 1e-9));
}
