import type { Flow } from '@unisono/sip';

/** Time in which whoever was asked for credentials gives them, and whose nonce was old gives them again. */
export const ANSWER_MS = 5_000;
/** Remembered for one source at once. */
const MAX_PER_SOURCE = 64;

/** What a source was asked for and has not settled yet. */
export interface Unsettled {
  readonly source: string;
  readonly flow: Flow;
  readonly kind: PendingKind;
  /** The account or number. */
  readonly name: string;
}

/** `challenge`: credentials were asked for; `password`: those given were refused, perhaps because their nonce was old. */
export type PendingKind = 'challenge' | 'password';

interface Waiting {
  readonly flow: Flow;
  readonly sinceMs: number;
}

/**
 * Challenges that wait for their answer. Every sign-in begins with one, and a whole office that comes back after a restart with many: only
 * those that nobody settles in time speak against a source.
 */
export class PendingChallenges {
  readonly #sources = new Map<string, Map<string, Waiting>>();
  readonly #maxSources: number;

  constructor(maxSources: number) {
    this.#maxSources = maxSources;
  }

  get size(): number {
    return this.#sources.size;
  }

  /** True when it waits already: what comes now is another one. Where there is no room it is not remembered. */
  add(source: string, kind: PendingKind, name: string, flow: Flow, nowMs: number): boolean {
    const waiting = this.#sources.get(source) ?? new Map<string, Waiting>();
    const key = `${kind} ${name}`;
    if (waiting.has(key)) return true;
    if (waiting.size >= MAX_PER_SOURCE || (waiting.size === 0 && this.#sources.size >= this.#maxSources)) return false;
    waiting.set(key, { flow, sinceMs: nowMs });
    this.#sources.set(source, waiting);
    return false;
  }

  settle(source: string, kind: PendingKind, name: string): void {
    const waiting = this.#sources.get(source);
    if (waiting?.delete(`${kind} ${name}`) && waiting.size === 0) this.#sources.delete(source);
  }

  forget(source: string): void {
    this.#sources.delete(source);
  }

  /** Takes out what nobody settled in time. */
  overdue(nowMs: number): Unsettled[] {
    const overdue: Unsettled[] = [];
    for (const [source, waiting] of this.#sources) {
      for (const [key, { flow, sinceMs }] of waiting) {
        if (nowMs - sinceMs < ANSWER_MS) break;
        const space = key.indexOf(' ');
        overdue.push({ source, flow, kind: key.slice(0, space) as PendingKind, name: key.slice(space + 1) });
        waiting.delete(key);
      }
      if (waiting.size === 0) this.#sources.delete(source);
    }
    return overdue;
  }
}
