import type { System } from '@unisono/pbx';
import { type Clock, type Random, Repeater, type UserAgent } from '@unisono/sip';
import type { Log } from '../ports.ts';
import type { Binding } from './location.ts';
import type { Registrar } from './registrar.ts';

export interface KeepAliveOptions {
  readonly ua: UserAgent;
  readonly registrar: Registrar;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly system: () => System;
}

/** Supervision runs in slices, so that thousands of contacts are not asked at once. */
const SLICE_MS = 1_000;

/** Asks UFIP contacts by OPTIONS whether they are there, and drops those that do not answer several times in a row. */
export class KeepAlive {
  readonly #options: KeepAliveOptions;
  readonly #dueAtMs = new Map<Binding, number>();
  readonly #repeater: Repeater;

  constructor(options: KeepAliveOptions) {
    this.#options = options;
    this.#repeater = new Repeater(options.clock, SLICE_MS, () => this.#slice());
  }

  start(): void {
    this.#repeater.start();
  }

  close(): void {
    this.#repeater.close();
  }

  #slice(): void {
    const { intervalSec, attempts } = this.#options.system().data.defaults.ufipKeepAlive;
    if (intervalSec === 0) return this.#dueAtMs.clear();
    const nowMs = this.#options.clock.nowMs();
    const living = new Set<Binding>();
    for (const binding of this.#options.registrar.locations.all()) {
      if (!binding.device.startsWith('client:')) continue;
      living.add(binding);
      this.#consider(binding, nowMs, intervalSec * 1_000, attempts);
    }
    for (const binding of this.#dueAtMs.keys()) if (!living.has(binding)) this.#dueAtMs.delete(binding);
  }

  /** The first request comes at a random moment of the first interval. */
  #consider(binding: Binding, nowMs: number, intervalMs: number, attempts: number): void {
    const dueAtMs = this.#dueAtMs.get(binding);
    if (dueAtMs === undefined) {
      this.#dueAtMs.set(binding, nowMs + this.#options.random.int(intervalMs));
    } else if (dueAtMs <= nowMs) {
      this.#dueAtMs.set(binding, nowMs + intervalMs);
      this.#ask(binding, attempts);
    }
  }

  #ask(binding: Binding, attempts: number): void {
    const { ua, registrar, random, system } = this.#options;
    const hop = registrar.hopTo(binding);
    if (!hop) return this.#missed(binding, attempts);
    const { domain } = system().data.company;
    const callId = ua.newCallId();
    ua.request(
      () =>
        ua.newRequest({
          method: 'OPTIONS',
          uriText: binding.contactUri,
          from: `<sip:keepalive@${domain}>;tag=${random.hex(8)}`,
          to: `<${binding.contactUri}>`,
          callId,
          sequence: 1,
          routes: binding.path,
        }),
      [hop],
      {
        onResponse: (response) => {
          if (response.status >= 200) this.#answered(binding, response.status, attempts);
        },
        onFailure: () => this.#missed(binding, attempts),
      },
    );
  }

  /** Any answer of the phone will do; 408 comes from a border that did not hear it, 430 from one that lost it (RFC 5626 §11.5). */
  #answered(binding: Binding, status: number, attempts: number): void {
    if (status === 430) this.#missed(binding, 1);
    else if (status === 408) this.#missed(binding, attempts);
    else binding.missedKeepAlives = 0;
  }

  #missed(binding: Binding, attempts: number): void {
    if (++binding.missedKeepAlives < attempts) return;
    this.#options.log.info({ device: binding.device }, 'contact dropped: keep-alive unanswered');
    this.#options.registrar.drop(binding);
    this.#dueAtMs.delete(binding);
  }
}
