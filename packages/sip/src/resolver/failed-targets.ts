import type { Clock } from '../time/clock.ts';
import type { Target } from '../transport/transport.ts';

const MAX_REMEMBERED = 1000;

/** Targets that failed lately, each until a time of its own. */
export class FailedTargets {
  readonly #clock: Clock;
  readonly #untilMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  mark(target: Target, forMs: number): void {
    const key = keyOf(target);
    this.#untilMs.delete(key);
    if (this.#untilMs.size >= MAX_REMEMBERED) this.#forgetOldest();
    this.#untilMs.set(key, this.#clock.nowMs() + forMs);
  }

  /** The same targets, those that failed lately behind the others: when all failed, all are tried again. */
  last(targets: readonly Target[]): readonly Target[] {
    if (this.#untilMs.size === 0) return targets;
    const failed = targets.filter((target) => this.#isFailed(target));
    return failed.length === 0 ? targets : [...targets.filter((target) => !failed.includes(target)), ...failed];
  }

  snapshot(): string[] {
    const nowMs = this.#clock.nowMs();
    return [...this.#untilMs].filter(([, untilMs]) => untilMs > nowMs).map(([key]) => key);
  }

  #isFailed(target: Target): boolean {
    const key = keyOf(target);
    const untilMs = this.#untilMs.get(key);
    if (untilMs === undefined) return false;
    if (untilMs > this.#clock.nowMs()) return true;
    this.#untilMs.delete(key);
    return false;
  }

  #forgetOldest(): void {
    const oldest = this.#untilMs.keys().next();
    if (!oldest.done) this.#untilMs.delete(oldest.value);
  }
}

function keyOf({ transport, address, port }: Target): string {
  return `${transport} ${address} ${port}`;
}
