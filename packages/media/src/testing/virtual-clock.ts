import type { MediaClock, TimerTarget } from '../time.ts';

interface Entry {
  readonly dueMs: number;
  readonly fire: () => void;
}

/** Time for tests: it moves only when told to, and timers fire in order. */
export class VirtualClock implements MediaClock {
  #nowMs = 1_000;
  #entries: Entry[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  /** Timers that run. */
  get pending(): number {
    return this.#entries.length;
  }

  startTimer<Tag>(delayMs: number, target: TimerTarget<Tag>, tag: Tag): { cancel(): void } {
    const entry: Entry = { dueMs: this.#nowMs + Math.max(0, delayMs), fire: () => target.onTimer(tag) };
    const at = this.#entries.findIndex((other) => other.dueMs > entry.dueMs);
    this.#entries.splice(at < 0 ? this.#entries.length : at, 0, entry);
    return {
      cancel: () => {
        this.#entries = this.#entries.filter((other) => other !== entry);
      },
    };
  }

  /** Moves on by `ms`, firing what is due on the way. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (let entry = this.#entries[0]; entry && entry.dueMs <= untilMs; entry = this.#entries[0]) {
      this.#entries.shift();
      this.#nowMs = Math.max(this.#nowMs, entry.dueMs);
      entry.fire();
    }
    this.#nowMs = untilMs;
  }

  /** Moves on by `ms` without firing anything: a stall. What was due fires with the next `advance`. */
  stall(ms: number): void {
    this.#nowMs += ms;
  }
}
