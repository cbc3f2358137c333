/** An upload, as far as it says who is whom. */
interface Uploaded {
  readonly user: string;
  readonly digest: string;
}

/** Which person of the directory is which user here, as was uploaded last. */
export class Pairs {
  #userOf = new Map<string, string>();
  #personOf = new Map<string, string>();

  /** Takes the place of what was known. */
  learn(uploads: Iterable<readonly [person: string, uploaded: Uploaded]>): void {
    this.#userOf = new Map();
    this.#personOf = new Map();
    for (const [person, { user, digest }] of uploads) {
      if (user === '' || digest === '') continue;
      this.#userOf.set(person, user);
      this.#personOf.set(user, person);
    }
  }

  userOf(person: string): string | undefined {
    return this.#userOf.get(person);
  }

  personOf(user: string): string | undefined {
    return this.#personOf.get(user);
  }

  persons(): Iterable<string> {
    return this.#userOf.keys();
  }

  [Symbol.iterator](): IterableIterator<[person: string, user: string]> {
    return this.#userOf[Symbol.iterator]();
  }
}
