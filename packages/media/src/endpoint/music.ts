import type { AudioClip } from '../audio/clip.ts';
import { OCTETS_PER_MS } from '../codec/codec.ts';
import type { CodecName } from '../sdp/negotiation.ts';
import type { MediaClock } from '../time.ts';
import type { Behaviour } from './behaviour.ts';
import { BehaviourEndpoint, type EndpointOptions, type MediaEndpoint } from './endpoint.ts';
import type { MediaHost } from './host.ts';

/** A timer may be late by so much, and packets may be long. */
const MAX_DRIFT_MS = 200;

/**
 * Music that plays whether anybody listens or not, as a radio does: whoever is put on hold comes into the middle of it, and
 * somebody held again hears how it goes on. A listener costs the copy of a frame; the clip is encoded once per codec.
 */
export class MusicSource {
  readonly #clip: AudioClip;
  readonly #clock: MediaClock;
  readonly #startedAtMs: number;

  constructor(clip: AudioClip, clock: MediaClock) {
    if (clip.durationMs < 1) throw new TypeError('music needs a clip that lasts');
    this.#clip = clip;
    this.#clock = clock;
    this.#startedAtMs = clock.nowMs();
  }

  /** Encodes for these codecs now, and not while the first listener waits. */
  prepare(codecs: readonly CodecName[]): void {
    for (const codec of codecs) this.#clip.payload(codec);
  }

  /** Which octet of the clip is due now. */
  position(codec: CodecName): number {
    const octets = Math.floor((this.#clock.nowMs() - this.#startedAtMs) * OCTETS_PER_MS);
    return octets % this.#clip.payload(codec).length;
  }

  /** True when a listener at that octet has missed some of it, or waits for more than a frame or two. */
  isFarFrom(codec: CodecName, position: number): boolean {
    const length = this.#clip.payload(codec).length;
    const distance = Math.abs(this.position(codec) - position);
    return Math.min(distance, length - distance) > MAX_DRIFT_MS * OCTETS_PER_MS;
  }

  /** Fills a frame from that octet on and gives the next one. */
  fill(codec: CodecName, position: number, out: Buffer, at: number, octets: number): number {
    const payload = this.#clip.payload(codec);
    let from = position % payload.length;
    for (let filled = 0; filled < octets; ) {
      const copied = payload.copy(out, at + filled, from, Math.min(payload.length, from + octets - filled));
      filled += copied;
      from = (from + copied) % payload.length;
    }
    return from;
  }
}

/** A listener of the music: for calls on hold. */
export function createMusicListener(
  host: MediaHost,
  source: MusicSource,
  options: EndpointOptions = {},
): MediaEndpoint {
  return new BehaviourEndpoint(host, listener(source), options);
}

function listener(source: MusicSource): Behaviour {
  let playing: CodecName | undefined;
  let position = 0;
  return {
    kind: 'music',
    direction: 'sendrecv',
    produce(codec, packet, at, octets) {
      // Frames follow each other exactly, whatever the timer does; after a pause the music has gone on.
      if (codec !== playing || source.isFarFrom(codec, position)) position = source.position(codec);
      playing = codec;
      position = source.fill(codec, position, packet, at, octets);
      return octets;
    },
  };
}
