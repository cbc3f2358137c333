import { type AudioCodec, audioCodec, type FrameEncoder, type SampleRateHz } from '../../codec/codec.ts';
import type { CodecName } from '../../sdp/negotiation.ts';
import { FRAME_MS } from '../pacer.ts';
import { FRAME_OCTETS, type Talker } from './talker.ts';

const LOUDEST = 32_767;

/**
 * One frame of everybody together, at both rates. Those who say nothing all hear the same: it is encoded once per codec for
 * all of them. Who speaks hears the others without itself.
 */
export class Mix {
  readonly #sums: Record<SampleRateHz, Int32Array> = {
    8000: new Int32Array(samplesAt(8_000)),
    16000: new Int32Array(samplesAt(16_000)),
  };
  readonly #scratch: Record<SampleRateHz, Int16Array> = {
    8000: new Int16Array(samplesAt(8_000)),
    16000: new Int16Array(samplesAt(16_000)),
  };
  readonly #encoders = new Map<CodecName, FrameEncoder>();
  #shared = new Map<CodecName, Buffer>();
  #talkers: readonly Talker[] = [];
  #announced: Readonly<Record<SampleRateHz, Int16Array>> | undefined;
  /** Rates at which the present frame is added up already: only those that somebody hears. */
  readonly #added = new Set<SampleRateHz>();

  /** Begins a frame of those who talk, and of what is announced to everybody. */
  begin(talkers: Iterable<Talker>, announced: Readonly<Record<SampleRateHz, Int16Array>> | undefined): void {
    this.#talkers = [...talkers].filter((talker) => talker.isTalking);
    this.#announced = announced;
    this.#added.clear();
    this.#shared = new Map();
  }

  /** The frame for those who say nothing; the buffer is shared. */
  forListeners(codec: CodecName): Buffer {
    const known = this.#shared.get(codec);
    if (known) return known;
    const encoder = this.#encoders.get(codec) ?? audioCodec(codec).createEncoder();
    this.#encoders.set(codec, encoder);
    const frame = this.#encode(audioCodec(codec), encoder, null);
    this.#shared.set(codec, frame);
    return frame;
  }

  /** The frame for one who talks, without its own voice, by its own encoder. */
  forTalker(codec: CodecName, encoder: FrameEncoder, talker: Talker): Buffer {
    return this.#encode(audioCodec(codec), encoder, talker);
  }

  #sum(rateHz: SampleRateHz): Int32Array {
    const sum = this.#sums[rateHz];
    if (this.#added.has(rateHz)) return sum;
    this.#added.add(rateHz);
    sum.fill(0);
    for (const talker of this.#talkers) add(sum, talker.frame(rateHz));
    if (this.#announced) add(sum, this.#announced[rateHz]);
    return sum;
  }

  #encode({ sampleRateHz }: AudioCodec, encoder: FrameEncoder, without: Talker | null): Buffer {
    const sum = this.#sum(sampleRateHz);
    const pcm = this.#scratch[sampleRateHz];
    const own = without?.frame(sampleRateHz);
    for (let i = 0; i < pcm.length; i++) {
      const value = (sum[i] as number) - (own ? (own[i] as number) : 0);
      pcm[i] = value > LOUDEST ? LOUDEST : value < -LOUDEST ? -LOUDEST : value;
    }
    const out = Buffer.alloc(FRAME_OCTETS);
    encoder.encode(pcm, 0, pcm.length, out, 0);
    return out;
  }
}

function add(sum: Int32Array, frame: Int16Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (frame[i] as number);
}

/** Samples of one frame. */
export function samplesAt(rateHz: SampleRateHz): number {
  return (rateHz * FRAME_MS) / 1000;
}
