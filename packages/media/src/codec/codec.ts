import type { CodecName } from '../sdp/negotiation.ts';
import { decodeAlawSample, decodeUlawSample, encodeAlawSample, encodeUlawSample } from './g711.ts';
import { G722Decoder, G722Encoder } from './g722.ts';

/** Turns samples into payload; holds the state of one stream. */
export interface FrameEncoder {
  /** Encodes `samples` of `pcm` from `from` on into `out` at `at`; gives the octets written. */
  encode(pcm: Int16Array, from: number, samples: number, out: Uint8Array, at: number): number;
}

/** Turns payload into samples; holds the state of one stream. */
export interface FrameDecoder {
  /** Decodes `payload` from `start` to `end` into `out` at `at`; gives the samples written. */
  decode(payload: Uint8Array, start: number, end: number, out: Int16Array, at: number): number;
}

export type SampleRateHz = 8000 | 16000;

/** What endpoints need to know of a codec. Each spends 8 octets and 8 units of the RTP clock on a millisecond. */
export interface AudioCodec {
  readonly name: CodecName;
  readonly sampleRateHz: SampleRateHz;
  createEncoder(): FrameEncoder;
  createDecoder(): FrameDecoder;
}

/** Payload octets per millisecond, and RTP clock units per millisecond: the same for every codec here. */
export const OCTETS_PER_MS = 8;
export const CLOCK_RATE_HZ = 8000;

function encodeBy(encodeSample: (sample: number) => number): FrameEncoder {
  return {
    encode(pcm, from, samples, out, at) {
      for (let i = 0; i < samples; i++) out[at + i] = encodeSample(pcm[from + i] as number);
      return samples;
    },
  };
}

function decodeBy(decodeSample: (octet: number) => number): FrameDecoder {
  return {
    decode(payload, start, end, out, at) {
      for (let i = start; i < end; i++) out[at + i - start] = decodeSample(payload[i] as number);
      return end - start;
    },
  };
}

const CODECS: Readonly<Record<CodecName, AudioCodec>> = {
  PCMU: {
    name: 'PCMU',
    sampleRateHz: 8000,
    createEncoder: () => encodeBy(encodeUlawSample),
    createDecoder: () => decodeBy(decodeUlawSample),
  },
  PCMA: {
    name: 'PCMA',
    sampleRateHz: 8000,
    createEncoder: () => encodeBy(encodeAlawSample),
    createDecoder: () => decodeBy(decodeAlawSample),
  },
  G722: {
    name: 'G722',
    sampleRateHz: 16000,
    createEncoder: () => new G722Encoder(),
    createDecoder: () => new G722Decoder(),
  },
};

export function audioCodec(name: CodecName): AudioCodec {
  return CODECS[name];
}
