import type { PhoneClock } from '../ports.ts';

const PULSE_MS = 5_000;
/** A pulse that comes so much too late was held up: the device slept, the page was frozen, or its timers are slowed down. */
const LATE_MS = 3_000;

/** Tells when time has passed unnoticed: by a pulse, and at once where the page has a reason to look. */
export class WakeWatch {
  readonly #clock: PhoneClock;
  readonly #onWake: () => void;
  #lastMs: number;
  #cancel: () => void = () => {};

  constructor(clock: PhoneClock, onWake: () => void) {
    this.#clock = clock;
    this.#onWake = onWake;
    this.#lastMs = clock.nowMs();
    this.#pulse();
  }

  /** Has time passed unnoticed? */
  look(): void {
    const nowMs = this.#clock.nowMs();
    const wasAsleep = nowMs - this.#lastMs > PULSE_MS + LATE_MS;
    this.#cancel();
    this.#pulse();
    if (wasAsleep) this.#onWake();
  }

  stop(): void {
    this.#cancel();
  }

  #pulse(): void {
    this.#lastMs = this.#clock.nowMs();
    this.#cancel = this.#clock.after(PULSE_MS, () => this.look());
  }
}
