import type { PhoneState } from './state.ts';

/** Holds the state; whoever subscribed hears of each change, once for all changes of one `batch`. */
export class Store {
  #state: PhoneState;
  readonly #listeners = new Set<() => void>();
  #depth = 0;
  #isChanged = false;

  constructor(first: PhoneState) {
    this.#state = first;
  }

  readonly getState = (): PhoneState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Parts that are given replace what was; nothing is told when all of them are the same objects. */
  set(part: Partial<PhoneState>): void {
    const names = Object.keys(part) as (keyof PhoneState)[];
    if (names.every((name) => this.#state[name] === part[name])) return;
    this.#state = { ...this.#state, ...part };
    this.#isChanged = true;
    if (this.#depth === 0) this.#tell();
  }

  /** Takes parts out that are not known any more. */
  replace(state: PhoneState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#isChanged = true;
    if (this.#depth === 0) this.#tell();
  }

  batch(change: () => void): void {
    this.#depth++;
    try {
      change();
    } finally {
      this.#depth--;
      if (this.#depth === 0 && this.#isChanged) this.#tell();
    }
  }

  #tell(): void {
    this.#isChanged = false;
    for (const listener of [...this.#listeners]) listener();
  }
}
