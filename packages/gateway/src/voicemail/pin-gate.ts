import type { Clock } from '@unisono/sip';

/** Wrong PINs that a mailbox bears before it stays shut for a while, whoever asks and over however many calls. */
export const MAX_WRONG_PINS = 9;
export const SHUT_MS = 3_600_000;
const MAX_REMEMBERED = 10_000;

interface Wrong {
  count: number;
  lastAtMs: number;
}

/** Tells right PINs from wrong ones, and makes guessing slow. */
export class PinGate {
  readonly #clock: Clock;
  readonly #wrong = new Map<string, Wrong>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** False also for the right PIN while the mailbox is shut; `wanted` undefined: no PIN opens it. */
  check(mailbox: string, wanted: string | undefined, given: string): boolean {
    const nowMs = this.#clock.nowMs();
    const before = this.#wrong.get(mailbox);
    const isForgotten = before !== undefined && nowMs - before.lastAtMs > SHUT_MS;
    const count = before === undefined || isForgotten ? 0 : before.count;
    if (count < MAX_WRONG_PINS && wanted !== undefined && wanted === given) {
      this.#wrong.delete(mailbox);
      return true;
    }
    if (this.#wrong.size >= MAX_REMEMBERED) this.#wrong.clear();
    this.#wrong.set(mailbox, { count: count + 1, lastAtMs: nowMs });
    return false;
  }
}
