import { createHash } from 'node:crypto';
import type { MediaEngine, MediaEngineError, MediaParty, MediaProfile } from '@unisono/media';
import type { Side } from '../side.ts';

/** What a session description in a message is (RFC 3264, RFC 3261 §13.2.1, RFC 3262 §5, RFC 3311 §5). */
export type SdpRole = 'offer' | 'answer';

/** A description that crosses the border. */
export interface CrossingSdp {
  readonly role: SdpRole;
  readonly sdp: string;
  /** Whom it comes from. */
  readonly from: Side;
  /** Tag of whoever made the offer of this exchange. */
  readonly offererTag: string;
  /** Tag of the other party; undefined as long as it has none. */
  readonly answererTag: string | undefined;
  /** Addresses that each party's signalling comes from. */
  readonly signalledFrom: Readonly<Record<Side, readonly string[]>>;
  /** What whoever gets an offer is to be offered. */
  readonly profile: MediaProfile;
  /** An answer in a provisional response: the final one starts the engine's time-outs. */
  readonly isProvisional: boolean;
}

export type Described =
  | { readonly ok: true; readonly sdp: string }
  | { readonly ok: false; readonly error: MediaEngineError };

/** An offer that came in a response and waits for its answer in PRACK or ACK. */
export interface OpenOffer {
  readonly by: Side;
  readonly offererTag: string;
}

/**
 * The media of one call: each description that crosses the border is rewritten by the engine. What is said twice (an answer
 * in 183 and 200, a session refresh) is answered from memory, so that nothing changes where nothing was changed.
 */
export class MediaPath {
  readonly #engine: MediaEngine;
  readonly #callId: string;
  readonly #said = new Map<string, string>();
  #isAnchored = false;
  openOffer: OpenOffer | undefined;
  /** An engine apart from this process may hold something of before a restart. */
  mayBeAnchored = false;

  /** `callId` names the call towards the engine; it must be no text that a client chose. */
  constructor(engine: MediaEngine, callId: string) {
    this.#engine = engine;
    this.#callId = callId;
  }

  /** True once the engine holds something for this call. */
  get isAnchored(): boolean {
    return this.#isAnchored;
  }

  /** Rewrites a description; undefined from memory means: ask and wait. */
  known(crossing: CrossingSdp): string | undefined {
    return this.#said.get(keyOf(crossing));
  }

  async cross(crossing: CrossingSdp): Promise<Described> {
    const known = this.known(crossing);
    if (known !== undefined) return { ok: true, sdp: known };
    const { role, sdp } = crossing;
    const key = { callId: this.#callId, fromTag: crossing.offererTag, toTag: crossing.answererTag };
    const from = partyOf(crossing.from, crossing);
    this.#isAnchored = true;
    const result =
      role === 'offer'
        ? await this.#engine.offer({
            ...key,
            sdp,
            from,
            to: partyOf(crossing.from === 'outside' ? 'inside' : 'outside', crossing),
            profile: crossing.profile,
          })
        : await this.#engine.answer({ ...key, sdp, from, isProvisional: crossing.isProvisional });
    if (!result.ok) return result;
    this.mayBeAnchored = false;
    if (role === 'offer') this.#said.clear();
    this.#said.set(keyOf(crossing), result.sdp);
    return result;
  }

  /** Whether the engine knows anything of this call. */
  async isCarried(): Promise<boolean> {
    return (await this.#engine.query(this.#callId)) !== undefined;
  }

  /** Gives everything back; may be called again. */
  release(): void {
    this.#said.clear();
    if (!this.#isAnchored && !this.mayBeAnchored) return;
    this.#isAnchored = false;
    this.mayBeAnchored = false;
    // An engine that is gone has nothing left to give back.
    this.#engine.delete({ callId: this.#callId }).catch(() => {});
  }
}

function partyOf(side: Side, { signalledFrom }: CrossingSdp): MediaParty {
  return { side, signalledFrom: signalledFrom[side] };
}

/** A digest, so that a call does not keep every description twice. A final answer is told the engine though it says the same. */
function keyOf({ role, from, sdp, signalledFrom, isProvisional }: CrossingSdp): string {
  const text = `${role} ${from} ${isProvisional} ${signalledFrom[from].join()} ${sdp}`;
  return createHash('sha1').update(text).digest('base64');
}
