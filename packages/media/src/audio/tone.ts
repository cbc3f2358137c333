import type { SampleRateHz } from '../codec/codec.ts';

/** A stretch of sound: these frequencies together for so long. No frequency is silence. */
export interface ToneSegment {
  readonly frequenciesHz: readonly number[];
  readonly durationMs: number;
}

/** Peak of a generated tone: about -13 dBm0, loud enough to hear and not to startle. */
export const TONE_AMPLITUDE = 6_000;
/** Rise and fall of each segment; without it tones click. */
const RAMP_MS = 5;

/** Samples of the segments one after the other; phases start at zero with each segment. */
export function renderTone(segments: readonly ToneSegment[], sampleRateHz: SampleRateHz): Int16Array {
  const total = segments.reduce((sum, segment) => sum + samplesOf(segment, sampleRateHz), 0);
  const pcm = new Int16Array(total);
  let at = 0;
  for (const segment of segments) {
    const length = samplesOf(segment, sampleRateHz);
    renderSegment(pcm.subarray(at, at + length), segment.frequenciesHz, sampleRateHz);
    at += length;
  }
  return pcm;
}

function samplesOf(segment: ToneSegment, sampleRateHz: number): number {
  return Math.round((segment.durationMs * sampleRateHz) / 1000);
}

function renderSegment(pcm: Int16Array, frequenciesHz: readonly number[], sampleRateHz: number): void {
  if (frequenciesHz.length === 0) return;
  const ramp = (RAMP_MS * sampleRateHz) / 1000;
  const amplitude = TONE_AMPLITUDE / frequenciesHz.length;
  for (let i = 0; i < pcm.length; i++) {
    let value = 0;
    for (const frequency of frequenciesHz) value += Math.sin((2 * Math.PI * frequency * i) / sampleRateHz);
    const edge = Math.min(1, i / ramp, (pcm.length - i) / ramp);
    pcm[i] = Math.round(value * amplitude * edge);
  }
}

/** One frequency or chord on, off, on, off …, each for so many milliseconds. */
export function tone(frequenciesHz: readonly number[], ...onOffMs: readonly number[]): ToneSegment[] {
  return onOffMs.map((durationMs, i) => ({ frequenciesHz: i % 2 === 0 ? frequenciesHz : [], durationMs }));
}

/** Call progress tones of European networks (ETSI TR 101 041; ITU-T E.180): one period each, to be repeated. */
export const PROGRESS_TONES = {
  dial: tone([425], 1_000),
  ringback: tone([425], 1_000, 4_000),
  busy: tone([425], 480, 480),
  congestion: tone([425], 240, 240),
  callWaiting: tone([425], 200, 200, 200, 1_400),
} as const satisfies Record<string, readonly ToneSegment[]>;

/** Short signals, played once. */
export const SIGNALS = {
  /** "Done": two rising notes. */
  confirmation: [...tone([660], 90, 20), ...tone([880], 140)],
  /** "That did not work": the special information tone of ITU-T E.180. */
  error: [...tone([950], 330), ...tone([1_400], 330), ...tone([1_800], 330, 1_000)],
  /** "Speak now". */
  record: tone([1_000], 300),
} as const satisfies Record<string, readonly ToneSegment[]>;
