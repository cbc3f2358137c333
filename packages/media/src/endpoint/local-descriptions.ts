import type { LocalSide } from '../sdp/build.ts';
import type { SessionDescription } from '../sdp/model.ts';
import { printSdp } from '../sdp/print.ts';
import { isRefresh, nextVersion } from '../sdp/scan.ts';
import type { MediaRandom } from '../time.ts';

type LocalAddress = Pick<LocalSide, 'address' | 'port' | 'ptimeMs'>;

/** Keeps the `o=` line of one side right for a whole session: one id, a version that grows with every change. */
export class LocalDescriptions {
  readonly #sessionId: string;
  #last: { readonly sdp: SessionDescription; readonly text: string } | null = null;
  #offer: SessionDescription | null = null;

  constructor(random: MediaRandom) {
    this.#sessionId = String(random.int(0x7fff_ffff));
  }

  /** Text of the next description; the version stays when it says the same as the last (RFC 3264 §8). */
  next(build: (local: LocalSide) => SessionDescription, address: LocalAddress): string {
    const version = this.#last?.sdp.origin.sessionVersion ?? '1';
    let sdp = build(this.#side(address, version));
    if (this.#last && !isRefresh(this.#last.text, printSdp(sdp))) {
      sdp = build(this.#side(address, nextVersion(version)));
    }
    const text = printSdp(sdp);
    this.#last = { sdp, text };
    return text;
  }

  /** As `next`, for an offer: it is kept until `takeOffer`. */
  nextOffer(
    build: (
      local: LocalSide,
      previous: { readonly sdp: SessionDescription; readonly mediaIndex: number } | undefined,
    ) => SessionDescription,
    address: LocalAddress,
    mediaIndex: number,
  ): string {
    const previous = this.#last ? { sdp: this.#last.sdp, mediaIndex } : undefined;
    const text = this.next((local) => build(local, previous), address);
    this.#offer = this.#last?.sdp ?? null;
    return text;
  }

  /** The offer that waits for an answer, once; null when none does. */
  takeOffer(): SessionDescription | null {
    const offer = this.#offer;
    this.#offer = null;
    return offer;
  }

  #side(address: LocalAddress, sessionVersion: string): LocalSide {
    return { username: 'unisono', sessionId: this.#sessionId, sessionVersion, ...address };
  }
}
