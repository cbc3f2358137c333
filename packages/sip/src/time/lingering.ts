import type { Clock, Timer } from './clock.ts';

/** Something that is over and stays for a while. */
export interface Lingerer {
  onLingered(): void;
}

/** Those whose time ends together. */
interface Batch {
  readonly dueMs: number;
  readonly members: Lingerer[];
  next: Batch | undefined;
}

/** Ends are told together that lie no further apart. */
export const LINGERING_STEP_MS = 10;

/**
 * Things that all stay equally long: they end in the order in which they came, so that one timer, for the first of them, does for all.
 * A timer for each would be copied and walked over by the garbage collector, at a thousand calls a second a hundred thousand of them.
 */
export class Lingering {
  readonly #clock: Clock;
  readonly #periodMs: number;
  #first: Batch | undefined;
  #last: Batch | undefined;
  #timer: Timer | undefined;

  constructor(clock: Clock, periodMs: number) {
    this.#clock = clock;
    this.#periodMs = periodMs;
  }

  /** Calls `onLingered` of it when the period is over, no sooner and at most `LINGERING_STEP_MS` later. */
  add(one: Lingerer): void {
    const endMs = this.#clock.nowMs() + this.#periodMs;
    const dueMs = Math.ceil(endMs / LINGERING_STEP_MS) * LINGERING_STEP_MS;
    if (this.#last?.dueMs === dueMs) this.#last.members.push(one);
    else this.#append({ dueMs, members: [one], next: undefined });
  }

  /** After the event loop was held up, several batches are due. */
  onTimer(): void {
    const nowMs = this.#clock.nowMs();
    const ended: Lingerer[][] = [];
    for (; this.#first && this.#first.dueMs <= nowMs; this.#first = this.#first.next) ended.push(this.#first.members);
    if (!this.#first) this.#last = undefined;
    this.#startTimer();
    for (const members of ended) for (const one of members) one.onLingered();
  }

  /** Forgets all of them without another word. */
  clear(): void {
    this.#timer?.cancel();
    this.#timer = this.#first = this.#last = undefined;
  }

  #append(batch: Batch): void {
    if (this.#last) this.#last.next = batch;
    this.#last = batch;
    if (this.#first) return;
    this.#first = batch;
    this.#startTimer();
  }

  #startTimer(): void {
    this.#timer = this.#first && this.#clock.startTimer(this.#first.dueMs - this.#clock.nowMs(), this, 'end');
  }
}
