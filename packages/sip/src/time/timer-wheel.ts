import type { Timer, TimerTarget } from './clock.ts';

/** Resolution of the wheel: a timer fires at most this much late (beside the event loop's own delay). */
export const WHEEL_TICK_MS = 10;
const SLOTS = 4096;
const MASK = SLOTS - 1;

/** A doubly linked entry; `rounds` counts full turns of the wheel still to go. */
class WheelTimer implements Timer {
  prev: WheelTimer | null = null;
  next: WheelTimer | null = null;
  rounds = 0;
  slot = -1;
  readonly wheel: TimerWheel;
  readonly target: TimerTarget<unknown>;
  readonly tag: unknown;

  constructor(wheel: TimerWheel, target: TimerTarget<unknown>, tag: unknown) {
    this.wheel = wheel;
    this.target = target;
    this.tag = tag;
  }

  cancel(): void {
    this.wheel.remove(this);
  }
}

/**
 * A hashed timer wheel (Varghese and Lauck, scheme 6): starting and cancelling cost O(1), which matters when every
 * message starts two timers and nearly all of them are cancelled. It holds no clock: `advanceTo` moves it.
 */
export class TimerWheel {
  readonly #slots: (WheelTimer | null)[] = new Array(SLOTS).fill(null);
  #tick: number;
  #size = 0;

  constructor(nowMs: number) {
    this.#tick = Math.floor(nowMs / WHEEL_TICK_MS);
  }

  /** Timers that are running. */
  get size(): number {
    return this.#size;
  }

  start<Tag>(nowMs: number, delayMs: number, target: TimerTarget<Tag>, tag: Tag): Timer {
    const timer = new WheelTimer(this, target as TimerTarget<unknown>, tag);
    const due = Math.ceil((nowMs + Math.max(0, delayMs)) / WHEEL_TICK_MS);
    const ticks = Math.max(1, due - this.#tick);
    // Ticks may be more than 32 bits hold: `&` is right modulo 2^32, `>>>` would not be.
    timer.slot = (this.#tick + ticks) & MASK;
    timer.rounds = Math.floor((ticks - 1) / SLOTS);
    this.#link(timer);
    return timer;
  }

  remove(timer: WheelTimer): void {
    if (timer.slot < 0) return;
    if (timer.prev) timer.prev.next = timer.next;
    else this.#slots[timer.slot] = timer.next;
    if (timer.next) timer.next.prev = timer.prev;
    timer.prev = timer.next = null;
    timer.slot = -1;
    this.#size--;
  }

  /** Fires everything due at `nowMs`, tick by tick; a target that throws does not stop the others. */
  advanceTo(nowMs: number, onError: (error: unknown) => void): void {
    const last = Math.floor(nowMs / WHEEL_TICK_MS);
    while (this.#tick < last && this.#size > 0) {
      this.#tick++;
      if (this.#slots[this.#tick & MASK]) this.#fireSlot(this.#tick & MASK, onError);
    }
    this.#tick = Math.max(this.#tick, last);
  }

  #link(timer: WheelTimer): void {
    const head = this.#slots[timer.slot] ?? null;
    timer.next = head;
    if (head) head.prev = timer;
    this.#slots[timer.slot] = timer;
    this.#size++;
  }

  #fireSlot(slot: number, onError: (error: unknown) => void): void {
    const due: WheelTimer[] = [];
    for (let timer = this.#slots[slot] ?? null; timer; timer = timer.next) {
      if (timer.rounds > 0) timer.rounds--;
      else due.push(timer);
    }
    // Timers are linked in front: the last one found was started first.
    for (let i = due.length - 1; i >= 0; i--) {
      const timer = due[i] as WheelTimer;
      // One that fired earlier in this tick may have cancelled this one.
      if (timer.slot < 0) continue;
      this.remove(timer);
      try {
        timer.target.onTimer(timer.tag);
      } catch (error) {
        onError(error);
      }
    }
  }
}
