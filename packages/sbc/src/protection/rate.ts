/** How much may pass: so much each second, and so much at once after a pause. */
export interface Rate {
  readonly perSec: number;
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

/** Entries looked at, for each new one, whether they may be forgotten. */
const LOOKED_AT = 8;

/**
 * Token buckets, one for each key. At most `maxKeys` are remembered; only full ones are forgotten, which have nothing to remember. Where
 * there is no room, newcomers share one bucket: nobody gets a fresh one by bringing many others along.
 */
export class RateTable {
  readonly #rate: Rate;
  readonly #maxKeys: number;
  readonly #buckets = new Map<string, Bucket>();
  #crowd: Bucket | undefined;
  #cursor: Iterator<[string, Bucket]> | undefined;

  constructor(rate: Rate, maxKeys: number) {
    this.#rate = rate;
    this.#maxKeys = maxKeys;
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** Takes from the bucket of the key; false, and takes nothing, when there is not enough in it. */
  take(key: string, nowMs: number, count = 1): boolean {
    const bucket = this.#buckets.get(key) ?? this.#newBucket(key, nowMs);
    this.#fill(bucket, nowMs);
    if (bucket.tokens < count) return false;
    bucket.tokens -= count;
    return true;
  }

  #newBucket(key: string, nowMs: number): Bucket {
    if (this.#buckets.size >= this.#maxKeys) this.#makeRoom(nowMs);
    const bucket = { tokens: this.#rate.burst, atMs: nowMs };
    if (this.#buckets.size >= this.#maxKeys) {
      this.#crowd ??= bucket;
      return this.#crowd;
    }
    this.#buckets.set(key, bucket);
    return bucket;
  }

  #fill(bucket: Bucket, nowMs: number): void {
    const gained = ((nowMs - bucket.atMs) * this.#rate.perSec) / 1_000;
    bucket.tokens = Math.min(this.#rate.burst, bucket.tokens + Math.max(0, gained));
    bucket.atMs = nowMs;
  }

  #makeRoom(nowMs: number): void {
    for (let looked = 0; looked < LOOKED_AT; looked++) {
      this.#cursor ??= this.#buckets.entries();
      const { value, done } = this.#cursor.next();
      if (done) {
        this.#cursor = undefined;
        return;
      }
      const [key, bucket] = value;
      this.#fill(bucket, nowMs);
      if (bucket.tokens >= this.#rate.burst) this.#buckets.delete(key);
    }
  }
}
