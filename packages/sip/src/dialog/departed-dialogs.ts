import { detached } from '../message/detached.ts';
import type { Clock, Timer } from '../time/clock.ts';
import type { Dialog } from './dialog.ts';

type DialogName = Pick<Dialog, 'callId' | 'localTag' | 'remoteTag'>;

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

  add(dialog: DialogName): void {
    this.#young.add(keyOf(dialog));
    this.#timer ??= this.#clock.startTimer(this.#periodMs, this, 'turn');
  }

  has(dialog: DialogName): boolean {
    const key = keyOf(dialog);
    return this.#young.has(key) || this.#old.has(key);
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

function keyOf({ callId, localTag, remoteTag }: DialogName): string {
  return detached(`${localTag} ${remoteTag} ${callId}`);
}
