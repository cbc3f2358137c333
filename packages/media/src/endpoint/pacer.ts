import type { MediaClock, TimerTarget } from '../time.ts';

/** Time between two ticks, and audio per frame. */
export const FRAME_MS = 20;
/** After a stall at most so many ticks are made good; the rest never happened (listeners' buffers are empty by then). */
export const MAX_CATCH_UP_TICKS = 5;

/** Something that works once per tick. */
export interface Paced {
  /** `skippedMs`: time before this tick that was dropped after a stall, nearly always 0. */
  tick(nowMs: number, skippedMs: number): void;
}

/**
 * One timer for all endpoints. Ticks are due at whole multiples of `FRAME_MS` from the start: a late timer makes one tick
 * late and not the following ones, so the pace does not drift. Without members no timer runs.
 */
export class Pacer implements TimerTarget<'tick'> {
  readonly #clock: MediaClock;
  readonly #onError: (error: unknown) => void;
  readonly #members = new Set<Paced>();
  #timer: { cancel(): void } | null = null;
  #dueMs = 0;
  #isTicking = false;

  constructor(clock: MediaClock, onError: (error: unknown) => void) {
    this.#clock = clock;
    this.#onError = onError;
  }

  get size(): number {
    return this.#members.size;
  }

  add(member: Paced): void {
    this.#members.add(member);
    if (this.#timer || this.#isTicking) return;
    this.#dueMs = this.#clock.nowMs() + FRAME_MS;
    this.#schedule();
  }

  remove(member: Paced): void {
    this.#members.delete(member);
    if (this.#members.size > 0) return;
    this.#timer?.cancel();
    this.#timer = null;
  }

  onTimer(): void {
    const nowMs = this.#clock.nowMs();
    // Timers of the machine may be a fraction of a millisecond early: then nothing is due yet.
    const due = Math.max(0, Math.floor((nowMs - this.#dueMs) / FRAME_MS) + 1);
    const ticks = Math.min(due, MAX_CATCH_UP_TICKS);
    this.#timer = null;
    this.#isTicking = true;
    for (let i = 0; i < ticks; i++) this.#tick(nowMs, i === 0 ? (due - ticks) * FRAME_MS : 0);
    this.#isTicking = false;
    this.#dueMs += due * FRAME_MS;
    if (this.#members.size > 0) this.#schedule();
  }

  #tick(nowMs: number, skippedMs: number): void {
    for (const member of this.#members) {
      try {
        member.tick(nowMs, skippedMs);
      } catch (error) {
        this.#onError(error);
      }
    }
  }

  #schedule(): void {
    this.#timer = this.#clock.startTimer(Math.max(0, this.#dueMs - this.#clock.nowMs()), this, 'tick');
  }
}
