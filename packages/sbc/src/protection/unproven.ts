import type { Flow } from '@unisono/sip';

/** Connections on which requests came and no account was proved so far, the oldest first. */
export class Unproven {
  readonly #sinceMs = new Map<Flow, number>();
  readonly #patienceMs: number;
  readonly #maxFlows: number;

  constructor(patienceMs: number, maxFlows: number) {
    this.#patienceMs = patienceMs;
    this.#maxFlows = maxFlows;
  }

  add(flow: Flow, nowMs: number): void {
    if (!this.#sinceMs.has(flow) && this.#sinceMs.size < this.#maxFlows) this.#sinceMs.set(flow, nowMs);
  }

  remove(flow: Flow): void {
    this.#sinceMs.delete(flow);
  }

  /** Those whose time is over; they are forgotten. */
  due(nowMs: number): Flow[] {
    const due: Flow[] = [];
    for (const [flow, sinceMs] of this.#sinceMs) {
      if (nowMs - sinceMs < this.#patienceMs) break;
      due.push(flow);
      this.#sinceMs.delete(flow);
    }
    return due;
  }
}
