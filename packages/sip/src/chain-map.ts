/** Something that may share its key with a few others. */
export interface Linked<Entry> {
  /** The next one of the same key; the map's. */
  sibling: Entry | undefined;
}

/** The map below a `ChainMap`. */
interface Heads<Entry> {
  get(key: string): Entry | undefined;
  set(key: string, entry: Entry): unknown;
  delete(key: string): unknown;
  values(): Iterable<Entry>;
}

/** A map whose keys nearly always lead to one entry and sometimes to a chain of them. */
export class ChainMap<Entry extends Linked<Entry>> {
  readonly #heads: Heads<Entry>;
  #size = 0;

  constructor(heads: Heads<Entry> = new Map<string, Entry>()) {
    this.#heads = heads;
  }

  get size(): number {
    return this.#size;
  }

  /** The entry added last; the others of that key hang on its `sibling`. */
  first(key: string): Entry | undefined {
    return this.#heads.get(key);
  }

  add(key: string, entry: Entry): void {
    entry.sibling = this.#heads.get(key);
    this.#heads.set(key, entry);
    this.#size++;
  }

  /** False when it was not there. */
  remove(key: string, entry: Entry): boolean {
    const head = this.#heads.get(key);
    if (!head) return false;
    if (head !== entry) {
      let before: Entry | undefined = head;
      while (before && before.sibling !== entry) before = before.sibling;
      if (!before) return false;
      before.sibling = entry.sibling;
    } else if (entry.sibling) this.#heads.set(key, entry.sibling);
    else this.#heads.delete(key);
    entry.sibling = undefined;
    this.#size--;
    return true;
  }

  *[Symbol.iterator](): Generator<Entry> {
    for (const head of this.#heads.values()) {
      for (let entry: Entry | undefined = head; entry; entry = entry.sibling) yield entry;
    }
  }
}
