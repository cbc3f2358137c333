import type { DialogWatch } from '../dialog-watch.ts';
import type { SimPhone } from '../phone.ts';
import type { Cast } from './cast.ts';
import type { Chance } from './chance.ts';
import type { Diary } from './diary.ts';

/** A phone that follows the dialogs of a station: of its own user as every client does, or of a colleague as a busy lamp. */
export interface Watcher {
  readonly phone: SimPhone;
  readonly station: string;
  readonly isOwn: boolean;
  watch: DialogWatch | undefined;
  /** When this watch began. */
  sinceMs: number;
}

/** How long a subscription lasts that is not refreshed. */
export const WATCHED_SEC = 600;
/** Share of the phones (percent) that follow their own user, and of those that have a busy lamp instead. */
const OWN_PERCENT = 45;
const LAMP_PERCENT = 10;
/** Longest wait before a subscription that ended is asked for again. */
const AGAIN_MS = 20_000;
const LAMPS = ['4000', '4020', '4021', '4022', '4023'];

/** Keeps the subscriptions of all phones that watch, as long as anybody works. */
export class Watchers {
  readonly all: readonly Watcher[];
  readonly #chance: Chance;
  readonly #diary: Diary;
  readonly #nowMs: () => number;
  #isClosed = false;

  constructor(cast: Cast, chance: Chance, diary: Diary, nowMs: () => number) {
    this.#chance = chance;
    this.#diary = diary;
    this.#nowMs = nowMs;
    this.all = cast.phones.flatMap((phone): Watcher[] => {
      const { station } = cast.directory.of(phone.address);
      const isOwn = chance.of(OWN_PERCENT);
      if (station === undefined || (!isOwn && !chance.of(LAMP_PERCENT))) return [];
      const watched = isOwn ? station : chance.pick(LAMPS.filter((one) => one !== station));
      return [{ phone, station: watched, isOwn, watch: undefined, sinceMs: 0 }];
    });
    for (const watcher of this.all) watcher.phone.onRestarted = () => this.#again(watcher);
  }

  /** Everybody subscribes, or does so anew because the gateway, or the way to it, was gone: soon, not all at once. */
  begin(): void {
    for (const watcher of this.all) this.#again(watcher);
  }

  /** The same for one phone. */
  beginAt(address: string): void {
    for (const watcher of this.all) if (watcher.phone.address === address) this.#again(watcher);
  }

  /** What the phone knows of the other devices of its user. */
  ofOwn(phone: SimPhone): DialogWatch | undefined {
    return this.all.find((watcher) => watcher.phone === phone && watcher.isOwn)?.watch;
  }

  /** Everybody gives it up. */
  close(): void {
    this.#isClosed = true;
    for (const { phone, watch } of this.all) if (phone.isOn) watch?.subscription?.unsubscribe();
  }

  #again(watcher: Watcher): void {
    this.#diary.surely(this.#chance.below(AGAIN_MS), () => this.#watch(watcher));
  }

  #watch(watcher: Watcher): void {
    const { phone, station } = watcher;
    if (this.#isClosed || !phone.isOn) return;
    watcher.watch?.subscription?.drop();
    const watch = phone.watch(station, WATCHED_SEC);
    watcher.watch = watch;
    watcher.sinceMs = this.#nowMs();
    watch.onEnd = () => {
      if (watcher.watch === watch) this.#again(watcher);
    };
  }
}
