import type { Clock, Timer, TimerTarget } from '@unisono/sip';

/** The clock of one process: when the process dies, every timer it started dies with it. */
export class ProcessClock implements Clock {
  readonly #clock: Clock;
  readonly #timers = new Set<ProcessTimer<unknown>>();
  #isAlive = true;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  epochMs(): number {
    return this.#clock.epochMs();
  }

  startTimer<Tag>(delayMs: number, target: TimerTarget<Tag>, tag: Tag): Timer {
    if (!this.#isAlive) return DEAD;
    const timer = new ProcessTimer(this.#timers, target, tag);
    timer.outer = this.#clock.startTimer(delayMs, timer, undefined);
    return timer;
  }

  /** Living timers as `Owner tag`, for whoever looks for what was left over. */
  running(): string[] {
    return Array.from(this.#timers, (timer) => timer.name);
  }

  /** The process is gone: nothing it waited for happens. */
  die(): void {
    this.#isAlive = false;
    for (const timer of [...this.#timers]) timer.cancel();
  }
}

const DEAD: Timer = { cancel() {} };

class ProcessTimer<Tag> implements Timer {
  outer: Timer | undefined;
  readonly #living: Set<ProcessTimer<unknown>>;
  readonly #target: TimerTarget<Tag>;
  readonly #tag: Tag;

  constructor(living: Set<ProcessTimer<unknown>>, target: TimerTarget<Tag>, tag: Tag) {
    this.#living = living;
    this.#target = target;
    this.#tag = tag;
    living.add(this as ProcessTimer<unknown>);
  }

  get name(): string {
    return `${this.#target.constructor.name} ${String(this.#tag)}`;
  }

  cancel(): void {
    this.#living.delete(this as ProcessTimer<unknown>);
    this.outer?.cancel();
  }

  onTimer(): void {
    if (!this.#living.delete(this as ProcessTimer<unknown>)) return;
    this.#target.onTimer(this.#tag);
  }
}
