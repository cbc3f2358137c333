import type { HistoryEntry, SettingsPatch, SettingsView } from '../contract-types.ts';
import { DONE, failed, type Outcome } from '../outcome.ts';
import type { Phone } from '../phone.ts';
import type { PhoneClock } from '../ports.ts';
import type { HistoryFilter } from '../state.ts';
import type { Store } from '../store.ts';
import type { Api } from './api.ts';
import { ASKED, belongs, isMissed, merged } from './history-view.ts';
import { settingsState } from './settings-shown.ts';

const PAGE = 50;
/** Pages read at most for one filter that the Connector does not know, before people scroll. */
const MAX_PAGES = 4;
/** A wish is looked after in case its event got lost. */
const LOOK_AFTER_MS = 3_000;

export interface CloudDeskPorts {
  readonly api: Api;
  readonly store: Store;
  readonly clock: PhoneClock;
  readonly newId: () => string;
  /** A voicemail or other number of the own line. */
  readonly voicemailNumber: () => string | undefined;
}

/** What the Connector holds of this person, as state. */
export class CloudDesk {
  readonly #ports: CloudDeskPorts;
  #cursor: string | undefined;
  #historyRound = 0;

  constructor(ports: CloudDeskPorts) {
    this.#ports = ports;
  }

  /** Reads everything anew. */
  async refreshAll(): Promise<void> {
    await Promise.all([
      this.refreshMe(),
      this.refreshSettings(),
      this.reloadHistory(),
      this.refreshFavourites(),
      this.refreshDevices(),
    ]);
  }

  async refreshMe(): Promise<void> {
    const me = await this.#ports.api.ask('me');
    if (me.ok) this.#ports.store.set({ me: me.value });
  }

  async refreshSettings(): Promise<Outcome> {
    const view = await this.#ports.api.ask('settings');
    if (!view.ok) return view;
    this.#takeSettings(view.value);
    return DONE;
  }

  async changeSettings(patch: SettingsPatch): Promise<Outcome> {
    const { api, clock, newId, store } = this.#ports;
    const { view } = store.getState().settings;
    const changeId = newId();
    if (view !== undefined) {
      // Shown as chosen at once, not after the way to the cloud and back.
      const wish = { changeId, patch, state: 'sent', requestedAtMs: clock.nowMs() };
      store.set({ settings: settingsState({ ...view, pending: [...view.pending, wish] }) });
    }
    const change = await api.ask('changeSettings', { body: patch, idempotencyKey: changeId });
    if (!change.ok) {
      if (view !== undefined) store.set({ settings: settingsState(view) });
      return change;
    }
    const refreshed = await this.refreshSettings();
    clock.after(LOOK_AFTER_MS, () => {
      if (this.#ports.store.getState().settings.isPending) void this.refreshSettings();
    });
    return refreshed.ok ? DONE : refreshed;
  }

  /** The latest entries of the chosen filter. */
  async reloadHistory(filter?: HistoryFilter, search?: string): Promise<Outcome> {
    const { history } = this.#ports.store.getState();
    const isOther = filter !== undefined && (filter !== history.filter || (search ?? '') !== history.search);
    const wanted = { filter: filter ?? history.filter, search: search ?? (filter === undefined ? history.search : '') };
    this.#cursor = undefined;
    this.#historyRound++;
    this.#ports.store.set({
      history: { ...history, ...wanted, isLoading: true, ...(isOther ? { entries: [], hasMore: false } : {}) },
    });
    return this.#loadHistory([]);
  }

  async loadMoreHistory(): Promise<Outcome> {
    const { history } = this.#ports.store.getState();
    if (!history.hasMore || history.isLoading) return DONE;
    this.#ports.store.set({ history: { ...history, isLoading: true } });
    return this.#loadHistory(history.entries);
  }

  async markHistorySeen(): Promise<Outcome> {
    const seen = await this.#ports.api.ask('historySeen');
    if (!seen.ok) return seen;
    this.historySeen();
    return DONE;
  }

  /** The missed calls were looked at, here or on another device. */
  historySeen(): void {
    this.#ports.store.set({ history: { ...this.#ports.store.getState().history, missedCount: 0 } });
  }

  async removeHistory(entryId: string): Promise<Outcome> {
    const removed = await this.#ports.api.ask('deleteHistoryEntry', { params: { entryId } });
    if (!removed.ok && removed.problem.code !== 'notFound') return removed;
    const { history } = this.#ports.store.getState();
    const entries = history.entries.filter((entry) => entry.entryId !== entryId);
    this.#ports.store.set({ history: { ...history, entries } });
    return DONE;
  }

  /** One more call has ended. */
  historyEntry(entry: HistoryEntry): void {
    const { history } = this.#ports.store.getState();
    const isNew = !history.entries.some(({ entryId }) => entryId === entry.entryId);
    const isShown = belongs(entry, history.filter, this.#ports.voicemailNumber()) && history.search === '';
    const missedCount = history.missedCount + (isNew && isMissed(entry) ? 1 : 0);
    const entries = isShown ? merged(history.entries, [entry]) : history.entries;
    this.#ports.store.set({ history: { ...history, entries, missedCount } });
  }

  async refreshFavourites(): Promise<void> {
    const found = await this.#ports.api.ask('favourites');
    if (found.ok) this.#ports.store.set({ favourites: { version: found.value.version, list: found.value.favourites } });
  }

  /** A favourite does something else now. */
  favouriteIs(number: string, presence: string | undefined): void {
    const { favourites } = this.#ports.store.getState();
    const list = favourites.list.map((one) => {
      if (one.number !== number) return one;
      const { presence: _, ...rest } = one;
      return presence === undefined ? rest : { ...rest, presence };
    });
    this.#ports.store.set({ favourites: { ...favourites, list } });
  }

  async setFavourites(list: Parameters<Phone['book']['setFavourites']>[0]): Promise<Outcome> {
    const { api, store } = this.#ports;
    const { version } = store.getState().favourites;
    const changed = await api.ask('changeFavourites', { body: { version, favourites: [...list] } });
    if (!changed.ok) {
      if (changed.problem.code === 'conflict') await this.refreshFavourites();
      return changed;
    }
    store.set({ favourites: { version: changed.value.version, list: changed.value.favourites } });
    return DONE;
  }

  async refreshDevices(): Promise<void> {
    const found = await this.#ports.api.ask('devices');
    if (found.ok) this.#ports.store.set({ devices: found.value.devices });
  }

  /** By the Connector's search, page by page. */
  async search(query: string, cursor?: string): ReturnType<Phone['book']['search']> {
    return this.#ports.api.ask('searchDirectory', { query: { q: query.trim(), cursor } });
  }

  async nameOf(number: string): Promise<string | undefined> {
    const owner = await this.#ports.api.ask('whoseNumber', { query: { number } });
    return owner.ok ? owner.value.name : undefined;
  }

  async #loadHistory(before: readonly HistoryEntry[]): Promise<Outcome> {
    const { api, store, voicemailNumber } = this.#ports;
    const round = this.#historyRound;
    const { filter, search } = store.getState().history;
    let entries = before;
    let outcome: Outcome = DONE;
    for (let page = 0; page < MAX_PAGES; page++) {
      const query = { limit: PAGE, show: ASKED[filter], cursor: this.#cursor, ...(search === '' ? {} : { q: search }) };
      const found = await api.ask('history', { query });
      if (round !== this.#historyRound) return failed('wrongCallState', 'Another filter was chosen meanwhile.');
      if (!found.ok) {
        outcome = found;
        break;
      }
      const fitting = found.value.entries.filter((entry) => belongs(entry, filter, voicemailNumber()));
      entries = merged(entries, fitting);
      this.#cursor = found.value.next;
      const hasMore = this.#cursor !== undefined;
      const missedCount = found.value.unseenMissed;
      store.set({ history: { filter, search, entries, hasMore, isLoading: true, missedCount } });
      if (!hasMore || fitting.length >= PAGE / 2) break;
    }
    store.set({ history: { ...store.getState().history, isLoading: false } });
    return outcome;
  }

  #takeSettings(view: SettingsView): void {
    this.#ports.store.set({ settings: settingsState(view) });
  }
}
