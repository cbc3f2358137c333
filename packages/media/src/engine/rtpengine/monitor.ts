import type { MediaClock } from '../../time.ts';
import type { MediaLoss } from '../engine.ts';
import type { RtpengineCall } from './call.ts';
import type { ControlResult } from './control.ts';
import type { MediaDialog } from './dialogs.ts';
import { type Instance, RESTART_SLACK_MS } from './instance.ts';
import { isSecured } from './statistics.ts';

const TICK_MS = 1_000;
/** One ping in so many asks for statistics instead: they are long, and tell of restarts and ports. */
const STATISTICS_EVERY = 5;
/** Most calls that are asked about at once. */
const MAX_CHECKS = 50;

export interface MonitorOptions {
  readonly instances: readonly Instance[];
  readonly calls: ReadonlyMap<string, RtpengineCall>;
  readonly clock: MediaClock;
  readonly pingMs: number;
  readonly checkMs: number;
  readonly connectMs: number;
  lose(call: RtpengineCall, loss: MediaLoss, message: string): void;
}

/**
 * Finds out what rtpengine does not tell: that an instance is silent or was started anew, that it gave up a call, that DTLS
 * did not come through.
 */
export class Monitor {
  readonly #options: MonitorOptions;
  readonly #asked = new Map<Instance, { nextAtMs: number; rounds: number; isWaiting: boolean }>();
  #checks = 0;
  #timer: { cancel(): void } | undefined;

  constructor(options: MonitorOptions) {
    this.#options = options;
    for (const instance of options.instances) this.#asked.set(instance, { nextAtMs: 0, rounds: 0, isWaiting: false });
  }

  start(): void {
    this.onTimer();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  onTimer(): void {
    const { clock, instances, calls } = this.#options;
    const nowMs = clock.nowMs();
    this.#timer = clock.startTimer(Math.min(TICK_MS, this.#options.pingMs), this, undefined);
    for (const instance of instances) void this.#ask(instance, nowMs);
    for (const call of calls.values()) {
      if (call.checkAtMs <= nowMs && call.instance.isUp && this.#checks < MAX_CHECKS) void this.#check(call, nowMs);
    }
  }

  /** An instance did not answer: its calls are lost, new ones go elsewhere until it is heard again. */
  silent(instance: Instance, reason: string): void {
    if (!instance.isUp) return;
    instance.isUp = false;
    this.#loseCallsOf(instance, () => true, `rtpengine ${instance.name} does not answer: ${reason}`);
  }

  async #ask(instance: Instance, nowMs: number): Promise<void> {
    const asked = this.#asked.get(instance);
    if (!asked || asked.isWaiting || asked.nextAtMs > nowMs) return;
    asked.isWaiting = true;
    asked.nextAtMs = nowMs + this.#options.pingMs;
    const wasUp = instance.isUp;
    const wantsStatistics = asked.rounds++ % STATISTICS_EVERY === 0 || !wasUp;
    const result = await instance.command(wantsStatistics ? 'statistics' : 'ping');
    asked.isWaiting = false;
    if (!this.#timer) return;
    if (!result.ok && result.code === 'silent') return this.silent(instance, result.reason);
    if (result.ok && wantsStatistics) this.#learn(instance, result);
    if (!wasUp) await instance.tidy();
  }

  #learn(instance: Instance, result: ControlResult & { ok: true }): void {
    const nowMs = this.#options.clock.nowMs();
    instance.learn(result.reply, nowMs);
    const startedAtMs = instance.startedAtMs ?? 0;
    const isOlder = (call: RtpengineCall) => call.createdAtMs < startedAtMs - RESTART_SLACK_MS;
    this.#loseCallsOf(instance, isOlder, startedAnew(instance));
    // A call may be as young as its rtpengine: it is asked about.
    for (const call of this.#options.calls.values()) {
      if (call.instance === instance && call.restarts !== instance.restarts) call.checkAtMs = nowMs;
    }
  }

  #loseCallsOf(instance: Instance, isMeant: (call: RtpengineCall) => boolean, message: string): void {
    for (const call of [...this.#options.calls.values()]) {
      if (call.instance === instance && isMeant(call)) this.#options.lose(call, 'engine-lost', message);
    }
  }

  async #check(call: RtpengineCall, nowMs: number): Promise<void> {
    call.checkAtMs = nowMs + this.#options.checkMs;
    this.#checks++;
    const result = await call.instance.command('query', { 'call-id': call.callId });
    this.#checks--;
    if (this.#options.calls.get(call.callId) !== call || !this.#timer) return;
    if (!result.ok) {
      if (result.code === 'silent') this.silent(call.instance, result.reason);
      else await this.#gone(call);
      return;
    }
    call.restarts = call.instance.restarts;
    const late = call.dialogs.find((dialog) => this.#isLate(dialog) && !isSecured(result.reply, dialog));
    if (late) this.#options.lose(call, 'not-connected', 'ICE or DTLS did not come through in time');
  }

  /** It knows the call no more: was it started anew, or did it give up the call? */
  async #gone(call: RtpengineCall): Promise<void> {
    const result = await call.instance.command('statistics');
    if (result.ok) this.#learn(call.instance, result);
    if (this.#options.calls.get(call.callId) !== call) return;
    const { instance, restarts } = call;
    if (restarts !== instance.restarts) return this.#options.lose(call, 'engine-lost', startedAnew(instance));
    const message = `rtpengine ${instance.name} ended the call: nothing was heard for its time-out`;
    this.#options.lose(call, 'inactive', message);
  }

  #isLate({ answeredAtMs }: MediaDialog): boolean {
    return answeredAtMs !== undefined && this.#options.clock.nowMs() - answeredAtMs >= this.#options.connectMs;
  }
}

function startedAnew({ name }: Instance): string {
  return `rtpengine ${name} was started anew`;
}
