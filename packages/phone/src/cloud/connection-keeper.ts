import type { ClientConnection } from '../contract-types.ts';
import type { PhoneProblem } from '../outcome.ts';
import type { PhoneClock } from '../ports.ts';
import type { Api } from './api.ts';
import type { Kept } from './kept.ts';

export interface ConnectionEvents {
  onConnection(connection: ClientConnection): void;
  /** The Connector says there is none for this person. */
  onRefused(problem: PhoneProblem): void;
}

const FIRST_RETRY_MS = 10_000;
const LONGEST_RETRY_MS = 300_000;
/** Before the credentials end, whatever the Connector proposed. */
const LEAST_REFRESH_MS = 5_000;
/** Longest that a timer is set for: the clock of a sleeping device stands still. */
const LONGEST_WAIT_MS = 3_600_000;

/** Keeps the connection data of this installation fresh; while the cloud is away the last copy goes on being used. */
export class ConnectionKeeper {
  readonly #api: Api;
  readonly #kept: Kept;
  readonly #clock: PhoneClock;
  readonly #events: ConnectionEvents;
  #cancel: (() => void) | undefined;
  #failures = 0;
  #isRunning = false;
  /** What was asked in the rounds before is of another session. */
  #round = 0;
  #fetching: number | undefined;

  constructor(api: Api, kept: Kept, clock: PhoneClock, events: ConnectionEvents) {
    this.#api = api;
    this.#kept = kept;
    this.#clock = clock;
    this.#events = events;
  }

  /** Gives the copy that is kept at once, then fetches a new one. */
  start(): void {
    this.#isRunning = true;
    const kept = this.#kept.connection();
    if (kept !== undefined && kept.validUntilMs > this.#clock.nowMs()) this.#events.onConnection(kept);
    void this.fetch();
  }

  stop(): void {
    this.#isRunning = false;
    this.#round++;
    this.#cancel?.();
  }

  async fetch(): Promise<void> {
    const round = this.#round;
    if (this.#fetching === round || !this.#isRunning) return;
    this.#fetching = round;
    this.#cancel?.();
    const outcome = await this.#api.ask('connection');
    if (this.#round !== round) return;
    this.#fetching = undefined;
    if (outcome.ok) {
      this.#failures = 0;
      this.#kept.keepConnection(outcome.value);
      this.#events.onConnection(outcome.value);
      this.#wait(Math.max(LEAST_REFRESH_MS, outcome.value.refreshAtMs - this.#clock.nowMs()));
      return;
    }
    const { problem } = outcome;
    if (problem.code === 'noConnectionData' || problem.code === 'phoneOff') {
      this.#kept.keepConnection(undefined);
      this.#events.onRefused(problem);
    }
    const again = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.#failures++, 10));
    this.#wait(Math.max(again, (problem.retryAfterSec ?? 0) * 1000));
  }

  #wait(delayMs: number): void {
    this.#cancel = this.#clock.after(Math.min(delayMs, LONGEST_WAIT_MS), () => {
      if (delayMs > LONGEST_WAIT_MS) this.#wait(delayMs - LONGEST_WAIT_MS);
      else void this.fetch();
    });
  }
}
