import type { Logger } from '@unisono/platform';
import { Protection } from '@unisono/sbc';
import { type Clock, type Flow, type SipRequest, SystemRandom } from '@unisono/sip';
import type { LoadedSettings } from '../config/load.ts';
import { createBanStore, noted, readAsked } from '../stores/ban-store.ts';
import type { Store } from '../stores/open-store.ts';
import { protectionSettings } from './settings.ts';

export interface ProtectionParts {
  readonly settings: Pick<LoadedSettings, 'protection'>;
  readonly store: Store;
  readonly isEmergency: (request: SipRequest) => boolean;
  readonly clock: Clock;
  readonly log: Logger;
  /** Ends a connection of the doors. */
  readonly disconnect: (flow: Flow) => void;
}

/** How often it is asked what operators want. */
const LOOK_MS = 500;

/** Protection of the doors as configured, with its bans in the database, where `unisono bans` meets it. */
export function startProtection({ settings, store, isEmergency, clock, log, disconnect }: ProtectionParts): {
  readonly protection: Protection;
  readonly stop: () => void;
} {
  const protection = new Protection({
    clock,
    random: new SystemRandom(),
    settings: protectionSettings(settings.protection),
    store: createBanStore(store, (err) => log.error({ err }, 'a ban was not stored')),
    isEmergency,
    disconnect,
    log,
  });
  protection.start();
  const asked = new AskedBans(protection, store, log);
  const look = {
    onTimer: () => {
      asked.look();
      timer = clock.startTimer(LOOK_MS, look, 'bans');
    },
  };
  let timer = clock.startTimer(LOOK_MS, look, 'bans');
  return {
    protection,
    stop: () => {
      timer.cancel();
      protection.close();
    },
  };
}

/** Does what operators asked for in the database. */
class AskedBans {
  readonly #protection: Protection;
  readonly #store: Store;
  readonly #log: Logger;
  #mark: number | undefined;

  constructor(protection: Protection, store: Store, log: Logger) {
    this.#protection = protection;
    this.#store = store;
    this.#log = log;
  }

  look(): void {
    const mark = this.#store.changeMark();
    if (mark === this.#mark) return;
    this.#mark = mark;
    try {
      for (const { ban, asked } of readAsked(this.#store)) {
        if (asked === 'lift') this.#protection.bans.lift(ban.source);
        else this.#protection.bans.take(ban);
        noted(this.#store, ban, asked);
        this.#log.info({ address: ban.source, asked }, 'a ban was changed by an operator');
      }
    } catch (err) {
      this.#log.error({ err }, 'what operators asked for about bans was not done');
    }
  }
}
