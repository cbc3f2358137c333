import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Assistant, type Contact, createAssistant, type NowPort, type RouteToConnector } from '@unisono/assistant';
import {
  Connector,
  type Tables as ConnectorTables,
  createKey,
  createTenant,
  migrateConnector,
} from '@unisono/connector';
import { ENDPOINTS, pathOf } from '@unisono/contract';
import { delegateKey, demoSystem } from '@unisono/pbx';
import { openDatabase } from '@unisono/platform';
import { mailboxPort } from '../assistant/mailboxes.ts';
import { clientMac } from '../clients/client-key.ts';
import { openStore, type Store } from '../stores/open-store.ts';
import { createSystem, type SystemStore } from '../stores/system-store.ts';
import type { MailboxStore } from '../stores/voicemail-store.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers of many forms, looked into
export type Any = any;

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const random = { bytes: (count: number) => randomBytes(count), fraction: () => 0 };
const later = (delayMs: number, callback: () => void): (() => void) => {
  const timer = setTimeout(callback, delayMs);
  return () => clearTimeout(timer);
};

/** A timer of the Connector, which does not keep the process alive. */
const unhurried = (delayMs: number, run: () => void) => {
  const timer = setTimeout(run, delayMs).unref();
  return { cancel: () => clearTimeout(timer) };
};

/** A phone system; what is left out is not there. */
export interface SystemParts {
  readonly store: Store;
  readonly system: SystemStore;
  readonly mailboxes?: MailboxStore;
  readonly changedCalls?: NowPort['changedCalls'];
}

const nothingChanged: NowPort['changedCalls'] = (mark) => ({ mark, stations: [] });

/** For tests: a real Connector with one tenant, over HTTP, and phone systems with an Assistant each. */
export class CloudWorld {
  readonly connector: Connector;
  readonly url: string;
  readonly folder: string;
  readonly #admin: string;
  readonly #assistantKey: string;
  readonly #directoryKey: string;
  #away = { is: false };
  #mails: { to: string; text: string }[] = [];
  readonly #closers: (() => Promise<void>)[] = [];
  readonly ids = new Map<string, string>();

  private constructor(
    connector: Connector,
    url: string,
    folder: string,
    keys: Readonly<Record<'admin' | 'assistant' | 'directory', string>>,
  ) {
    this.connector = connector;
    this.url = url;
    this.folder = folder;
    this.#admin = keys.admin;
    this.#assistantKey = keys.assistant;
    this.#directoryKey = keys.directory;
  }

  static async open(folder: string): Promise<CloudWorld> {
    const database = await openDatabase<ConnectorTables>(join(folder, 'connector.db'), {});
    await migrateConnector(database.query);
    const mails: { to: string; text: string }[] = [];
    const connector = await Connector.create({
      store: database.query,
      clock: { nowMs: Date.now, after: unhurried },
      random: { octets: (count) => randomBytes(count) },
      mailer: { send: async (mail) => void mails.push(mail) },
      log: silent,
      secret: Buffer.alloc(32, 1),
      publicUrl: 'https://cloud.example',
      software: 'test',
      policy: { linkPingSec: 2 },
    });
    const away = { is: false };
    connector.app.server.prependListener('request', (_, response: { destroy(): void }) => {
      if (away.is) response.destroy();
    });
    const { port } = await connector.listen('127.0.0.1', 0);
    const { context } = connector;
    const named = { slug: 'lindner', name: 'Lindner Optik', domains: ['lindner-optik.example'] };
    const tenant = await createTenant(context, 'operator', named);
    const key = async (scope: 'assistant' | 'admin' | 'directory') =>
      (await createKey(context, tenant, 'operator', { name: scope, scope })).secret;
    const world = new CloudWorld(connector, `http://127.0.0.1:${port}`, folder, {
      admin: await key('admin'),
      assistant: await key('assistant'),
      directory: await key('directory'),
    });
    world.#mails = mails;
    world.#away = away;
    world.#closers.push(
      () => database.close(),
      () => connector.close(),
    );
    return world;
  }

  /** Whoever asks over HTTP finds nobody there; links that are up stay. */
  set isAway(isAway: boolean) {
    this.#away.is = isAway;
  }

  /** Ends everything that was made here, the last one first. */
  async close(): Promise<void> {
    for (const close of this.#closers.splice(0).reverse()) await close();
  }

  /** A phone system with the demo company. */
  async system(name = 'a'): Promise<{ store: Store; system: SystemStore }> {
    const store = await openStore(join(this.folder, `${name}.db`));
    this.#closers.push(() => store.close());
    return { store, system: createSystem(store, demoSystem({ random: { int: () => 3 } }), 'demo', Date.now) };
  }

  async assistant(
    { store, system, mailboxes, changedCalls = nothingChanged }: SystemParts,
    route: Partial<RouteToConnector> = {},
    contacts: () => readonly Contact[] = () => [],
    key = this.#assistantKey,
  ): Promise<Assistant> {
    const mac = clientMac(this.folder);
    const assistant = await createAssistant({
      database: store as never,
      system,
      now: { contacts, calls: () => [], changedCalls, trunks: () => [] },
      calls: { read: () => [], find: () => undefined },
      clock: { epochMs: Date.now, after: later },
      random,
      log: silent,
      mailboxes: mailboxes && mailboxPort(mailboxes),
      cloud: {
        route: { url: this.url, ...route },
        key,
        directoryKey: this.#directoryKey,
        software: 'test',
        mailboxes: mailboxes && mailboxPort(mailboxes),
        guard: { share: 0.2, atLeast: 1 },
        access: () => ({
          sbc: [{ uri: 'wss://sbc.example', priority: 0, weight: 1 }],
          turn: [],
          features: [],
          credentials: (device, user) => ({
            kind: 'perInstallation',
            ...delegateKey(mac, device.id, user.id),
            lifetimeSec: 86_400,
          }),
        }),
      },
    });
    this.#closers.push(() => assistant.close());
    return assistant;
  }

  /** Asks the Connector as the tenant's administrator, or as whoever has the token. */
  async ask(
    endpoint: { method: string; path: string },
    params: Record<string, string> = {},
    body?: unknown,
    { headers = {}, token = this.#admin }: { headers?: Record<string, string>; token?: string } = {},
  ): Promise<Any> {
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const reply = await this.connector.app.inject({
      method: endpoint.method as 'GET',
      url: pathOf(endpoint, params),
      headers: { authorization: `Bearer ${token}`, ...type, ...headers },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
    assert.ok(reply.statusCode < 300, `${endpoint.method} ${endpoint.path} ${reply.statusCode} ${reply.body}`);
    return reply.body === '' ? undefined : reply.json();
  }

  /** Somebody who was invited and is signed in with a client; gives their token. */
  async signedIn(firstName: string, email: string): Promise<string> {
    const made = await this.ask(ENDPOINTS.createUser, {}, { email, firstName, lastName: 'X' });
    this.ids.set(firstName, made.id);
    const token = this.mailedToken(email);
    const password = 'correct horse battery';
    const session = await this.ask(
      ENDPOINTS.useMailedToken,
      {},
      { token, password, installation: { name: 'Browser' } },
    );
    return session.token;
  }

  /** The secret in the last mail to somebody. */
  mailedToken(email: string): string {
    return /#(ut_\S+)/.exec(this.#mails.findLast(({ to }) => to === email)?.text ?? '')?.[1] ?? '';
  }

  async person(firstName: string, email: string): Promise<string> {
    const made = await this.ask(ENDPOINTS.createUser, {}, { email, firstName, lastName: 'X', invite: false });
    this.ids.set(firstName, made.id);
    return made.id;
  }
}

/** Waits until it holds; fails after twenty seconds. */
export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const limitMs = Date.now() + 20_000;
  while (!(await holds())) {
    assert.ok(Date.now() < limitMs, `it did not come: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
