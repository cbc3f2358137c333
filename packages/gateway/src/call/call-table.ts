import { ReleasingMap } from '@unisono/sip';
import type { Call } from './call.ts';

/** Running calls. */
export class CallTable {
  readonly #calls = new ReleasingMap<Call>();

  get size(): number {
    return this.#calls.size;
  }

  add(call: Call): void {
    this.#calls.set(call.id, call);
  }

  remove(call: Call): void {
    this.#calls.delete(call.id);
  }

  values(): Generator<Call> {
    return this.#calls.values();
  }
}
