import type { Session } from '@unisono/sip';
import type { Call } from './call.ts';

/** Running calls, and which call a dialog belongs to. */
export class CallTable {
  readonly #calls = new Map<string, Call>();
  readonly #bySession = new WeakMap<Session, Call>();

  get size(): number {
    return this.#calls.size;
  }

  add(call: Call): void {
    this.#calls.set(call.id, call);
  }

  remove(call: Call): void {
    this.#calls.delete(call.id);
  }

  /** Notes that a dialog is one side of the call. */
  link(session: Session, call: Call): void {
    this.#bySession.set(session, call);
  }

  callOf(session: Session): Call | undefined {
    return this.#bySession.get(session);
  }

  values(): IterableIterator<Call> {
    return this.#calls.values();
  }
}
