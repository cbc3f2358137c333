import type { Clock } from '../time/clock.ts';

/**
 * A bounded map that forgets what has not been used for long: entries live in two generations, the older is dropped when
 * the younger is full or aged, and use moves an entry to the younger one. No timers, no time stamps per entry.
 */
export class FlowTable<Value> {
  #young = new Map<string, Value>();
  #old = new Map<string, Value>();
  #turnedMs: number;
  readonly #clock: Clock;
  readonly #half: number;
  readonly #ageMs: number;

  /** At most `capacity` entries; one unused for `ageMs` to twice that is forgotten when others come. */
  constructor(capacity: number, ageMs: number, clock: Clock) {
    this.#half = Math.max(1, capacity >> 1);
    this.#ageMs = ageMs;
    this.#clock = clock;
    this.#turnedMs = clock.nowMs();
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  get(key: string): Value | undefined {
    const value = this.#young.get(key);
    if (value !== undefined) return value;
    const older = this.#old.get(key);
    if (older === undefined) return undefined;
    this.#old.delete(key);
    this.set(key, older);
    return older;
  }

  set(key: string, value: Value): void {
    const nowMs = this.#clock.nowMs();
    if (this.#young.size >= this.#half || nowMs - this.#turnedMs >= this.#ageMs) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#turnedMs = nowMs;
    }
    this.#young.set(key, value);
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
  }
}
