/** How long one count of messages lasts. */
export const WINDOW_MS = 100;
/** Messages in a window that nobody is refused for, however busy the system is. */
export const FREE_PER_WINDOW = 20;
/** A source may take so many times its equal share before it is held back. */
const TOLERANCE = 2;
/** Beyond this multiple nothing of it is even answered. */
const SILENCE = 8;
/** Sources counted in one window; a flood from more addresses than this is one crowd. */
const MAX_SOURCES = 10_000;

/** `answer`: refuse cheaply with 503. `drop`: not a word. */
export type Admission = 'admit' | 'answer' | 'drop';

/**
 * Shares the system among sources when there is too little of it: who takes more than a fair share is held back first,
 * so that a flood from one address does not starve the others. Without overload everybody is let in.
 */
export class FairShare {
  #counts = new Map<string, number>();
  #total = 0;
  #previousShare = Number.POSITIVE_INFINITY;
  #windowEndsMs = 0;
  #isOverloaded = false;

  set isOverloaded(value: boolean) {
    this.#isOverloaded = value;
  }

  get isOverloaded(): boolean {
    return this.#isOverloaded;
  }

  /** Counts a message of the source and says what to do with it. */
  judge(source: string, nowMs: number): Admission {
    if (nowMs >= this.#windowEndsMs) this.#turn(nowMs);
    this.#total++;
    const key = this.#counts.size >= MAX_SOURCES && !this.#counts.has(source) ? 'others' : source;
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    if (!this.#isOverloaded || count <= FREE_PER_WINDOW) return 'admit';
    const allowed = Math.max(FREE_PER_WINDOW, this.#previousShare * TOLERANCE);
    if (count <= allowed) return 'admit';
    return count > allowed * SILENCE ? 'drop' : 'answer';
  }

  /** The equal share of the window that ends is the measure for the next. */
  #turn(nowMs: number): void {
    this.#previousShare = this.#counts.size > 1 ? this.#total / this.#counts.size : Number.POSITIVE_INFINITY;
    this.#counts = new Map();
    this.#total = 0;
    this.#windowEndsMs = nowMs + WINDOW_MS;
  }
}
