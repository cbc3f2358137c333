import JsSIP from 'jssip';
import type { RTCSession } from 'jssip/lib/RTCSession.js';
import type { PhoneClock } from '../ports.ts';

/**
 * How long a call goes on without a media path: the border waits 30 s for a client, and as long again until it knows that the
 * connection is gone. Whoever comes back later is told that the call is over.
 */
export const WITHOUT_MEDIA_MS = 60_000;

/** Patience with a call whose media path has failed. */
export class MediaPathWatch {
  readonly #clock: PhoneClock;
  readonly #onGivenUp: () => void;
  #cancel: (() => void) | undefined;

  constructor(clock: PhoneClock, onGivenUp: () => void) {
    this.#clock = clock;
    this.#onGivenUp = onGivenUp;
  }

  /** The state of ICE has changed to this. */
  see(iceState: string): void {
    if (iceState === 'connected' || iceState === 'completed') this.close();
    else if (iceState === 'failed') this.#cancel ??= this.#clock.after(WITHOUT_MEDIA_MS, this.#onGivenUp);
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}

type TerminateOptions = Parameters<RTCSession['terminate']>[0];

/**
 * JsSIP ends a session in the moment in which ICE fails, with no way to have it otherwise. Then a network that is away for half a minute
 * would be the end of a running call, and new ICE might have brought it back: such an end is asked for here in vain.
 */
export function outliveFailedIce(session: RTCSession): void {
  const { RTP_TIMEOUT } = JsSIP.C.causes;
  const terminate = session.terminate.bind(session);
  session.terminate = (options?: TerminateOptions) => {
    if (options?.cause === RTP_TIMEOUT && session.isEstablished()) return;
    terminate(options);
  };
}
