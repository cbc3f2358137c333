import type { Session } from '@unisono/sip';
import type { Call } from './call.ts';
import type { Connection } from './connection.ts';

/** Running calls, and which of them a dialog is one side of. */
export class CallTable {
  readonly #calls = new Map<string, Call>();
  readonly #bySession = new WeakMap<Session, Connection>();

  get size(): number {
    return this.#calls.size;
  }

  add(call: Call): void {
    this.#calls.set(call.id, call);
  }

  remove(call: Call): void {
    this.#calls.delete(call.id);
  }

  /** Notes that a dialog is one side of an answered call. */
  link(session: Session, connection: Connection): void {
    this.#bySession.set(session, connection);
  }

  connectionOf(session: Session): Connection | undefined {
    return this.#bySession.get(session);
  }

  values(): IterableIterator<Call> {
    return this.#calls.values();
  }
}
