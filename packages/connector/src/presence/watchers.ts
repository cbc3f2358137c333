import { type EventBody, MAX_WATCHED_ENTRIES } from '@unisono/contract';
import { colleaguesById } from '../book/colleagues.ts';
import { favouritesOf } from '../book/favourites.ts';
import { presenceTopic } from '../change.ts';
import type { Context } from '../context.ts';
import type { SessionCaller } from '../http/caller.ts';
import { entriesBehind, peopleAt, presencesOf } from './presence.ts';

type Tell = (body: EventBody) => void;

/** One client that hears what its favourites are doing, and those whom it looks at. */
export interface Watch {
  /** The favourites are others now. */
  refresh(): Promise<void>;
  /** Entries of the directory that are looked at from now on; those that were not before are told at once. */
  look(entryIds: readonly string[]): Promise<void>;
  /** Tells all their states. */
  tellAll(): Promise<void>;
  end(): void;
}

interface Watching {
  readonly caller: SessionCaller;
  readonly tell: Tell;
  /** Numbers of the favourites by person. */
  people: ReadonlyMap<string, readonly string[]>;
  /** Entries that are looked at, by the person or number whose state is theirs. */
  entries: ReadonlyMap<string, readonly string[]>;
  isOver: boolean;
}

/** Who is told of whom, of the clients that listen at this process. */
export class PresenceWatchers {
  readonly #context: Context;
  readonly #byTopic = new Map<string, Set<Watching>>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** Rejects when the favourites cannot be read. */
  async open(caller: SessionCaller, tell: Tell): Promise<Watch> {
    const watching: Watching = { caller, tell, people: new Map(), entries: new Map(), isOver: false };
    const refresh = async (): Promise<void> => {
      const { favourites } = await favouritesOf(this.#context.store, caller);
      const numbers = favourites.map(({ number }) => number);
      this.#watch(watching, { people: await peopleAt(this.#context, caller, numbers) });
    };
    await refresh();
    return {
      refresh,
      look: lastOf((entryIds) => this.#look(watching, entryIds)),
      tellAll: () => this.#tell([watching]),
      end: () => {
        watching.isOver = true;
        this.#leave(watching);
      },
    };
  }

  /** Somebody's state has changed. */
  async signalled(topic: string): Promise<void> {
    const [, , id = ''] = topic.split(' ');
    await this.#tell([...(this.#byTopic.get(topic) ?? [])], id);
  }

  /** Signals may have been lost: everybody is told everything. */
  async tellAll(): Promise<void> {
    for (const watching of new Set([...this.#byTopic.values()].flatMap((all) => [...all])))
      await this.#tell([watching]);
  }

  async #look(watching: Watching, wanted: readonly string[]): Promise<void> {
    const { tenantId } = watching.caller;
    const entryIds = [...new Set(wanted)].slice(0, MAX_WATCHED_ENTRIES);
    const before = new Set([...watching.entries.values()].flat());
    this.#watch(watching, { entries: await entriesBehind(this.#context.store, tenantId, entryIds) });
    const fresh = entryIds.filter((entryId) => !before.has(entryId));
    await this.#tellEntries([watching], fresh);
  }

  async #tell(watchers: readonly Watching[], only?: string): Promise<void> {
    const [first] = watchers;
    if (first === undefined) return;
    const { store } = this.#context;
    const wanted = only === undefined ? [...first.people.keys()] : [only];
    const states = await presencesOf(store, first.caller.tenantId, wanted);
    for (const { people, tell } of watchers)
      for (const userId of wanted) {
        const presence = states.get(userId);
        for (const number of people.get(userId) ?? [])
          tell({ kind: 'presence', number, ...(presence === undefined ? {} : { presence }) });
      }
    const looking = watchers.filter(({ entries }) => only === undefined || entries.has(only));
    const behind = (id: string) => looking.flatMap(({ entries }) => entries.get(id) ?? []);
    await this.#tellEntries(looking, only === undefined ? [...first.entries.values()].flat() : behind(only));
  }

  /** Tells those who look at these entries what they are doing now. */
  async #tellEntries(looking: readonly Watching[], entryIds: readonly string[]): Promise<void> {
    const [first] = looking;
    if (first === undefined || entryIds.length === 0) return;
    const entries = await colleaguesById(this.#context.store, first.caller.tenantId, [...new Set(entryIds)]);
    for (const { entries: watched, tell } of looking) {
      const shown = new Set([...watched.values()].flat());
      for (const [entryId, { presence }] of entries)
        if (shown.has(entryId))
          tell({ kind: 'entryPresence', entryId, ...(presence === undefined ? {} : { presence }) });
    }
  }

  #watch(watching: Watching, what: Partial<Pick<Watching, 'people' | 'entries'>>): void {
    if (watching.isOver) return;
    this.#leave(watching);
    Object.assign(watching, what);
    for (const topic of topicsOf(watching))
      this.#byTopic.set(topic, (this.#byTopic.get(topic) ?? new Set()).add(watching));
  }

  #leave(watching: Watching): void {
    for (const topic of topicsOf(watching)) {
      const watchers = this.#byTopic.get(topic);
      watchers?.delete(watching);
      if (watchers?.size === 0) this.#byTopic.delete(topic);
    }
  }
}

function topicsOf({ caller, people, entries }: Watching): string[] {
  return [...people.keys(), ...entries.keys()].map((id) => presenceTopic(caller.tenantId, id));
}

/** Work on what was asked last, once at a time: what was asked meanwhile and asked anew is passed over. */
function lastOf<Wanted>(work: (wanted: Wanted) => Promise<void>): (wanted: Wanted) => Promise<void> {
  let running: Promise<void> | undefined;
  let next: { readonly wanted: Wanted } | undefined;
  const run = async (): Promise<void> => {
    for (let one = next; one !== undefined; one = next) {
      next = undefined;
      await work(one.wanted);
    }
  };
  return (wanted) => {
    next = { wanted };
    running ??= run().finally(() => {
      running = undefined;
    });
    return running;
  };
}
