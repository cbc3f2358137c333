import { Recording } from '../audio/recording.ts';
import type { WavAudio } from '../audio/wav.ts';
import type { Behaviour } from './behaviour.ts';
import type { EndpointOptions, MediaEndpoint } from './endpoint.ts';
import { BehaviourEndpoint } from './endpoint.ts';
import type { MediaHost } from './host.ts';
import type { PlayItem } from './playlist.ts';
import { Playlist } from './playlist.ts';

export interface RecorderOptions extends EndpointOptions {
  /** Played before recording starts: a greeting, a beep. */
  readonly prompt?: readonly PlayItem[];
  /** Recording stops there. Default: `DEFAULT_MAX_RECORDING_MS`. */
  readonly maxDurationMs?: number;
  /** The maximum was reached. */
  readonly onFull?: () => void;
}

export const DEFAULT_MAX_RECORDING_MS = 5 * 60_000;

/** An endpoint that keeps what it hears. */
export interface RecorderEndpoint extends MediaEndpoint {
  /** What was recorded so far, also after the end; null when nothing was. `writeWav` makes a file of it. */
  recorded(): WavAudio | null;
}

/** Plays the prompt, then records; sends silence meanwhile, so that the way through NATs stays open. */
export function createRecorder(host: MediaHost, options: RecorderOptions = {}): RecorderEndpoint {
  return new Recorder(host, options, new Recording(options.maxDurationMs ?? DEFAULT_MAX_RECORDING_MS));
}

class Recorder extends BehaviourEndpoint implements RecorderEndpoint {
  readonly #recording: Recording;

  constructor(host: MediaHost, options: RecorderOptions, recording: Recording) {
    super(host, recorder(host, options, recording), options);
    this.#recording = recording;
  }

  recorded(): WavAudio | null {
    return this.#recording.audio();
  }
}

function recorder(host: MediaHost, options: RecorderOptions, recording: Recording): Behaviour {
  const prompt = new Playlist(options.prompt ?? []);
  return {
    kind: 'recorder',
    direction: 'sendrecv',
    produce(codec, packet, at, octets) {
      prompt.fill(codec, packet, at, octets);
      return octets;
    },
    consume(packet, header, format, isNewSource, sender) {
      // A peer that only sends cannot hear the prompt: nothing to wait for.
      if ((!prompt.isOver && sender.canSend) || recording.isFull) return;
      recording.add(packet, header, format.codec, isNewSource);
      if (recording.isFull) host.notify(options.onFull, undefined);
    },
  };
}
