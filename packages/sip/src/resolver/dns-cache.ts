import type { Clock } from '../time/clock.ts';
import type { Dns, DnsAnswer, NaptrRecord, SrvRecord } from './dns.ts';

/** No answer is kept longer, whatever its time to live says. */
const MAX_TTL_SEC = 3600;
/** An answer without a time to live is kept this long all the same, so that a burst of calls asks once. */
const MIN_TTL_SEC = 1;
export const DEFAULT_CACHED_NAMES = 10_000;

interface Kept {
  readonly answer: Promise<DnsAnswer<unknown>>;
  untilMs: number;
}

/** A `Dns` that keeps answers for their time to live; a question under way is asked once. */
export class DnsCache implements Dns {
  readonly #dns: Dns;
  readonly #clock: Clock;
  readonly #capacity: number;
  readonly #kept = new Map<string, Kept>();

  constructor(dns: Dns, clock: Clock, capacity = DEFAULT_CACHED_NAMES) {
    this.#dns = dns;
    this.#clock = clock;
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#kept.size;
  }

  naptr(name: string): Promise<DnsAnswer<NaptrRecord>> {
    return this.#ask('NAPTR', name, () => this.#dns.naptr(name));
  }

  srv(name: string): Promise<DnsAnswer<SrvRecord>> {
    return this.#ask('SRV', name, () => this.#dns.srv(name));
  }

  a(name: string): Promise<DnsAnswer<string>> {
    return this.#ask('A', name, () => this.#dns.a(name));
  }

  aaaa(name: string): Promise<DnsAnswer<string>> {
    return this.#ask('AAAA', name, () => this.#dns.aaaa(name));
  }

  #ask<R>(type: string, name: string, ask: () => Promise<DnsAnswer<R>>): Promise<DnsAnswer<R>> {
    const key = `${type} ${name.toLowerCase()}`;
    const known = this.#kept.get(key);
    if (known && this.#clock.nowMs() < known.untilMs) return known.answer as Promise<DnsAnswer<R>>;
    const kept: Kept = { answer: ask().then((answer) => this.#note(kept, answer)), untilMs: Number.POSITIVE_INFINITY };
    this.#kept.delete(key);
    this.#makeRoom();
    this.#kept.set(key, kept);
    return kept.answer as Promise<DnsAnswer<R>>;
  }

  #note<R>(kept: Kept, answer: DnsAnswer<R>): DnsAnswer<R> {
    const ttlSec = Math.min(MAX_TTL_SEC, Math.max(MIN_TTL_SEC, answer.ttlSec));
    kept.untilMs = this.#clock.nowMs() + ttlSec * 1000;
    return answer;
  }

  /** The oldest goes: a map gives its keys in the order in which they came. */
  #makeRoom(): void {
    if (this.#kept.size < this.#capacity) return;
    const oldest = this.#kept.keys().next();
    if (!oldest.done) this.#kept.delete(oldest.value);
  }
}
