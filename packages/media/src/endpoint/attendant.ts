import { Recording } from '../audio/recording.ts';
import type { WavAudio } from '../audio/wav.ts';
import type { Behaviour } from './behaviour.ts';
import { BehaviourEndpoint, type EndpointOptions, type MediaEndpoint } from './endpoint.ts';
import type { MediaHost } from './host.ts';
import { type PlayItem, Playlist } from './playlist.ts';

/** An endpoint that holds a conversation: it speaks when told, falls silent at once, and records when told. */
export interface AttendantEndpoint extends MediaEndpoint {
  /** Speaks from now on, in place of what it was saying; `onSaid` once when all of it is on its way. */
  say(items: readonly PlayItem[], onSaid?: () => void): void;
  /** Falls silent; what was to be told after the speech is not told. */
  hush(): void;
  /** Keeps what is heard from now on, up to that length; a former recording is forgotten. */
  record(maxDurationMs: number, onFull?: () => void): void;
  /** Ends the recording and gives it; null when nothing was heard. */
  stopRecording(): WavAudio | null;
}

/** Silent until it is told to speak. Keys of the peer come by `onDtmf`. */
export function createAttendant(host: MediaHost, options: EndpointOptions = {}): AttendantEndpoint {
  return new Attendant(host, options, new Script(host));
}

class Attendant extends BehaviourEndpoint implements AttendantEndpoint {
  readonly #script: Script;

  constructor(host: MediaHost, options: EndpointOptions, script: Script) {
    super(host, behaviourOf(script), options);
    this.#script = script;
  }

  say(items: readonly PlayItem[], onSaid?: () => void): void {
    this.#script.playlist = new Playlist(items);
    this.#script.onSaid = onSaid;
  }

  hush(): void {
    this.say([]);
  }

  record(maxDurationMs: number, onFull?: () => void): void {
    this.#script.recording = new Recording(maxDurationMs);
    this.#script.onFull = onFull;
  }

  stopRecording(): WavAudio | null {
    const audio = this.#script.recording?.audio() ?? null;
    this.#script.recording = undefined;
    this.#script.onFull = undefined;
    return audio;
  }
}

/** What the attendant is at, at this moment. */
class Script {
  playlist = new Playlist([]);
  onSaid: (() => void) | undefined;
  recording: Recording | undefined;
  onFull: (() => void) | undefined;
  readonly #host: MediaHost;

  constructor(host: MediaHost) {
    this.#host = host;
  }

  tellIfSaid(): void {
    if (!this.playlist.isOver || this.onSaid === undefined) return;
    const { onSaid } = this;
    this.onSaid = undefined;
    this.#host.notify(onSaid, undefined);
  }

  tellIfFull(): void {
    if (this.recording?.isFull !== true || this.onFull === undefined) return;
    const { onFull } = this;
    this.onFull = undefined;
    this.#host.notify(onFull, undefined);
  }
}

function behaviourOf(script: Script): Behaviour {
  return {
    kind: 'attendant',
    direction: 'sendrecv',
    produce(codec, packet, at, octets) {
      // One frame late: whoever hangs up then does not cut the last one off.
      script.tellIfSaid();
      script.playlist.fill(codec, packet, at, octets);
      return octets;
    },
    consume(packet, header, format, isNewSource) {
      if (!script.recording || script.recording.isFull) return;
      script.recording.add(packet, header, format.codec, isNewSource);
      script.tellIfFull();
    },
  };
}
