import {
  AudioClip,
  createMusicListener,
  editSdp,
  holdOffer,
  inactiveOffer,
  type MediaEndpoint,
  type MediaHost,
  MusicSource,
} from '@unisono/media';
import { type Payload, sdpPayload } from '@unisono/sip';

/** The music for whoever is put on hold. It is rendered when somebody is for the first time. */
export class HoldMusic {
  readonly #host: MediaHost;
  #source: MusicSource | undefined;

  constructor(host: MediaHost) {
    this.#host = host;
  }

  /** Somebody who is to hear it. */
  listener(): MediaEndpoint {
    this.#source ??= new MusicSource(AudioClip.ofMelody(), this.#host.clock);
    return createMusicListener(this.#host, this.#source);
  }
}

/** The offer of a machine to somebody who is on hold: it is heard, and hears nothing. */
export function holding(sdp: string): Payload {
  return sdpPayload(editSdp(sdp, holdOffer) ?? sdp);
}

/** What somebody last described, as an answer to whoever holds: nothing flows until the hold is taken back. */
export function onHold(description: Payload | undefined): Payload | undefined {
  const body = description?.bytes.toString('latin1');
  const silent = body === undefined ? null : editSdp(body, inactiveOffer);
  return silent === null ? undefined : sdpPayload(silent);
}
