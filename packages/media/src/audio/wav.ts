import type { SampleRateHz } from '../codec/codec.ts';

/*
 * RIFF WAVE, as much of it as a telephone needs: PCM, 16 bits, one channel, 8 or 16 kHz.
 *
 *   "RIFF" size "WAVE" | "fmt " 16 format channels rate octets/s align bits | "data" size samples…
 */

export interface WavAudio {
  readonly sampleRateHz: SampleRateHz;
  readonly pcm: Int16Array;
}

export type WavErrorCode = 'not-wav' | 'truncated' | 'unsupported-format';

export type WavResult =
  | { readonly ok: true; readonly audio: WavAudio }
  | { readonly ok: false; readonly error: { readonly code: WavErrorCode; readonly message: string } };

const HEADER_OCTETS = 44;
const FORMAT_PCM = 1;
const FORMAT_EXTENSIBLE = 0xfffe;

/** Reads a file's octets; the samples are a copy. A data chunk that is cut short is taken as far as it goes. */
export function readWav(file: Buffer): WavResult {
  if (file.length < 12 || tag(file, 0) !== 'RIFF' || tag(file, 8) !== 'WAVE') {
    return refuse('not-wav', 'the file does not begin as RIFF WAVE');
  }
  let rate: number | null = null;
  for (let at = 12; at + 8 <= file.length; ) {
    const size = file.readUInt32LE(at + 4);
    const name = tag(file, at);
    if (name === 'fmt ') {
      const format = readFormat(file, at + 8, size);
      if (typeof format === 'string') return refuse('unsupported-format', format);
      rate = format;
    }
    if (name === 'data') return readData(file, at + 8, size, rate);
    // RIFF chunks are padded to even length.
    at += 8 + size + (size & 1);
  }
  return refuse('truncated', 'the file has no data chunk');
}

/** A complete file with the given samples. */
export function writeWav(audio: WavAudio): Buffer {
  const octets = audio.pcm.length * 2;
  const file = Buffer.alloc(HEADER_OCTETS + octets);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(HEADER_OCTETS - 8 + octets, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(FORMAT_PCM, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(audio.sampleRateHz, 24);
  file.writeUInt32LE(audio.sampleRateHz * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(octets, 40);
  for (let i = 0; i < audio.pcm.length; i++) file.writeInt16LE(audio.pcm[i] as number, HEADER_OCTETS + 2 * i);
  return file;
}

/** Sample rate, or what is wrong with the format. */
function readFormat(file: Buffer, at: number, size: number): number | string {
  if (size < 16 || at + 16 > file.length) return 'the format chunk is too short';
  const format = file.readUInt16LE(at);
  const channels = file.readUInt16LE(at + 2);
  const rate = file.readUInt32LE(at + 4);
  const bits = file.readUInt16LE(at + 14);
  if (format !== FORMAT_PCM && format !== FORMAT_EXTENSIBLE) return `format ${format} is not PCM`;
  if (channels !== 1) return `${channels} channels, one is needed`;
  if (bits !== 16) return `${bits} bits per sample, 16 are needed`;
  if (rate !== 8000 && rate !== 16000) return `${rate} samples per second, 8000 or 16000 are needed`;
  return rate;
}

function readData(file: Buffer, at: number, size: number, rate: number | null): WavResult {
  if (rate !== 8000 && rate !== 16000) return refuse('not-wav', 'the data chunk comes before the format chunk');
  const octets = Math.min(size, file.length - at);
  const pcm = new Int16Array(octets >> 1);
  for (let i = 0; i < pcm.length; i++) pcm[i] = file.readInt16LE(at + 2 * i);
  return { ok: true, audio: { sampleRateHz: rate, pcm } };
}

function tag(file: Buffer, at: number): string {
  return file.toString('latin1', at, at + 4);
}

function refuse(code: WavErrorCode, message: string): WavResult {
  return { ok: false, error: { code, message } };
}
