import type { SampleRateHz } from '../codec/codec.ts';
import { audioCodec } from '../codec/codec.ts';
import type { CodecName } from '../sdp/negotiation.ts';
import { MELODY_MS, renderMelody } from './melody.ts';
import { resample } from './resample.ts';
import type { ToneSegment } from './tone.ts';
import { renderTone } from './tone.ts';
import type { WavAudio } from './wav.ts';

/**
 * A piece of sound that can be played to any number of calls: it is encoded once per codec and then only copied.
 */
export class AudioClip {
  readonly durationMs: number;
  readonly #render: (sampleRateHz: SampleRateHz) => Int16Array;
  readonly #payloads = new Map<CodecName, Buffer>();

  private constructor(durationMs: number, render: (sampleRateHz: SampleRateHz) => Int16Array) {
    this.durationMs = durationMs;
    this.#render = render;
  }

  /** Generated tones, such as `PROGRESS_TONES.ringback`. */
  static ofTone(segments: readonly ToneSegment[]): AudioClip {
    const durationMs = segments.reduce((sum, segment) => sum + segment.durationMs, 0);
    return new AudioClip(durationMs, (rate) => renderTone(segments, rate));
  }

  /** A recording; `readWav` gives one. The samples are not copied: leave them alone afterwards. */
  static ofAudio(audio: WavAudio): AudioClip {
    const durationMs = (audio.pcm.length * 1000) / audio.sampleRateHz;
    return new AudioClip(durationMs, (rate) => resample(audio.pcm, audio.sampleRateHz, rate));
  }

  /** The house melody, for waiting. */
  static ofMelody(): AudioClip {
    return new AudioClip(MELODY_MS, renderMelody);
  }

  static ofSilence(durationMs: number): AudioClip {
    return new AudioClip(durationMs, (rate) => new Int16Array(Math.round((durationMs * rate) / 1000)));
  }

  /**
   * The whole clip as payload of that codec, shared by all who play it: do not write to it. The first call encodes, some
   * milliseconds for each second of sound: long clips are best asked once at start.
   */
  payload(codec: CodecName): Buffer {
    const known = this.#payloads.get(codec);
    if (known) return known;
    const { sampleRateHz, createEncoder } = audioCodec(codec);
    const pcm = this.#render(sampleRateHz);
    const out = Buffer.alloc(pcm.length);
    const octets = createEncoder().encode(pcm, 0, pcm.length, out, 0);
    const payload = out.subarray(0, octets);
    this.#payloads.set(codec, payload);
    return payload;
  }
}
