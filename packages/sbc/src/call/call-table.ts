import { ReleasingMap } from '@unisono/sip';
import type { BorderCall } from './border-call.ts';
import { type CallStore, keptOf } from './kept-call.ts';

/** The calls at the border, by key. */
export class CallTable {
  readonly #calls = new ReleasingMap<BorderCall>();
  readonly #onEnded: (call: BorderCall) => void;
  readonly #store: CallStore | undefined;

  /** `onEnded` is told of each call that is over, once; `store` keeps answered calls over restarts. */
  constructor(onEnded: (call: BorderCall) => void, store?: CallStore) {
    this.#onEnded = onEnded;
    this.#store = store;
  }

  get size(): number {
    return this.#calls.size;
  }

  get(key: string): BorderCall | undefined {
    return this.#calls.get(key);
  }

  add(call: BorderCall): void {
    this.#calls.set(call.key, call);
  }

  /** What is known of an answered call has changed. */
  keep(call: BorderCall): void {
    if (call.phase === 'confirmed') this.#store?.save(keptOf(call));
  }

  /** The call is over: its media go back as soon as nothing of it is under way at the engine. */
  end(call: BorderCall): void {
    if (call.phase === 'ended') return;
    call.phase = 'ended';
    call.pendingInvite = undefined;
    this.#calls.delete(call.key);
    this.#store?.remove(call.key);
    call.lane.run(() => void call.media.release());
    this.#onEnded(call);
  }

  [Symbol.iterator](): Generator<BorderCall> {
    return this.#calls.values();
  }
}
