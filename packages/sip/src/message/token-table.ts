const BUCKETS = 1024;

/**
 * Finds known tokens at a place in a text without cutting them out and hashing them: candidates are told apart by length
 * and first letter. What is found is always the same string object, so that comparing it costs a pointer.
 */
export class TokenTable<T extends string> {
  readonly #buckets: T[][] = Array.from({ length: BUCKETS }, () => []);

  constructor(tokens: Iterable<T>) {
    for (const token of tokens) this.#buckets[bucketOf(token, 0, token.length)]?.push(token);
  }

  /** The known token that fills `text` from `from` up to `to`, in exactly this case. */
  find(text: string, from: number, to: number): T | undefined {
    for (const token of this.#buckets[bucketOf(text, from, to)] as T[]) {
      if (token.length === to - from && text.startsWith(token, from)) return token;
    }
    return undefined;
  }
}

function bucketOf(text: string, from: number, to: number): number {
  return (((to - from) << 5) | (text.charCodeAt(from) & 31)) & (BUCKETS - 1);
}
