import type { EventBody } from '@unisono/contract';
import { favouritesOf } from '../book/favourites.ts';
import { presenceTopic } from '../change.ts';
import type { Context } from '../context.ts';
import type { SessionCaller } from '../http/caller.ts';
import { peopleAt, presencesOf } from './presence.ts';

type Tell = (body: EventBody) => void;

/** One client that hears what its favourites are doing. */
export interface Watch {
  /** The favourites are others now. */
  refresh(): Promise<void>;
  /** Tells all their states. */
  tellAll(): Promise<void>;
  end(): void;
}

interface Watching {
  readonly caller: SessionCaller;
  readonly tell: Tell;
  /** Numbers of the favourites by person. */
  people: ReadonlyMap<string, readonly string[]>;
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
    const watching: Watching = { caller, tell, people: new Map() };
    const refresh = async (): Promise<void> => {
      const { favourites } = await favouritesOf(this.#context.store, caller);
      const numbers = favourites.map(({ number }) => number);
      const people = await peopleAt(this.#context, caller, numbers);
      this.#leave(watching);
      watching.people = people;
      for (const userId of people.keys()) {
        const topic = presenceTopic(caller.tenantId, userId);
        this.#byTopic.set(topic, (this.#byTopic.get(topic) ?? new Set()).add(watching));
      }
    };
    await refresh();
    return { refresh, tellAll: () => this.#tell([watching]), end: () => this.#leave(watching) };
  }

  /** Somebody's state has changed. */
  async signalled(topic: string): Promise<void> {
    const [, , userId = ''] = topic.split(' ');
    await this.#tell([...(this.#byTopic.get(topic) ?? [])], userId);
  }

  /** Signals may have been lost: everybody is told everything. */
  async tellAll(): Promise<void> {
    for (const watching of new Set([...this.#byTopic.values()].flatMap((all) => [...all])))
      await this.#tell([watching]);
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
  }

  #leave(watching: Watching): void {
    for (const userId of watching.people.keys()) {
      const topic = presenceTopic(watching.caller.tenantId, userId);
      const watchers = this.#byTopic.get(topic);
      watchers?.delete(watching);
      if (watchers?.size === 0) this.#byTopic.delete(topic);
    }
  }
}
