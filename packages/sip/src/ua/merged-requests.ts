import { detached } from '../message/detached.ts';
import type { EndObserver, ServerDriver } from '../transaction/server-driver.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';

/**
 * Recognises a request that has reached us twice because it was forked on the way (RFC 3261 §8.2.2.2). An INVITE that was
 * refused may come again with the same numbers when its sender tries another of our addresses (RFC 3263 §4.3).
 */
export class MergedRequests implements EndObserver {
  readonly #known = new Map<string, ServerDriver>();

  /** Requests that are remembered. */
  get size(): number {
    return this.#known.size;
  }

  /** True when another request with the same Call-ID, From tag and CSeq waits or was accepted; takes note otherwise. */
  isMerged({ request, driver }: ServerTransaction): boolean {
    const { callId, from, cseq } = request;
    const key = detached(`${cseq.sequence} ${cseq.method} ${from.tag ?? ''} ${callId}`);
    const known = this.#known.get(key);
    if (known) return known.lastStatus < 300;
    this.#known.set(key, driver);
    driver.observeEnd(this, key);
    return false;
  }

  onTransactionEnd(key: string): void {
    this.#known.delete(key);
  }
}
