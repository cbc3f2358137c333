import type { PhoneClock } from '../ports.ts';
import type { Api } from './api.ts';
import type { Kept } from './kept.ts';

/** A session is renewed when a third of its time is over. */
const RENEW_SHARE = 1 / 3;
const LOOK_MS = 3_600_000;

/** Renews the session at the Connector long before it ends. */
export class SessionRenewal {
  readonly #api: Api;
  readonly #kept: Kept;
  readonly #clock: PhoneClock;
  #cancel: (() => void) | undefined;

  constructor(api: Api, kept: Kept, clock: PhoneClock) {
    this.#api = api;
    this.#kept = kept;
    this.#clock = clock;
  }

  start(): void {
    this.stop();
    this.#cancel = this.#clock.after(LOOK_MS, () => this.start());
    void this.#renew();
  }

  stop(): void {
    this.#cancel?.();
  }

  async #renew(): Promise<void> {
    const session = this.#kept.session();
    if (session === undefined) return;
    const { startedAtMs, expiresAtMs } = session;
    if (this.#clock.nowMs() < startedAtMs + (expiresAtMs - startedAtMs) * RENEW_SHARE) return;
    const renewed = await this.#api.ask('renewSession');
    if (!renewed.ok) return;
    const { token, installationId, userId, tenant, expiresAtMs: until } = renewed.value;
    const startedAt = this.#clock.nowMs();
    this.#kept.keepSession({ token, installationId, userId, tenant, expiresAtMs: until, startedAtMs: startedAt });
  }
}
