import type { Flow } from '@unisono/sip';

/** How long a proof over UDP counts without a new one: a little over the longest registration. */
const PROOF_MS = 7_800_000;

interface Proof {
  readonly account: string;
  readonly source: string;
  untilMs: number;
}

/**
 * Which ways are known to lead to somebody who belongs here: a password was proved on them. Bounded; the way unused for longest is
 * forgotten first, and has to prove itself again.
 */
export class Proofs {
  readonly #flows = new Map<string, Proof>();
  readonly #sources = new Map<string, number>();
  readonly #maxFlows: number;

  constructor(maxFlows: number) {
    this.#maxFlows = maxFlows;
  }

  get size(): number {
    return this.#flows.size;
  }

  add(flow: Flow, account: string, source: string, nowMs: number): void {
    this.remove(flow);
    if (this.#flows.size >= this.#maxFlows) this.#forgetOldest();
    this.#flows.set(flow.id, { account, source, untilMs: nowMs + PROOF_MS });
    this.#sources.set(source, (this.#sources.get(source) ?? 0) + 1);
  }

  /** The account that was proved on a flow; undefined when none was, or long ago. */
  accountOn(flow: Flow, nowMs: number): string | undefined {
    const proof = this.#flows.get(flow.id);
    if (!proof) return undefined;
    // A connection is one and the same as long as it is open; behind a UDP address there may be somebody else by now.
    if (flow.isReliable || proof.untilMs > nowMs) return proof.account;
    this.remove(flow);
    return undefined;
  }

  /** True when somebody has proved an account from this source. */
  hasSource(source: string): boolean {
    return this.#sources.has(source);
  }

  remove(flow: Flow): void {
    this.#removeId(flow.id);
  }

  #forgetOldest(): void {
    const [oldest] = this.#flows.keys();
    if (oldest !== undefined) this.#removeId(oldest);
  }

  #removeId(id: string): void {
    const proof = this.#flows.get(id);
    if (!proof) return;
    this.#flows.delete(id);
    const left = (this.#sources.get(proof.source) ?? 1) - 1;
    if (left > 0) this.#sources.set(proof.source, left);
    else this.#sources.delete(proof.source);
  }
}
