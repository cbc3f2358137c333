import {
  AudioClip,
  createEcho,
  createPlayer,
  type EndpointOptions,
  type MediaEndpoint,
  type MediaHost,
  type PlayItem,
  PROGRESS_TONES,
  SIGNALS,
  type ToneSegment,
} from '@unisono/media';
import type { Application, Tone } from '@unisono/pbx';

/** Before, between and after signals. */
const PAUSE_MS = 300;

/** The machines that answer calls. Clips are rendered once and shared. */
export class Applications {
  readonly #host: MediaHost;
  readonly #clips = new Map<string, AudioClip>();

  constructor(host: MediaHost) {
    this.#host = host;
  }

  /** The endpoint of an application number; `onEnd` when it has nothing more to say. */
  create(
    application: Exclude<Application, { kind: 'mailbox' }>,
    options: EndpointOptions & { readonly onEnd: () => void },
  ): MediaEndpoint {
    if (application.kind === 'echo') return createEcho(this.#host, options);
    return createPlayer(this.#host, { ...options, items: this.#announcement(application.tone ?? 'melody') });
  }

  /** Says "done" or "that did not work", twice: phones swallow what comes right after the answer or before the end. */
  signal(name: 'confirmation' | 'error', options: EndpointOptions & { readonly onEnd: () => void }): MediaEndpoint {
    const clip = this.#clip(name, () => SIGNALS[name]);
    const pause = this.#cached('pause', () => AudioClip.ofSilence(PAUSE_MS));
    const items = [pause, clip, pause, clip, pause].map((one) => ({ clip: one }));
    return createPlayer(this.#host, { ...options, items });
  }

  #announcement(tone: Tone): readonly PlayItem[] {
    if (tone === 'melody') return [{ clip: this.#melody(), times: 4 }];
    if (tone === 'information') return [{ clip: this.#clip('error', () => SIGNALS.error), times: 3 }];
    return [{ clip: this.#clip(tone, () => PROGRESS_TONES[tone]), times: 30 }];
  }

  #clip(name: string, segments: () => readonly ToneSegment[]): AudioClip {
    return this.#cached(name, () => AudioClip.ofTone(segments()));
  }

  #melody(): AudioClip {
    return this.#cached('melody', () => AudioClip.ofMelody());
  }

  #cached(name: string, make: () => AudioClip): AudioClip {
    const known = this.#clips.get(name);
    if (known) return known;
    const clip = make();
    this.#clips.set(name, clip);
    return clip;
  }
}
