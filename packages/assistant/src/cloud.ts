import { randomUUID } from 'node:crypto';
import type { DownBody, LinkAnswer, LinkQuestion } from '@unisono/contract';
import type { System, User } from '@unisono/pbx';
import { Cron } from 'croner';
import type { Dispatcher } from 'undici';
import { Directory } from './directory/directory.ts';
import { HistoryTeller, historyBodies } from './history.ts';
import { openLongPoll, openWebSocket } from './link/channels.ts';
import { HttpConnectorClient } from './link/connector-client.ts';
import { Link, type LinkStatus } from './link/link.ts';
import { createOutbox } from './link/outbox.ts';
import { dispatcherFor, type RouteToConnector } from './link/proxy.ts';
import { LiveTeller } from './live.ts';
import { Pairs } from './pairs.ts';
import type {
  AssistantClock,
  AssistantLog,
  AssistantRandom,
  EndedCallsPort,
  MailboxPort,
  NowPort,
  SystemPort,
} from './ports.ts';
import { SettingsTeller } from './settings/settings-teller.ts';
import { type Origin, SettingsTracker } from './settings/settings-tracker.ts';
import { answerPreview, handleWish } from './settings/wishes.ts';
import { StateTeller } from './state-teller.ts';
import { type AssistantDatabase, type Statement, written } from './store/index.ts';
import { concernsSync } from './sync/concerns.ts';
import { type ClientAccess, Devices } from './sync/devices.ts';
import { ListedStations } from './sync/listed-stations.ts';
import { createSyncLock } from './sync/lock.ts';
import {
  currentPlan,
  pullDirectory,
  RUNNING,
  type RunOptions,
  runSync,
  type SyncParts,
  type WithdrawGuard,
} from './sync/run-sync.ts';
import { createSyncStore, type SyncReport } from './sync/sync-store.ts';
import type { SyncPlan } from './sync/types.ts';
import type { Administration } from './system/administration.ts';
import { type Unanswered, VoicemailDesk } from './voicemail.ts';
import { Wakeable } from './wakeable.ts';

export interface CloudOptions {
  readonly route: RouteToConnector;
  /** API key of the tenant for this phone system. */
  readonly key: string;
  /** API key of the tenant that may write to its directory; absent: people are invited and removed elsewhere. */
  readonly directoryKey?: string | undefined;
  readonly software: string;
  readonly guard: WithdrawGuard;
  /** No other process synchronises over this database: what one that was killed held need not be waited for. */
  readonly isAlone?: boolean | undefined;
  /** Cron expression of the regular synchronisation; absent: only on change and on demand. */
  readonly schedule?: string | undefined;
  readonly access: () => ClientAccess;
  /** Absent: mailboxes are shown to nobody. */
  readonly mailboxes?: MailboxPort | undefined;
  /** Absent: nobody's history is told. */
  readonly endedCalls?: EndedCallsPort | undefined;
  /** An installation's credentials are not to be taken any more. */
  readonly onInstallationRevoked?: (user: User | undefined, installation: string) => void;
}

export interface CloudParts {
  readonly database: AssistantDatabase;
  readonly system: SystemPort;
  readonly administration: Administration;
  readonly now: NowPort;
  readonly clock: AssistantClock;
  readonly random: AssistantRandom;
  readonly log: AssistantLog;
}

/** Changes that come together are synchronised together. */
const SETTLE_MS = 2_000;

/** Everything between this phone system and the Connector: synchronisation, the link, settings in both directions. */
export class Cloud {
  readonly link: Link;
  /** Absent: no key is configured that may write to the directory. */
  readonly directory: Directory | undefined;
  readonly #options: CloudOptions;
  readonly #parts: CloudParts;
  readonly #dispatcher: Dispatcher;
  readonly #sync: SyncParts;
  readonly #tracker: SettingsTracker;
  readonly #live: LiveTeller;
  readonly #states: StateTeller;
  readonly #settings: SettingsTeller;
  readonly #pairs = new Pairs();
  readonly #voicemail: VoicemailDesk | undefined;
  readonly #wakeable: Wakeable;
  #cron: Cron | undefined;
  #running: Promise<SyncReport | typeof RUNNING> | undefined;
  #stopSettling: (() => void) | undefined;
  #history: HistoryTeller | undefined;
  #synchronised: System;
  #isClosed = false;

  constructor(options: CloudOptions, parts: CloudParts) {
    this.#options = options;
    this.#parts = parts;
    this.#synchronised = parts.system.current();
    const { database, clock, random, log, system, now } = parts;
    const { route, key, software } = options;
    this.#dispatcher = dispatcherFor(route);
    const client = new HttpConnectorClient({
      route,
      dispatcher: this.#dispatcher,
      key,
      epochMs: () => clock.epochMs(),
    });
    this.directory = this.#openDirectory();
    this.#tracker = new SettingsTracker(database, clock, now);
    const store = createSyncStore(database);
    this.#sync = {
      store,
      connector: client,
      system,
      access: options.access,
      devices: new Devices(),
      listed: new ListedStations(),
      lock: createSyncLock(database, options.isAlone === true ? 'the only one' : randomUUID()),
      guard: options.guard,
      clock,
      log,
      onUploaded: (pairs) => this.#matched(pairs),
    };
    this.#wakeable = new Wakeable(database, (person) => this.#pairs.userOf(person));
    this.#voicemail = options.mailboxes && new VoicemailDesk(options.mailboxes, clock);
    this.#live = new LiveTeller({
      now,
      mailboxes: options.mailboxes,
      system: () => system.current(),
      clock,
      log,
      personOf: (user) => this.personOf(user),
      isUp: () => this.link.status().state === 'up',
      tell: (...bodies) => this.link.tell(...bodies),
    });
    this.#states = new StateTeller({
      pairs: this.#pairs,
      tracker: this.#tracker,
      live: this.#live,
      listed: this.#sync.listed,
      now,
      clock,
      system: () => system.current(),
      tell: (...bodies) => this.link.tell(...bodies),
    });
    this.#settings = new SettingsTeller({
      database,
      tracker: this.#tracker,
      states: this.#states,
      clock,
      log,
      system: () => system.current(),
      link: () => this.link,
    });
    this.link = new Link({
      database,
      outbox: createOutbox(database),
      clock,
      random,
      log,
      software,
      openWebSocket: (events) => openWebSocket(route, this.#dispatcher, key, () => client.connections(), events),
      openLongPoll: (events) => openLongPoll(client, events),
      onUp: () => {
        this.#sync.listed.forget();
        this.requestSync('start');
      },
      onLost: () => this.#settings.makeUp(),
      onDownBody: (body, _atMs, offsetMs) => this.#down(body, offsetMs),
      onQuestion: (question) => this.#answer(question),
    });
  }

  start(): void {
    const { system } = this.#parts;
    this.#pairs.learn(this.#sync.store.uploads());
    // What was changed at phones while this process did not run.
    this.as('system', () => this.#settings.changed(system.current()));
    system.onChange((current) => this.#systemChanged(current));
    if (this.#options.schedule !== undefined)
      this.#cron = new Cron(this.#options.schedule, { protect: true, unref: true }, () => this.requestSync('schedule'));
    this.link.open();
    this.#states.start();
    this.#live.start();
    const { endedCalls } = this.#options;
    if (endedCalls !== undefined) this.#history = this.#tellHistory(endedCalls);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cron?.stop();
    this.#stopSettling?.();
    this.#settings.close();
    this.#states.close();
    this.#history?.close();
    this.#live.close();
    this.link.close();
    await this.#running?.catch(() => undefined);
    await this.#dispatcher.destroy().catch(() => undefined);
  }

  status(): LinkStatus {
    return this.link.status();
  }

  /** Does the work as that origin: what changes in it is told to be a client's or an administrator's. */
  as<T>(origin: Origin, work: () => T, atMs?: number): T {
    return this.#settings.as(origin, work, atMs);
  }

  /** Synchronises, after a run that is going on here. RUNNING when another process on the same database is at it. */
  async synchronise(options: RunOptions): Promise<SyncReport | typeof RUNNING> {
    while (this.#running !== undefined) await this.#running.catch(() => undefined);
    if (this.#isClosed) return RUNNING;
    this.#running = this.#departedAndSynchronised(options);
    try {
      return await this.#running;
    } finally {
      this.#running = undefined;
    }
  }

  async #departedAndSynchronised(options: RunOptions): Promise<SyncReport | typeof RUNNING> {
    await this.directory?.retryDepartures();
    return runSync(this.#sync, options);
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Synchronises soon, together with what else happens meanwhile. */
  requestSync(trigger: string): void {
    if (this.#isClosed || this.#stopSettling !== undefined) return;
    this.#stopSettling = this.#parts.clock.after(SETTLE_MS, () => {
      this.#stopSettling = undefined;
      if (this.isRunning) return this.requestSync(trigger);
      this.synchronise({ trigger }).then(
        (report) => {
          if (report === RUNNING) this.requestSync(trigger);
        },
        (error: unknown) => this.#parts.log.error({ err: error }, 'synchronising failed'),
      );
    });
  }

  /** What a run would do. With `isFresh` the directory is pulled first; nothing is told to the Connector. */
  async plan(isFresh: boolean): Promise<SyncPlan> {
    if (isFresh && !this.isRunning) await pullDirectory(this.#sync, false);
    return currentPlan(this.#sync);
  }

  reports(limit: number): readonly SyncReport[] {
    return this.#sync.store.reports(limit);
  }

  /** The directory's person of a user, when they are matched. */
  personOf(user: string): string | undefined {
    return this.#pairs.personOf(user);
  }

  #openDirectory(): Directory | undefined {
    const { route, directoryKey } = this.#options;
    if (directoryKey === undefined) return undefined;
    const { database, clock, log } = this.#parts;
    const epochMs = (): number => clock.epochMs();
    const dispatcher = this.#dispatcher;
    const keyOption = 'assistant.directoryKey';
    const client = new HttpConnectorClient({ route, dispatcher, key: directoryKey, keyOption, epochMs });
    return new Directory({ client, database, log, epochMs });
  }

  #tellHistory(calls: EndedCallsPort): HistoryTeller {
    const { database, clock, log } = this.#parts;
    return new HistoryTeller({
      calls,
      database,
      clock,
      log,
      tell: async (told, also) => {
        const bodies = historyBodies(told, (user) => this.personOf(user));
        const statements = [...this.link.statements(bodies), ...also];
        await written(database, statements);
        this.link.pump();
      },
    });
  }

  async #answer(question: LinkQuestion): Promise<LinkAnswer | Unanswered | undefined> {
    const user = this.#user(question.userId);
    if (question.kind !== 'preview') return this.#voicemail?.answer(user, question);
    const preview = answerPreview(this.#parts.system.current(), this.#tracker, user, question);
    return preview && { kind: 'preview', preview };
  }

  #user(person: string): User | undefined {
    return this.#parts.system.current().users.get(this.#pairs.userOf(person) ?? '');
  }

  async #matched(pairs: readonly { person: string; user: string }[]): Promise<void> {
    const fresh = pairs.filter(({ person, user }) => this.#pairs.userOf(person) !== user);
    this.#pairs.learn(this.#sync.store.uploads());
    await written(this.#parts.database, [...this.#wakeable.users()]);
    await this.#states.tellMatched(fresh);
  }

  #systemChanged(system: System): void {
    this.#settings.changed(system);
    if (concernsSync(this.#synchronised, system)) this.requestSync('change');
    this.#synchronised = system;
  }

  #down(body: DownBody, clockOffsetMs: number): readonly Statement[] {
    switch (body.kind) {
      case 'settingsChange': {
        const { statements, result } = handleWish(
          {
            ...this.#parts,
            tracker: this.#tracker,
            userOf: (person) => this.#user(person),
            asClient: (work, atMs) => this.as('client', work, atMs),
          },
          body,
          clockOffsetMs,
        );
        return [...statements, ...this.link.statements([result])];
      }
      case 'usersChanged':
        this.requestSync('change');
        return [];
      case 'installationRevoked':
        this.#options.onInstallationRevoked?.(this.#user(body.userId), body.installationId);
        return [];
      case 'wakeable':
        return this.#wakeable.told(body.userId, body.installations);
      case 'stateWanted':
        return this.link.statements(this.#states.all(body.userIds));
    }
  }
}
