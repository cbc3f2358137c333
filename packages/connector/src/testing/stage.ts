import { randomBytes } from 'node:crypto';
import { type BodyOf, type Endpoint, type KeyScope, type Problem, pathOf, type ReplyOf } from '@unisono/contract';
import { Connector, type ConnectorOptions } from '../connector.ts';
import type { Store } from '../database/tables.ts';
import { type Clock, type Mail, silentLog } from '../ports.ts';
import { createKey, createTenant } from '../tenants/tenants.ts';
import { sqliteStore } from './sqlite.ts';

/** Time that tests move. */
export class TestClock implements Clock {
  #nowMs = 1_800_000_000_000;
  readonly #timers = new Set<{ atMs: number; run: () => void }>();

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): { cancel(): void } {
    const timer = { atMs: this.#nowMs + delayMs, run };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  /** Sets the clock forward without anything that is due: for days, of which every second would be walked through. */
  jump(ms: number): void {
    this.#nowMs += ms;
  }

  /** Lets time pass; what is due runs in its order. */
  pass(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      const due = [...this.#timers].filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#nowMs = Math.max(this.#nowMs, due.atMs);
      due.run();
    }
    this.#nowMs = untilMs;
  }
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any form.
  readonly body: any;
}

interface Asking {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly as?: string | undefined;
}

/** A whole Connector without a network, with everything it was handed. */
export class Stage {
  readonly clock = new TestClock();
  readonly mails: Mail[] = [];
  readonly connector: Connector;
  readonly store: Store;
  #port: Promise<number> | undefined;

  private constructor(connector: Connector, store: Store, clock: TestClock, mails: Mail[]) {
    this.connector = connector;
    this.store = store;
    this.clock = clock;
    this.mails = mails;
  }

  static async open(store: Store = sqliteStore(), more: Partial<ConnectorOptions> = {}): Promise<Stage> {
    const clock = new TestClock();
    const mails: Mail[] = [];
    const connector = await Connector.create({
      store,
      clock,
      random: { octets: (count) => randomBytes(count) },
      mailer: { send: async (mail) => void mails.push(mail) },
      log: silentLog,
      secret: Buffer.alloc(32, 1),
      publicUrl: 'https://cloud.example',
      pageOrigins: ['https://phone.example:8443'],
      software: 'test',
      requestsPerMinute: 1_000_000,
      ...more,
    });
    return new Stage(connector, store, clock, mails);
  }

  /** A port on loopback where it hears from now on. */
  async port(): Promise<number> {
    this.#port ??= this.connector.listen('127.0.0.1', 0).then(({ port }) => port);
    return this.#port;
  }

  async close(): Promise<void> {
    await this.connector.close();
    await this.store.destroy();
  }

  /** Asks an endpoint and takes any answer. */
  async ask(one: Endpoint, asking: Asking = {}): Promise<Reply> {
    const headers: Record<string, string> = { ...asking.headers };
    if (asking.as !== undefined) headers.authorization = `Bearer ${asking.as}`;
    if (asking.body !== undefined) headers['content-type'] = one.bodyType ?? 'application/json';
    const payload = typeof asking.body === 'string' ? asking.body : JSON.stringify(asking.body);
    const reply = await this.connector.app.inject({
      method: one.method,
      url: pathOf(one, asking.params, asking.query),
      headers,
      ...(asking.body === undefined ? {} : { payload }),
    });
    const isJson = String(reply.headers['content-type']).includes('json');
    return { status: reply.statusCode, headers: reply.headers, body: isJson ? reply.json() : reply.body };
  }

  /** Asks and gives the body; anything but success is an error. */
  async get<const One extends Endpoint>(
    one: One,
    asking: Omit<Asking, 'body'> & { readonly body?: BodyOf<One> } = {},
  ): Promise<Exclude<ReplyOf<One, keyof One['replies']>, undefined>> {
    const { status, body } = await this.ask(one, asking);
    if (status >= 300) throw new Error(`${one.method} ${one.path}: ${status} ${JSON.stringify(body)}`);
    return body as never;
  }

  /** Asks and gives the refusal; success is an error. */
  async refusal(one: Endpoint, asking: Asking = {}): Promise<Problem> {
    const { status, body } = await this.ask(one, asking);
    if (status < 400) throw new Error(`${one.method} ${one.path}: ${status}, and a refusal was expected`);
    return body;
  }

  /** A tenant with a key of each scope. */
  async tenant(slug: string): Promise<TenantKeys> {
    const { context } = this.connector;
    const domains = [`${slug}.example`];
    const tenantId = await createTenant(context, 'operator', { slug, name: `Company ${slug}`, domains });
    const key = async (scope: KeyScope) =>
      (await createKey(context, tenantId, 'operator', { name: scope, scope })).secret;
    return {
      slug,
      tenantId,
      assistant: await key('assistant'),
      directory: await key('directory'),
      scim: await key('scim'),
      admin: await key('admin'),
    };
  }
}

export interface TenantKeys {
  readonly slug: string;
  readonly tenantId: string;
  readonly assistant: string;
  readonly directory: string;
  readonly scim: string;
  readonly admin: string;
}
