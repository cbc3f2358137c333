import type { Call } from './call.ts';

/** Running calls. */
export class CallTable {
  readonly #calls = new Map<string, Call>();

  get size(): number {
    return this.#calls.size;
  }

  add(call: Call): void {
    this.#calls.set(call.id, call);
  }

  remove(call: Call): void {
    this.#calls.delete(call.id);
  }

  values(): IterableIterator<Call> {
    return this.#calls.values();
  }
}
