/** Points that halve by themselves every `halfLifeMs`. A plain record: `pointsAt` reads it, `addPoints` changes it. */
export interface Points {
  value: number;
  atMs: number;
}

/** Time in which what somebody did counts half. */
export const HALF_LIFE_MS = 600_000;

export function pointsAt({ value, atMs }: Points, nowMs: number): number {
  return value * 2 ** (-Math.max(0, nowMs - atMs) / HALF_LIFE_MS);
}

/** Adds (or, negative, takes away, never below nothing) and gives what there is now. */
export function addPoints(points: Points, added: number, nowMs: number): number {
  points.value = Math.max(0, pointsAt(points, nowMs) + added);
  points.atMs = nowMs;
  return points.value;
}

/** Oldest entries among which the one to forget is chosen. */
const CANDIDATES = 8;

/**
 * A table of bounded size, the least recently used first. Where there is no room, the entry with the fewest points among the oldest ones
 * goes: whoever is at it right now stays, however many others are brought along.
 */
export class PointsTable<Entry extends Points> {
  readonly #entries = new Map<string, Entry>();
  readonly #maxEntries: number;
  readonly #make: (nowMs: number) => Entry;

  constructor(maxEntries: number, make: (nowMs: number) => Entry) {
    this.#maxEntries = maxEntries;
    this.#make = make;
  }

  get size(): number {
    return this.#entries.size;
  }

  peek(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  /** The entry of a key, made when there is none, and the most recently used from now on. */
  use(key: string, nowMs: number): Entry {
    const known = this.#entries.get(key);
    if (known) this.#entries.delete(key);
    else if (this.#entries.size >= this.#maxEntries) this.#makeRoom(nowMs);
    const entry = known ?? this.#make(nowMs);
    this.#entries.set(key, entry);
    return entry;
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  #makeRoom(nowMs: number): void {
    let least: { readonly key: string; readonly points: number } | undefined;
    let looked = 0;
    for (const [key, entry] of this.#entries) {
      const points = pointsAt(entry, nowMs);
      if (least === undefined || points < least.points) least = { key, points };
      if (++looked >= CANDIDATES) break;
    }
    if (least) this.#entries.delete(least.key);
  }
}
