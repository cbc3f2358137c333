import type { Behaviour } from './behaviour.ts';
import type { EndpointOptions, MediaEndpoint } from './endpoint.ts';
import { BehaviourEndpoint } from './endpoint.ts';
import type { MediaHost } from './host.ts';
import type { PlayItem } from './playlist.ts';
import { Playlist } from './playlist.ts';

export interface PlayerOptions extends EndpointOptions {
  readonly items: readonly PlayItem[];
  /** Everything was played and sent; silence follows until the endpoint is closed. */
  readonly onEnd?: () => void;
}

/** Plays announcements and tones from the moment the stream is set up; a hold stops the tape. */
export function createPlayer(host: MediaHost, options: PlayerOptions): MediaEndpoint {
  return new BehaviourEndpoint(host, player(host, options), options);
}

function player(host: MediaHost, options: PlayerOptions): Behaviour {
  const playlist = new Playlist(options.items);
  let isEndTold = false;
  return {
    kind: 'player',
    // It listens too: digits are events of the same stream.
    direction: 'sendrecv',
    produce(codec, packet, at, octets) {
      // Told one frame late: whoever closes the endpoint then does not cut the last one off.
      if (playlist.isOver && !isEndTold) {
        isEndTold = true;
        host.notify(options.onEnd, undefined);
      }
      playlist.fill(codec, packet, at, octets);
      return octets;
    },
  };
}
