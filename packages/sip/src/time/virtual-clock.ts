import type { Clock, Timer, TimerTarget } from './clock.ts';

class VirtualTimer implements Timer {
  readonly dueMs: number;
  readonly order: number;
  isOver = false;
  readonly #clock: { forget(): void };
  readonly #target: TimerTarget<unknown>;
  readonly #tag: unknown;

  constructor(clock: { forget(): void }, dueMs: number, order: number, target: TimerTarget<unknown>, tag: unknown) {
    this.#clock = clock;
    this.dueMs = dueMs;
    this.order = order;
    this.#target = target;
    this.#tag = tag;
  }

  cancel(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#clock.forget();
  }

  fire(): void {
    this.cancel();
    this.#target.onTimer(this.#tag);
  }
}

/** A clock for tests and simulation: time moves only when told to, timers fire in exact order of due time. */
export class VirtualClock implements Clock {
  #nowMs = 0;
  #order = 0;
  #pending = 0;
  readonly #heap: VirtualTimer[] = [];
  readonly #epochMs: number;
  readonly #self = { forget: () => void this.#pending-- };

  constructor(epochMs = Date.UTC(2026, 0, 1)) {
    this.#epochMs = epochMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  epochMs(): number {
    return this.#epochMs + this.#nowMs;
  }

  /** Timers started and neither fired nor cancelled. */
  get pending(): number {
    return this.#pending;
  }

  startTimer<Tag>(delayMs: number, target: TimerTarget<Tag>, tag: Tag): Timer {
    const dueMs = this.#nowMs + Math.max(0, delayMs);
    const timer = new VirtualTimer(this.#self, dueMs, this.#order++, target as TimerTarget<unknown>, tag);
    this.#pending++;
    this.#push(timer);
    return timer;
  }

  /** When the next timer is due, in `nowMs` time, or undefined when none runs. */
  nextDueMs(): number | undefined {
    while (this.#heap[0]?.isOver) this.#pop();
    return this.#heap[0]?.dueMs;
  }

  /** Moves to the next due timer and fires it; false when none runs. */
  step(): boolean {
    const dueMs = this.nextDueMs();
    if (dueMs === undefined) return false;
    this.#nowMs = dueMs;
    this.#pop()?.fire();
    return true;
  }

  /** Moves time on by `ms`, firing everything due on the way. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (let due = this.nextDueMs(); due !== undefined && due <= untilMs; due = this.nextDueMs()) this.step();
    this.#nowMs = untilMs;
  }

  #push(timer: VirtualTimer): void {
    const heap = this.#heap;
    let i = heap.push(timer) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(timer, heap[parent] as VirtualTimer)) break;
      heap[i] = heap[parent] as VirtualTimer;
      i = parent;
    }
    heap[i] = timer;
  }

  #pop(): VirtualTimer | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (!top || !last || heap.length === 0) return top;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1] as VirtualTimer, heap[child] as VirtualTimer)) child++;
      if (!before(heap[child] as VirtualTimer, last)) break;
      heap[i] = heap[child] as VirtualTimer;
      i = child;
    }
    heap[i] = last;
    return top;
  }
}

function before(a: VirtualTimer, b: VirtualTimer): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}
