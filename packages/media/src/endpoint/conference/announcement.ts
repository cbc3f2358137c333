import { renderTone, type ToneSegment } from '../../audio/tone.ts';
import type { SampleRateHz } from '../../codec/codec.ts';
import { samplesAt } from './mix.ts';

/** Tones that everybody in a conference hears, one after the other. */
export class Announcements {
  readonly #waiting: Record<SampleRateHz, Int16Array>[] = [];
  readonly #frame: Record<SampleRateHz, Int16Array> = {
    8000: new Int16Array(samplesAt(8_000)),
    16000: new Int16Array(samplesAt(16_000)),
  };
  #at = 0;

  add(segments: readonly ToneSegment[]): void {
    this.#waiting.push({ 8000: renderTone(segments, 8_000), 16000: renderTone(segments, 16_000) });
  }

  /** The next frame; undefined when there is nothing to announce. Valid until the next call. */
  next(): Readonly<Record<SampleRateHz, Int16Array>> | undefined {
    const playing = this.#waiting[0];
    if (!playing) return undefined;
    for (const rateHz of [8_000, 16_000] as const) {
      const samples = samplesAt(rateHz);
      const piece = playing[rateHz].subarray(this.#at * samples, (this.#at + 1) * samples);
      this.#frame[rateHz].fill(0);
      this.#frame[rateHz].set(piece);
    }
    this.#at++;
    if (this.#at * samplesAt(8_000) >= playing[8_000].length) {
      this.#waiting.shift();
      this.#at = 0;
    }
    return this.#frame;
  }
}
