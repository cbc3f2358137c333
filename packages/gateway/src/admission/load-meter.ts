import type { Clock, Timer } from '@unisono/sip';

/** How often the load is looked at. */
const INTERVAL_MS = 100;

export interface LoadLimits {
  /** Lateness of timers from which new work is refused, in milliseconds. */
  readonly maxLagMs: number;
  /** Calls at once, answered or not. */
  readonly maxCalls: number;
  /** Server transactions at once, lingering ones included. */
  readonly maxTransactions: number;
}

export const DEFAULT_LOAD_LIMITS: LoadLimits = { maxLagMs: 250, maxCalls: 20_000, maxTransactions: 500_000 };

/** What the meter looks at. */
export interface LoadSource {
  readonly calls: () => number;
  readonly transactions: () => number;
  /** Share of the time since the last question that the node was busy, 0 … 1; absent: not known. */
  readonly utilization?: (() => number) | undefined;
}

/** Busier than this there are things waiting that nobody has looked at yet. */
const SATURATED = 0.97;

/** Share of the newest lateness in the smoothed one, and how many times the limit a single one counts at most. */
const SMOOTHING = 0.2;
const MOST_COUNTED = 2;

/** Knows whether the node has more to do than it can: how late its timers are, how many calls and transactions live. */
export class LoadMeter {
  readonly #clock: Clock;
  readonly #limits: LoadLimits;
  readonly #source: LoadSource;
  #timer: Timer | undefined;
  #expectedMs = 0;
  /** Lateness of timers, smoothed over about half a second. */
  lagMs = 0;
  #isSaturated = false;

  constructor(clock: Clock, source: LoadSource, limits: LoadLimits = DEFAULT_LOAD_LIMITS) {
    this.#clock = clock;
    this.#source = source;
    this.#limits = limits;
  }

  start(): void {
    this.#expectedMs = this.#clock.nowMs() + INTERVAL_MS;
    this.#timer = this.#clock.startTimer(INTERVAL_MS, this, 'tick');
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  onTimer(): void {
    const lateMs = Math.max(0, this.#clock.nowMs() - this.#expectedMs);
    // One long stall (a start, a full disk, a machine asleep) is over when it is seen; only one after the other is load.
    const countedMs = Math.min(lateMs, MOST_COUNTED * this.#limits.maxLagMs);
    this.lagMs += (countedMs - this.lagMs) * SMOOTHING;
    this.#isSaturated = (this.#source.utilization?.() ?? 0) > SATURATED;
    this.start();
  }

  /** There is no time left, or timers are late already: somebody takes more than there is. */
  get isOverloaded(): boolean {
    return this.#isSaturated || this.lagMs > this.#limits.maxLagMs / 2;
  }

  /** Nothing new can be taken on. */
  get isFull(): boolean {
    return (
      this.lagMs > this.#limits.maxLagMs ||
      this.#source.calls() >= this.#limits.maxCalls ||
      this.#source.transactions() >= this.#limits.maxTransactions
    );
  }
}
