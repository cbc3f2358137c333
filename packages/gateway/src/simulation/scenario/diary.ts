import type { Clock } from '@unisono/sip';
import type { Wire } from '../wire.ts';

/** Something somebody did. */
export interface Entry {
  readonly atMs: number;
  /** Number of the message that passed the gateway's door just before. */
  readonly after: number;
  readonly text: string;
}

/** Entries kept for whoever wants to read what happened. */
const KEPT_ENTRIES = 400;

/** What people do and are going to do. While everybody rests, what was planned for that time is not done. */
export class Diary {
  isResting = false;
  readonly #clock: Clock;
  readonly #wire: Wire;
  readonly #entries: Entry[] = [];

  constructor(clock: Clock, wire: Wire) {
    this.#clock = clock;
    this.#wire = wire;
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  note(text: string): void {
    this.#entries.push({ atMs: this.#clock.nowMs(), after: this.#wire.count, text });
    if (this.#entries.length > 2 * KEPT_ENTRIES) this.#entries.splice(0, KEPT_ENTRIES);
  }

  /** Plans something; it is left out when everybody rests then. */
  later(delayMs: number, action: () => void): void {
    this.#clock.startTimer(delayMs, this, () => {
      if (!this.isResting) action();
    });
  }

  /** Plans something that happens in any case. */
  surely(delayMs: number, action: () => void): void {
    this.#clock.startTimer(delayMs, this, action);
  }

  onTimer(action: () => void): void {
    action();
  }
}
