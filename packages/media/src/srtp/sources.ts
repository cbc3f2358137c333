import { DEFAULT_REPLAY_WINDOW, ReplayWindow } from './replay-window.ts';

/** Synchronization sources of one direction that a context remembers: a new one comes with each announcement or transfer. */
export const DEFAULT_MAX_SOURCES = 256;

export interface SrtpContextOptions {
  /** Packets that may come late, at least 64; `DEFAULT_REPLAY_WINDOW`. */
  readonly replayWindow?: number;
  /** `DEFAULT_MAX_SOURCES`. None is ever forgotten: it could be replayed, or use an index twice. */
  readonly maxSources?: number;
  /** Rollover counter of the first packet of each source; 0. A session joined late is told it (RFC 3711 §3.3.1). */
  readonly rolloverCounter?: number;
}

/** What has been used of the indices of one kind of packet, by synchronization source. */
export class SourceTable {
  readonly #bySsrc = new Map<number, ReplayWindow>();
  readonly #maxSources: number;
  readonly #windowSize: number;
  #lastSsrc = -1;
  #last: ReplayWindow | undefined;
  /** For the next source, so that a packet that proves forged leaves nothing behind. */
  #unborn: ReplayWindow | undefined;

  constructor(options: SrtpContextOptions) {
    this.#maxSources = options.maxSources ?? DEFAULT_MAX_SOURCES;
    this.#windowSize = options.replayWindow ?? DEFAULT_REPLAY_WINDOW;
    if (this.#windowSize < 64) throw new RangeError('a replay window has at least 64 packets (RFC 3711 §3.3.2)');
  }

  /** The window of this source, a fresh one for a source that has not been kept; undefined when there is no place. */
  find(ssrc: number): ReplayWindow | undefined {
    if (ssrc === this.#lastSsrc) return this.#last;
    const known = this.#bySsrc.get(ssrc);
    if (known !== undefined) {
      this.#lastSsrc = ssrc;
      this.#last = known;
      return known;
    }
    if (this.#bySsrc.size >= this.#maxSources) return undefined;
    this.#unborn ??= new ReplayWindow(this.#windowSize);
    return this.#unborn;
  }

  /** Remembers the source that `find` gave this window for, once a packet of it was taken. */
  keep(ssrc: number, window: ReplayWindow): void {
    if (window !== this.#unborn) return;
    this.#bySsrc.set(ssrc, window);
    this.#unborn = undefined;
    this.#lastSsrc = ssrc;
    this.#last = window;
  }
}
