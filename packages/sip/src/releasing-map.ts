interface Held<Value> {
  value: Value | undefined;
}

/**
 * A map for what comes and goes thousands of times a second, and is large while it is there. When V8's Map runs out of room it
 * makes a new table, and the old one, with all that was in it, refers to the new one. As long as old space is not collected, a
 * collection of young objects takes everything that such a table refers to for alive: half of all calls were copied into old
 * space after their end. So the table here refers to a value by way of a piece that is emptied when the value is removed.
 */
export class ReleasingMap<Value extends object> {
  readonly #held = new Map<string, Held<Value>>();

  get size(): number {
    return this.#held.size;
  }

  get(key: string): Value | undefined {
    return this.#held.get(key)?.value;
  }

  set(key: string, value: Value): void {
    const held = this.#held.get(key);
    if (held) held.value = value;
    else this.#held.set(key, { value });
  }

  delete(key: string): void {
    const held = this.#held.get(key);
    if (!held) return;
    held.value = undefined;
    this.#held.delete(key);
  }

  *values(): Generator<Value> {
    for (const { value } of this.#held.values()) if (value !== undefined) yield value;
  }
}
