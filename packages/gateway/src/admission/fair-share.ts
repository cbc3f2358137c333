/** How long one count of messages lasts. */
export const WINDOW_MS = 100;
/** Messages in a window that nobody is refused for, however busy the system is. */
export const FREE_PER_WINDOW = 20;
/** Each window of overload takes so much off what one source may send; each other window gives a little back. */
const CUT = 0.7;
const GROWTH = 1.1;
/** Sources counted in one window; a flood from more addresses than this is one crowd. */
const MAX_SOURCES = 10_000;

/**
 * Shares the system among sources when there is too little of it. While there is overload the most that one source may send
 * shrinks, window by window, until it ends: that meets whoever sends most and leaves the others alone, so that a flood from one
 * address does not starve them. Without overload everybody is let in.
 */
export class FairShare {
  #counts = new Map<string, number>();
  #most = 0;
  #cap = Number.POSITIVE_INFINITY;
  #windowEndsMs = 0;
  /** Told from outside: the system has more to do than it can. */
  isOverloaded = false;

  /** Messages that one source may send in a window now. */
  get cap(): number {
    return this.#cap;
  }

  /** Counts a message of the source; false when it has had its share. */
  admits(source: string, nowMs: number): boolean {
    if (nowMs >= this.#windowEndsMs) this.#turn(nowMs);
    const key = this.#counts.size >= MAX_SOURCES && !this.#counts.has(source) ? 'others' : source;
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    if (count > this.#most) this.#most = count;
    return count <= this.#cap;
  }

  #turn(nowMs: number): void {
    // A single source has nobody to be protected from it.
    if (this.#counts.size < 2) this.#cap = Number.POSITIVE_INFINITY;
    else if (this.isOverloaded) this.#cap = Math.max(FREE_PER_WINDOW, Math.min(this.#cap, this.#most) * CUT);
    else if (this.#cap < Number.POSITIVE_INFINITY) this.#relax();
    this.#counts = new Map();
    this.#most = 0;
    this.#windowEndsMs = nowMs + WINDOW_MS;
  }

  /** Once nobody comes near the cap any more there is no cap. */
  #relax(): void {
    this.#cap *= GROWTH;
    if (this.#cap > 2 * this.#most + FREE_PER_WINDOW) this.#cap = Number.POSITIVE_INFINITY;
  }
}
