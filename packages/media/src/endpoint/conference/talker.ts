import { rms } from '../../analysis/energy.ts';
import { RateConverter } from '../../audio/resample.ts';
import { type AudioCodec, audioCodec, type FrameDecoder, OCTETS_PER_MS, type SampleRateHz } from '../../codec/codec.ts';
import { JitterBuffer, type JitterSnapshot } from '../../rtp/jitter-buffer.ts';
import type { RtpHeader } from '../../rtp/packet.ts';
import type { CodecName } from '../../sdp/negotiation.ts';
import { FRAME_MS } from '../pacer.ts';

/** Octets of a frame, in every codec. */
export const FRAME_OCTETS = FRAME_MS * OCTETS_PER_MS;
/** Below this level (about -54 dBov) a line is quiet: its noise is not added to everybody's. */
const QUIET_RMS = 64;
/** A pause between words is no silence. */
const HANGOVER_FRAMES = 15;
/** A gap is filled with what was said before, ever softer, for so many frames. */
const CONCEALED_FRAMES = 3;
const CONCEALED_GAIN = 0.6;
/** Weight of a new frame in the level by which speakers are compared: about 200 ms. */
const LEVEL_WEIGHT = 0.1;

/** What one member of a conference says: from packets to frames at an even pace, at both rates of the mix. */
export class Talker {
  readonly #jitter = new JitterBuffer();
  readonly #payload = new Uint8Array(FRAME_OCTETS);
  readonly #frames: Record<SampleRateHz, Int16Array> = { 8000: new Int16Array(160), 16000: new Int16Array(320) };
  #codec: AudioCodec = audioCodec('PCMA');
  #decoder: FrameDecoder = this.#codec.createDecoder();
  #converter = new RateConverter(8_000, 16_000);
  #isConverted = false;
  #quietFrames = HANGOVER_FRAMES;
  #concealed = 0;
  #level = 0;
  isMuted = false;

  /** True when the present frame is to be heard. */
  get isTalking(): boolean {
    return !this.isMuted && this.#quietFrames < HANGOVER_FRAMES;
  }

  /** Loudness of the last fifth of a second, root mean square of samples; 0 when muted. */
  get level(): number {
    return this.isMuted ? 0 : this.#level;
  }

  take(packet: Buffer, header: RtpHeader, codec: CodecName, isNewSource: boolean, nowMs: number): void {
    if (codec !== this.#codec.name) this.#change(audioCodec(codec));
    this.#jitter.push(packet, header, nowMs, isNewSource);
  }

  /** Moves on by one frame. */
  next(nowMs: number): void {
    const frame = this.#frames[this.#codec.sampleRateHz];
    const pulled = this.#jitter.pull(this.#payload, FRAME_OCTETS, nowMs, !this.isTalking);
    if (pulled === 'speech') {
      this.#decoder.decode(this.#payload, 0, FRAME_OCTETS, frame, 0);
      this.#concealed = 0;
    } else if (pulled === 'lost' && this.#concealed < CONCEALED_FRAMES) {
      this.#concealed++;
      for (let i = 0; i < frame.length; i++) frame[i] = (frame[i] as number) * CONCEALED_GAIN;
    } else frame.fill(0);
    const level = rms(frame);
    this.#level += (level - this.#level) * LEVEL_WEIGHT;
    this.#quietFrames = level > QUIET_RMS ? 0 : Math.min(this.#quietFrames + 1, HANGOVER_FRAMES);
    this.#isConverted = false;
  }

  /** The present frame at a rate of the mix. */
  frame(rateHz: SampleRateHz): Int16Array {
    const own = this.#codec.sampleRateHz;
    if (rateHz !== own && !this.#isConverted) {
      this.#converter.convert(this.#frames[own], this.#frames[rateHz]);
      this.#isConverted = true;
    }
    return this.#frames[rateHz];
  }

  snapshot(): JitterSnapshot {
    return this.#jitter.snapshot();
  }

  #change(codec: AudioCodec): void {
    this.#codec = codec;
    this.#decoder = codec.createDecoder();
    this.#converter =
      codec.sampleRateHz === 8_000 ? new RateConverter(8_000, 16_000) : new RateConverter(16_000, 8_000);
    for (const frame of Object.values(this.#frames)) frame.fill(0);
  }
}
