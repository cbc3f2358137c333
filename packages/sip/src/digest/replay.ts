import { detached } from '../message/detached.ts';

/** How far behind the highest nonce-count a late request may be and still be taken, once (as RFC 4303 §3.4.3 does). */
export const REPLAY_WINDOW = 32;

/** Highest nonce-count seen, and which of the `REPLAY_WINDOW` up to it were seen: bit 0 is the highest itself. */
interface Seen {
  highest: number;
  bits: number;
  readonly madeAtMs: number;
}

export interface ReplayGuardOptions {
  readonly lifetimeMs: number;
  /** Nonces remembered at most; the oldest are given up before, and with them their validity. */
  readonly maxNonces: number;
}

/**
 * Remembers which nonce-counts were used (RFC 7616 §5.5), in two generations: each lives for one lifetime as the current
 * one and for one as the previous one, so a nonce is remembered until it has expired, and forgetting costs nothing.
 */
export class ReplayGuard {
  readonly #lifetimeMs: number;
  readonly #maxPerGeneration: number;
  #current = new Map<string, Seen>();
  #previous = new Map<string, Seen>();
  #turnedAtMs = Number.NEGATIVE_INFINITY;
  #validSinceMs = Number.NEGATIVE_INFINITY;

  constructor(options: ReplayGuardOptions) {
    this.#lifetimeMs = options.lifetimeMs;
    this.#maxPerGeneration = Math.max(1, options.maxNonces >> 1);
  }

  /** Nonces remembered now. */
  get size(): number {
    return this.#current.size + this.#previous.size;
  }

  /** False for a nonce whose counts may have been forgotten, or of a clock ahead of ours: it must be refused as stale. */
  remembers(madeAtMs: number, nowMs: number): boolean {
    return madeAtMs > this.#validSinceMs && madeAtMs <= nowMs && madeAtMs + this.#lifetimeMs > nowMs;
  }

  /** Takes the count for used and answers true; false when it was used before or is too far behind. */
  use(nonce: string, count: number, madeAtMs: number, nowMs: number): boolean {
    if (nowMs >= this.#turnedAtMs + this.#lifetimeMs) this.#turn(nowMs);
    const seen = this.#current.get(nonce) ?? this.#previous.get(nonce);
    if (seen) return advance(seen, count);
    if (this.#current.size >= this.#maxPerGeneration) {
      this.#giveUpPrevious();
      this.#turn(nowMs);
    }
    // A slice would hold the request that it came in for as long as the nonce is remembered.
    this.#current.set(detached(nonce), { highest: count, bits: 1, madeAtMs });
    return true;
  }

  #turn(nowMs: number): void {
    this.#previous = this.#current;
    this.#current = new Map();
    this.#turnedAtMs = nowMs;
  }

  /** Before its time: from now on only nonces younger than all forgotten ones are valid. */
  #giveUpPrevious(): void {
    for (const { madeAtMs } of this.#previous.values()) this.#validSinceMs = Math.max(this.#validSinceMs, madeAtMs);
  }
}

function advance(seen: Seen, count: number): boolean {
  const ahead = count - seen.highest;
  if (ahead > 0) {
    seen.bits = (ahead >= REPLAY_WINDOW ? 0 : seen.bits << ahead) | 1;
    seen.highest = count;
    return true;
  }
  const bit = 1 << -ahead;
  if (-ahead >= REPLAY_WINDOW || (seen.bits & bit) !== 0) return false;
  seen.bits |= bit;
  return true;
}
