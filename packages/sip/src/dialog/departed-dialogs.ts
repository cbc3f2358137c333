import type { Clock, Timer } from '../time/clock.ts';
import type { Dialog } from './dialog.ts';

/** Our tag is random and long: who knows it knew the dialog, or another fork of its INVITE. */
type DialogName = Pick<Dialog, 'localTag'>;

/**
 * Remembers dialogs for a while after their end: a BYE that crosses ours is answered 200 (RFC 5407 §2.1, "mortal"), and a
 * Replaces that comes too late is declined (RFC 3891 §3). Two generations that change places cost one timer for all.
 */
export class DepartedDialogs {
  readonly #clock: Clock;
  readonly #periodMs: number;
  #young = new Set<string>();
  #old = new Set<string>();
  #timer: Timer | undefined;

  /** Each is remembered for `periodMs` at least and twice that at most. */
  constructor(clock: Clock, periodMs: number) {
    this.#clock = clock;
    this.#periodMs = periodMs;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  add({ localTag }: DialogName): void {
    this.#young.add(localTag);
    this.#timer ??= this.#clock.startTimer(this.#periodMs, this, 'turn');
  }

  has({ localTag }: DialogName): boolean {
    return this.#young.has(localTag) || this.#old.has(localTag);
  }

  onTimer(): void {
    this.#old = this.#young;
    this.#young = new Set();
    this.#timer = this.#old.size > 0 ? this.#clock.startTimer(this.#periodMs, this, 'turn') : undefined;
  }

  clear(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#young.clear();
    this.#old.clear();
  }
}
