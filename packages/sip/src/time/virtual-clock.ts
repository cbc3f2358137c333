import type { Clock, Timer, TimerTarget } from './clock.ts';

interface Entry extends Timer {
  readonly dueMs: number;
  readonly order: number;
  cancelled: boolean;
  fire(): void;
}

/** A clock for tests and simulation: time moves only when told to, timers fire in exact order of due time. */
export class VirtualClock implements Clock {
  #nowMs = 0;
  #order = 0;
  #live = 0;
  readonly #heap: Entry[] = [];
  readonly #epochMs: number;

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
    return this.#live;
  }

  startTimer<Tag>(delayMs: number, target: TimerTarget<Tag>, tag: Tag): Timer {
    const entry: Entry = {
      dueMs: this.#nowMs + Math.max(0, delayMs),
      order: this.#order++,
      cancelled: false,
      fire: () => target.onTimer(tag),
      cancel: () => {
        if (entry.cancelled) return;
        entry.cancelled = true;
        this.#live--;
      },
    };
    this.#live++;
    this.#push(entry);
    return entry;
  }

  /** When the next timer is due, in `nowMs` time, or undefined when none runs. */
  nextDueMs(): number | undefined {
    this.#dropCancelled();
    return this.#heap[0]?.dueMs;
  }

  /** Moves to the next due timer and fires it; false when none runs. */
  step(): boolean {
    this.#dropCancelled();
    const entry = this.#pop();
    if (!entry) return false;
    this.#nowMs = entry.dueMs;
    entry.cancelled = true;
    this.#live--;
    entry.fire();
    return true;
  }

  /** Moves time on by `ms`, firing everything due on the way. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (let due = this.nextDueMs(); due !== undefined && due <= untilMs; due = this.nextDueMs()) this.step();
    this.#nowMs = untilMs;
  }

  #dropCancelled(): void {
    while (this.#heap[0]?.cancelled) this.#pop();
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let i = heap.push(entry) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(entry, heap[parent] as Entry)) break;
      heap[i] = heap[parent] as Entry;
      i = parent;
    }
    heap[i] = entry;
  }

  #pop(): Entry | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (!top || !last || heap.length === 0) return top;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1] as Entry, heap[child] as Entry)) child++;
      if (!before(heap[child] as Entry, last)) break;
      heap[i] = heap[child] as Entry;
      i = child;
    }
    heap[i] = last;
    return top;
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}
