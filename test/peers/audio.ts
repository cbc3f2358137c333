/** Reads WAV files and says which tone is in them. */
import { readFileSync } from 'node:fs';

const WAVE_FORMAT_PCM = 1;
const FULL_SCALE = 32_768;
const WAV_HEADER_OCTETS = 44;

export interface Audio {
  readonly sampleRateHz: number;
  /** The first channel, from -1 to 1. */
  readonly samples: Float64Array;
}

/**
 * Reads a 16-bit PCM WAV file, also one whose writer is still at work: a length of zero or beyond the end of the
 * file is read as "up to the end". Throws on any other format.
 */
export function readWav(path: string): Audio {
  return parseWav(readFileSync(path));
}

/** Mono 16-bit PCM up to the end of the file, whatever the header of 44 octets says or does not say yet. */
export function readGrowingWav(path: string, sampleRateHz: number): Audio {
  return { sampleRateHz, samples: firstChannel(readFileSync(path).subarray(WAV_HEADER_OCTETS), 1) };
}

export function parseWav(file: Buffer): Audio {
  if (file.toString('latin1', 0, 4) !== 'RIFF') throw new Error('Not a WAV file: it does not begin with RIFF');
  const format = findChunk(file, 'fmt ');
  const data = findChunk(file, 'data');
  if (!format || !data) throw new Error('Not a WAV file: chunk "fmt " or "data" is missing');
  const [encoding, channels, bits] = [format.readUInt16LE(0), format.readUInt16LE(2), format.readUInt16LE(14)];
  if (encoding !== WAVE_FORMAT_PCM || bits !== 16)
    throw new Error(`WAV format ${encoding} with ${bits} bits, want PCM 16`);
  return { sampleRateHz: format.readUInt32LE(4), samples: firstChannel(data, channels) };
}

function findChunk(file: Buffer, id: string): Buffer | undefined {
  for (let offset = 12; offset + 8 <= file.length; ) {
    const length = file.readUInt32LE(offset + 4);
    const isLast = id === 'data' && (length === 0 || offset + 8 + length > file.length);
    if (file.toString('latin1', offset, offset + 4) === id) {
      return file.subarray(offset + 8, isLast ? file.length : offset + 8 + length);
    }
    offset += 8 + length + (length % 2);
  }
  return undefined;
}

function firstChannel(data: Buffer, channels: number): Float64Array {
  const frames = Math.floor(data.length / (2 * channels));
  const samples = new Float64Array(frames);
  for (let frame = 0; frame < frames; frame++) samples[frame] = data.readInt16LE(frame * 2 * channels) / FULL_SCALE;
  return samples;
}

/** Writes mono 16-bit PCM, as `readWav` reads it. */
export function wavFile(audio: Audio): Buffer {
  const file = Buffer.alloc(WAV_HEADER_OCTETS + audio.samples.length * 2);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(WAVE_FORMAT_PCM, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(audio.sampleRateHz, 24);
  file.writeUInt32LE(audio.sampleRateHz * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(audio.samples.length * 2, 40);
  audio.samples.forEach((sample, index) => {
    file.writeInt16LE(Math.round(Math.max(-1, Math.min(1, sample)) * (FULL_SCALE - 1)), WAV_HEADER_OCTETS + index * 2);
  });
  return file;
}

/** A sine of `durationSec` with the given amplitude (0 to 1). */
export function sine(frequencyHz: number, durationSec: number, sampleRateHz = 8_000, amplitude = 0.5): Audio {
  const samples = new Float64Array(Math.round(durationSec * sampleRateHz));
  const step = (2 * Math.PI * frequencyHz) / sampleRateHz;
  for (let index = 0; index < samples.length; index++) samples[index] = amplitude * Math.sin(step * index);
  return { sampleRateHz, samples };
}

/** The mean square of the samples: 0.5 for a sine of full scale. */
export function energy(samples: Float64Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return samples.length === 0 ? 0 : sum / samples.length;
}

/** The mean square that lies at one frequency (Goertzel's algorithm), in the same unit as `energy`. */
export function energyAt(frequencyHz: number, audio: Audio): number {
  const { samples, sampleRateHz } = audio;
  const coefficient = 2 * Math.cos((2 * Math.PI * frequencyHz) / sampleRateHz);
  let [previous, beforePrevious] = [0, 0];
  for (const sample of samples)
    [previous, beforePrevious] = [sample + coefficient * previous - beforePrevious, previous];
  const power = previous ** 2 + beforePrevious ** 2 - coefficient * previous * beforePrevious;
  return samples.length === 0 ? 0 : (2 * power) / samples.length ** 2;
}

export interface ToneMeasure {
  /** How long the tone was there, in windows of 100 ms. */
  readonly seconds: number;
  /** Its level over those windows, relative to full scale. */
  readonly levelDb: number;
}

const TONE_WINDOW_SEC = 0.1;
const TONE_SHARE = 0.8;
const SILENCE = 1e-6;

/** For how long a tone was heard: a window counts when at least 80 % of its energy lies at the frequency. */
export function measureTone(audio: Audio, frequencyHz: number): ToneMeasure {
  const size = Math.round(audio.sampleRateHz * TONE_WINDOW_SEC);
  let [windows, total] = [0, 0];
  for (let start = 0; start + size <= audio.samples.length; start += size) {
    const samples = audio.samples.subarray(start, start + size);
    const [all, tone] = [energy(samples), energyAt(frequencyHz, { ...audio, samples })];
    if (all < SILENCE || tone < TONE_SHARE * all) continue;
    windows++;
    total += tone;
  }
  return { seconds: windows * TONE_WINDOW_SEC, levelDb: 10 * Math.log10((2 * total) / Math.max(1, windows)) };
}
