/** Wrong passwords in a row that cost nothing. */
const FREE_FAILURES = 5;
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 15 * 60_000;
/** After this long without a failure everything is forgotten. */
const FORGET_MS = 60 * 60_000;
/** Names and addresses remembered at most: an attacker must not fill the memory. */
const MAX_REMEMBERED = 10_000;

interface Failures {
  count: number;
  lastMs: number;
}

/**
 * Slows down guessing: from the sixth wrong password on, each doubles the wait. Counted by user name and by address, so that
 * neither one account nor many can be tried quickly.
 */
export class LoginThrottle {
  readonly #failures = new Map<string, Failures>();

  /** Seconds to wait before the next try of any of the keys; 0: now. */
  waitSec(keys: readonly string[], nowMs: number): number {
    const waits = keys.map((key) => {
      const failures = this.#failures.get(key);
      if (failures === undefined) return 0;
      return failures.lastMs + waitMs(failures.count) - nowMs;
    });
    return Math.max(0, Math.ceil(Math.max(...waits) / 1000));
  }

  failed(keys: readonly string[], nowMs: number): void {
    for (const key of keys) {
      const before = this.#failures.get(key);
      const count = before === undefined || nowMs - before.lastMs > FORGET_MS ? 1 : before.count + 1;
      this.#failures.delete(key);
      this.#failures.set(key, { count, lastMs: nowMs });
    }
    for (const oldest of this.#failures.keys()) {
      if (this.#failures.size <= MAX_REMEMBERED) break;
      this.#failures.delete(oldest);
    }
  }

  succeeded(keys: readonly string[]): void {
    for (const key of keys) this.#failures.delete(key);
  }
}

function waitMs(count: number): number {
  if (count < FREE_FAILURES) return 0;
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (count - FREE_FAILURES));
}
