import { Recording } from '../audio/recording.ts';
import type { WavAudio } from '../audio/wav.ts';
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
  const recording = new Recording(options.maxDurationMs ?? DEFAULT_MAX_RECORDING_MS);
  const prompt = new Playlist(options.prompt ?? []);
  const endpoint = new BehaviourEndpoint(
    host,
    {
      kind: 'recorder',
      direction: 'sendrecv',
      produce(codec, packet, at, octets) {
        prompt.fill(codec, packet, at, octets);
        return octets;
      },
      consume(packet, header, format, isNewSource) {
        if (!prompt.isOver || recording.isFull) return;
        recording.add(packet, header, format.codec, isNewSource);
        if (recording.isFull) host.notify(options.onFull, undefined);
      },
    },
    options,
  );
  return Object.assign(endpoint, { recorded: () => recording.audio() });
}
