import type { PhoneClock } from '../ports.ts';
import type { Store } from '../store.ts';

/** A view says every minute what it shows; one that is not heard of for so long is gone, perhaps with its tab. */
const GONE_MS = 150_000;
/** The Connector's limit: `MAX_WATCHED_ENTRIES` of the contract. */
const MOST = 100;

export interface EntryWatchPorts {
  readonly store: Store;
  readonly clock: PhoneClock;
  /** Says which entries are looked at now. */
  readonly watch: (entryIds: readonly string[]) => void;
}

/** What the entries of the directory that are on a screen are doing, whatever tab it is in. */
export class EntryWatch {
  readonly #ports: EntryWatchPorts;
  /** By view, the latest last. */
  readonly #views = new Map<string, { readonly entryIds: readonly string[]; readonly untilMs: number }>();
  #said = '';

  constructor(ports: EntryWatchPorts) {
    this.#ports = ports;
  }

  look(view: string, entryIds: readonly string[]): void {
    const nowMs = this.#ports.clock.nowMs();
    this.#views.delete(view);
    if (entryIds.length > 0) this.#views.set(view, { entryIds, untilMs: nowMs + GONE_MS });
    for (const [name, { untilMs }] of this.#views) if (untilMs <= nowMs) this.#views.delete(name);
    const all = [...this.#views.values()].reverse().flatMap((one) => one.entryIds);
    const wanted = [...new Set(all)].slice(0, MOST);
    // What is looked at no more would only grow old.
    const { presences } = this.#ports.store.getState().directory;
    const kept = Object.entries(presences).filter(([entryId]) => wanted.includes(entryId));
    if (kept.length < Object.keys(presences).length)
      this.#ports.store.set({ directory: { presences: Object.fromEntries(kept) } });
    const said = [...wanted].sort().join(' ');
    if (said === this.#said) return;
    this.#said = said;
    this.#ports.watch(wanted);
  }

  told(entryId: string, presence: string | undefined): void {
    const { presences } = this.#ports.store.getState().directory;
    this.#ports.store.set({ directory: { presences: { ...presences, [entryId]: presence ?? null } } });
  }
}
