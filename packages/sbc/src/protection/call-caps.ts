/** Calls at once that began outside. */
export interface CallLimits {
  readonly perAccount: number;
  readonly perSource: number;
}

interface CountedCall {
  readonly account: string | undefined;
  readonly source: string;
  readonly sinceMs: number;
}

/** A call that nobody said the end of is forgotten after this long. */
const LONGEST_CALL_MS = 24 * 3_600_000;

/** Counts calls at once, by account and by source, from the INVITE to the end. */
export class CallCaps {
  readonly #limits: CallLimits;
  readonly #calls = new Map<string, CountedCall>();
  readonly #counts = new Map<string, number>();

  constructor(limits: CallLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#calls.size;
  }

  /** Counts a call unless it is one too many; `isExempt` counts it in any case. The same call again counts once. */
  begin(callId: string, account: string | undefined, source: string, isExempt: boolean, nowMs: number): boolean {
    if (this.#calls.has(callId)) return true;
    if (!isExempt && this.#isFull(account, source)) return false;
    this.#calls.set(callId, { account, source, sinceMs: nowMs });
    for (const key of keysOf(account, source)) this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    return true;
  }

  end(callId: string): void {
    const call = this.#calls.get(callId);
    if (!call) return;
    this.#calls.delete(callId);
    for (const key of keysOf(call.account, call.source)) {
      const left = (this.#counts.get(key) ?? 1) - 1;
      if (left > 0) this.#counts.set(key, left);
      else this.#counts.delete(key);
    }
  }

  sweep(nowMs: number): void {
    for (const [callId, { sinceMs }] of this.#calls) {
      if (nowMs - sinceMs < LONGEST_CALL_MS) return;
      this.end(callId);
    }
  }

  #isFull(account: string | undefined, source: string): boolean {
    if ((this.#counts.get(`source ${source}`) ?? 0) >= this.#limits.perSource) return true;
    return account !== undefined && (this.#counts.get(`account ${account}`) ?? 0) >= this.#limits.perAccount;
  }
}

function keysOf(account: string | undefined, source: string): string[] {
  return account === undefined ? [`source ${source}`] : [`source ${source}`, `account ${account}`];
}
