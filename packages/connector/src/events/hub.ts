import type { ClientEvent, EventBody, EventFrame } from '@unisono/contract';
import { ACCESS_TOPIC, EVERYTHING_TOPIC, tenantTopic, userTopic } from '../change.ts';
import type { Context } from '../context.ts';
import type { Reader } from '../database/tables.ts';
import type { Authenticator } from '../http/authenticate.ts';
import type { SessionCaller } from '../http/caller.ts';
import { linkStateOf } from '../link/presence.ts';
import { PresenceWatchers, type Watch } from '../presence/watchers.ts';
import { systemsOf } from '../sync/connections.ts';

const PAGE = 200;
const PING_SEC = 25;
/** People asked about in one query. */
const PART = 400;

type LinkState = Extract<EventBody, { kind: 'link' }>['state'];

/** Events of a person behind a position. `isResumed` is false when some of them are gone. */
export async function eventsAfter(
  reader: Reader,
  { tenantId, userId }: Pick<SessionCaller, 'tenantId' | 'userId'>,
  after: number | undefined,
): Promise<{ readonly events: ClientEvent[]; readonly position: number; readonly isResumed: boolean }> {
  const user = reader.selectFrom('users').select('event_position').where('tenant_id', '=', tenantId);
  const latest = (await user.where('id', '=', userId).executeTakeFirst())?.event_position ?? 0;
  if (after === undefined) return { events: [], position: latest, isResumed: false };
  const rows = await reader
    .selectFrom('events')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('position', '>', after)
    .orderBy('position')
    .limit(PAGE)
    .execute();
  const isWhole = after <= latest && (rows[0]?.position ?? latest + 1) === after + 1;
  if (!isWhole) return { events: [], position: latest, isResumed: false };
  const events = rows.map((row) => eventOf(row.position, row.at_ms, JSON.parse(row.body)));
  return { events, position: rows.at(-1)?.position ?? after, isResumed: true };
}

function eventOf(position: number, atMs: number, body: EventBody): ClientEvent {
  return { type: 'event', position: String(position), atMs, body };
}

/** Where a client's events go. */
export interface EventSink {
  send(frame: EventFrame): void;
  end(): void;
}

/** What a client that listens can do. */
export interface OpenEvents {
  /** These entries of the directory are on its screen now. */
  look(entryIds: readonly string[]): void;
  end(): void;
}

/** One client that listens. */
class Listener {
  readonly caller: SessionCaller;
  readonly sink: EventSink;
  position: number;
  readonly #watch: Watch;
  #isLooking = false;
  #isStale = false;
  readonly #context: Context;

  constructor(context: Context, caller: SessionCaller, sink: EventSink, watch: Watch, position: number) {
    this.#context = context;
    this.caller = caller;
    this.sink = sink;
    this.#watch = watch;
    this.position = position;
  }

  /** Tells what is not kept. */
  tell(body: EventBody): void {
    this.sink.send(eventOf(this.position, this.#context.clock.nowMs(), body));
  }

  /** Tells what is new; one look at a time, and another one after it when something came meanwhile. */
  async look(): Promise<void> {
    this.#isStale = true;
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      while (this.#isStale) {
        this.#isStale = false;
        const { events, position } = await eventsAfter(this.#context.store, this.caller, this.position);
        // Before the client reads them anew, so that nothing is missed between.
        if (events.some(({ body }) => body.kind === 'favourites')) await this.#watch.refresh();
        for (const event of events) this.sink.send(event);
        this.position = position;
        if (events.length === PAGE) this.#isStale = true;
      }
    } finally {
      this.#isLooking = false;
    }
  }
}

/** The clients that listen at this process. */
export class EventHub {
  readonly #context: Context;
  readonly #authenticator: Authenticator;
  readonly #byTopic = new Map<string, Set<Listener>>();
  readonly #watchers: PresenceWatchers;
  readonly #unsubscribe: () => void;
  /** Sweeps that go on, by topic; true: another one is wanted after it. */
  readonly #sweeps = new Map<string, boolean>();
  #timer: { cancel(): void };

  constructor(context: Context, authenticator: Authenticator) {
    this.#context = context;
    this.#authenticator = authenticator;
    this.#watchers = new PresenceWatchers(context);
    this.#unsubscribe = context.signals.subscribe((topic) => this.#signalled(topic));
    this.#timer = context.clock.after(PING_SEC * 1000, () => this.#ping());
  }

  get size(): number {
    let size = 0;
    for (const listeners of this.#byTopic.values()) size += listeners.size;
    return size;
  }

  /** Begins to tell a client what happens, from behind the position on. */
  async open(caller: SessionCaller, after: number | undefined, sink: EventSink): Promise<OpenEvents> {
    const topic = userTopic(caller.tenantId, caller.userId);
    let listener: Listener | undefined;
    const { events, position, isResumed } = await eventsAfter(this.#context.store, caller, after);
    const watch = await this.#watchers.open(caller, (body) => listener?.tell(body));
    sink.send({ type: 'hello', version: 1, isResumed, position: String(after ?? position), pingSec: PING_SEC });
    for (const event of events) sink.send(event);
    listener = new Listener(this.#context, caller, sink, watch, position);
    const listeners = this.#byTopic.get(topic) ?? new Set();
    this.#byTopic.set(topic, listeners.add(listener));
    // What came between the reading and the listening.
    void listener.look().catch((err: unknown) => this.#failed(err));
    if (isResumed) void watch.tellAll().catch((err: unknown) => this.#failed(err));
    const opened = listener;
    return {
      look: (entryIds) => void watch.look(entryIds).catch((err: unknown) => this.#failed(err)),
      end: () => {
        watch.end();
        listeners.delete(opened);
        if (listeners.size === 0 && this.#byTopic.get(topic) === listeners) this.#byTopic.delete(topic);
      },
    };
  }

  close(): void {
    this.#timer.cancel();
    this.#unsubscribe();
    for (const listener of this.#all()) {
      listener.sink.send({ type: 'bye', code: 'shutdown', message: 'The service restarts.', retryAfterSec: 2 });
      listener.sink.end();
    }
    this.#byTopic.clear();
  }

  *#all(): Generator<Listener> {
    for (const listeners of this.#byTopic.values()) yield* listeners;
  }

  #signalled(topic: string): void {
    for (const listener of this.#byTopic.get(topic) ?? [])
      void listener.look().catch((err: unknown) => this.#failed(err));
    if (topic === EVERYTHING_TOPIC) this.#sweep(topic, () => this.#lookAll());
    if (topic.startsWith('presence ')) void this.#watchers.signalled(topic).catch((err: unknown) => this.#failed(err));
    if (topic === ACCESS_TOPIC) this.#sweep(topic, () => this.#checkSessions());
    if (topic.startsWith('tenant ')) this.#sweep(topic, () => this.#linkChanged(topic));
  }

  async #lookAll(): Promise<void> {
    for (const listener of [...this.#all()]) await listener.look();
    await this.#watchers.tellAll();
    await this.#checkSessions();
  }

  /** What concerns many is done once at a time, and once more for all that came meanwhile. */
  #sweep(topic: string, work: () => Promise<void>): void {
    if (this.#sweeps.has(topic)) return void this.#sweeps.set(topic, true);
    this.#sweeps.set(topic, false);
    work()
      .catch((err: unknown) => this.#failed(err))
      .finally(() => {
        const isStale = this.#sweeps.get(topic);
        this.#sweeps.delete(topic);
        if (isStale === true) this.#sweep(topic, work);
      });
  }

  /** Who is signed out hears nothing more. */
  async #checkSessions(): Promise<void> {
    for (const some of inParts([...this.#all()])) {
      const valid = await this.#authenticator.validSessions(some.map(({ caller }) => caller.sessionHash));
      for (const { caller, sink } of some) {
        if (valid.has(caller.sessionHash)) continue;
        sink.send({ type: 'bye', code: 'notSignedIn', message: 'This session has ended.' });
        sink.end();
      }
    }
  }

  /** Not kept: a client reads the state of the link with its settings when it begins. */
  async #linkChanged(topic: string): Promise<void> {
    const { store } = this.#context;
    const listening = [...this.#all()].filter(({ caller }) => tenantTopic(caller.tenantId) === topic);
    const tenantId = listening[0]?.caller.tenantId;
    if (tenantId === undefined) return;
    const states = new Map<string | undefined, LinkState>();
    for (const some of inParts(listening)) {
      const systems = await systemsOf(store, tenantId, [...new Set(some.map(({ caller }) => caller.userId))]);
      for (const listener of some) {
        const { caller } = listener;
        const system = systems.get(caller.userId);
        const state = states.get(system) ?? (await linkStateOf(this.#context, tenantId, system));
        states.set(system, state);
        listener.tell({ kind: 'link', state });
      }
    }
  }

  #ping(): void {
    for (const { sink } of this.#all()) sink.send({ type: 'ping', atMs: this.#context.clock.nowMs() });
    this.#timer = this.#context.clock.after(PING_SEC * 1000, () => this.#ping());
  }

  #failed(err: unknown): void {
    this.#context.log.warn({ err }, 'events could not be read');
  }
}

function inParts<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / PART) }, (_, index) =>
    all.slice(index * PART, (index + 1) * PART),
  );
}
