import { AudioClip } from '../audio/clip.ts';
import type { CodecName } from '../sdp/negotiation.ts';

/** One thing to play. */
export interface PlayItem {
  readonly clip: AudioClip;
  /** How often; 1 when not given, `Infinity` until the end of the call. */
  readonly times?: number;
}

/** Follows the last item for as long as the call lasts. Encoded, because G.722 has no octet that means silence. */
const SILENCE: PlayItem = { clip: AudioClip.ofSilence(1_000), times: Number.POSITIVE_INFINITY };

/** Copies the items' payload frame by frame, one item running into the next, and silence after the last. */
export class Playlist {
  readonly #items: readonly PlayItem[];
  #index = 0;
  #played = 0;
  #octet = 0;

  constructor(items: readonly PlayItem[]) {
    this.#items = items.filter((item) => item.clip.durationMs >= 1 && (item.times ?? 1) > 0);
  }

  get isOver(): boolean {
    return this.#index >= this.#items.length;
  }

  /** Fills a frame. */
  fill(codec: CodecName, out: Buffer, at: number, octets: number): void {
    for (let filled = 0; filled < octets; ) filled += this.#copy(codec, out, at + filled, octets - filled);
  }

  #copy(codec: CodecName, out: Buffer, at: number, room: number): number {
    const item = this.#items[this.#index] ?? SILENCE;
    const payload = item.clip.payload(codec);
    const copied = payload.copy(out, at, this.#octet, Math.min(payload.length, this.#octet + room));
    this.#octet += copied;
    if (this.#octet >= payload.length) this.#nextRound(item);
    return copied;
  }

  #nextRound(item: PlayItem): void {
    this.#octet = 0;
    this.#played++;
    if (this.#played < (item.times ?? 1)) return;
    this.#played = 0;
    this.#index++;
  }
}
