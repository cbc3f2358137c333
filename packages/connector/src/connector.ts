import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { administrationRoutes } from './administration/routes.ts';
import { LateNames } from './book/late-names.ts';
import { LdapSearch } from './book/ldap.ts';
import { bookRoutes } from './book/routes.ts';
import type { Context, Policy } from './context.ts';
import { DEFAULT_POLICY } from './context.ts';
import { migrateConnector } from './database/migrations.ts';
import type { Store } from './database/tables.ts';
import { EventHub } from './events/hub.ts';
import { eventRoutes } from './events/routes.ts';
import { Authenticator } from './http/authenticate.ts';
import { answer } from './http/routes.ts';
import { createServer, showCertificate } from './http/server.ts';
import { handleUp } from './link/handle.ts';
import { LinkHub } from './link/hub.ts';
import { linkRoutes } from './link/routes.ts';
import { meRoutes } from './me/routes.ts';
import { importRoutes, peopleRoutes, rescueRoutes } from './people/routes.ts';
import type { Clock, Log, Mailer, Random, Signals } from './ports.ts';
import { localSignals } from './ports.ts';
import { PushRunner } from './push/runner.ts';
import type { PushSender } from './push/sender.ts';
import { pushRoutes } from './push/subscriptions.ts';
import { scheduleRetention } from './retention/retention.ts';
import { scimRoutes } from './scim/routes.ts';
import { Seal } from './secrets/secrets.ts';
import { settingsRoutes } from './settings/routes.ts';
import { signInRoutes } from './sign-in/routes.ts';
import type { Site } from './site.ts';
import { syncRoutes } from './sync/routes.ts';
import { voicemailRoutes } from './voicemail/routes.ts';

/** What a Connector is made of; all of it belongs to the caller. */
export interface ConnectorOptions {
  /** SQLite or PostgreSQL, as Kysely sees it. */
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly mailer: Mailer;
  readonly log: Log;
  /** 32 octets or more that what must be read again is encrypted with; whoever loses it loses those values. */
  readonly secret: Uint8Array;
  readonly publicUrl: string;
  /** Where people open the client app: links in mails and QR codes lead there; absent: `publicUrl`. */
  readonly phoneUrl?: string | undefined;
  /** Origins that serve the client app beside `publicUrl`: `https://phone.example.com`. Its pages may ask here, and sign-in may lead back there. */
  readonly pageOrigins?: readonly string[];
  readonly software: string;
  /** Of all processes over the same database; absent: this is the only one. */
  readonly signals?: Signals;
  readonly policy?: Partial<Policy>;
  /** Services that wake clients, and the key that browsers subscribe with; absent: no push. */
  readonly push?: { readonly senders: readonly PushSender[]; readonly publicKey: string };
  /** Requests of one address in a minute. */
  readonly requestsPerMinute?: number;
  readonly trustProxy?: readonly string[];
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string };
  /** The client app, beside the API. */
  readonly pages?: RequestListener;
}

const REQUESTS_PER_MINUTE = 1200;

interface Hubs {
  readonly links: LinkHub;
  readonly events: EventHub;
  readonly pushes: PushRunner;
  readonly names: LateNames;
  readonly stopRetention: () => void;
}

/** The Telephony Connector: one process of it. Processes over the same database are one service. */
export class Connector {
  readonly context: Context;
  readonly app: FastifyInstance;
  readonly #hubs: Hubs;
  readonly #tls: ConnectorOptions['tls'];

  private constructor(context: Context, app: FastifyInstance, hubs: Hubs, tls: ConnectorOptions['tls']) {
    this.context = context;
    this.app = app;
    this.#hubs = hubs;
    this.#tls = tls;
  }

  /** Brings the tables up to date and makes the routes. Rejects with what the database says. */
  static async create(options: ConnectorOptions): Promise<Connector> {
    await migrateConnector(options.store);
    const context = contextOf(options);
    const app = await createServer({
      log: options.log,
      random: options.random,
      requestsPerMinute: options.requestsPerMinute ?? REQUESTS_PER_MINUTE,
      trustProxy: options.trustProxy ?? [],
      pageOrigins: options.pageOrigins ?? [],
      ...(options.tls === undefined ? {} : { tls: options.tls }),
      ...(options.pages === undefined ? {} : { pages: options.pages }),
    });
    const authenticator = new Authenticator(context.store, context.clock);
    const site: Site = {
      app,
      context,
      authenticator,
      on: (one, handler) => answer(app, authenticator, one, handler),
    };
    const ldap = new LdapSearch(context);
    const names = new LateNames(context, ldap);
    const links = new LinkHub(context, handleUp, (system, messages) => names.taken(system, messages));
    const events = new EventHub(context, authenticator);
    const pushes = new PushRunner(context, options.push?.senders ?? [], names);
    syncRoutes(site);
    linkRoutes(site, links);
    settingsRoutes(site, links);
    voicemailRoutes(site, links);
    eventRoutes(site, events);
    signInRoutes(site);
    meRoutes(site);
    peopleRoutes(site);
    rescueRoutes(site);
    importRoutes(site);
    administrationRoutes(site);
    bookRoutes(site, ldap);
    pushRoutes(site, options.push?.publicKey);
    await scimRoutes(site);
    await app.ready();
    return new Connector(
      context,
      app,
      { links, events, pushes, names, stopRetention: scheduleRetention(context) },
      options.tls,
    );
  }

  /** Shows another certificate from now on; connections that stand are not touched. */
  setCertificate(pair: { readonly cert: string; readonly key: string }): void {
    if (this.#tls !== undefined) showCertificate(this.app, { ...this.#tls, ...pair });
  }

  /** Hears on an address. Rejects with the system's error. */
  async listen(host: string, port: number): Promise<AddressInfo> {
    await this.app.listen({ host, port });
    return this.app.server.address() as AddressInfo;
  }

  /** Ends connections and timers; the database stays the caller's to close. */
  async close(): Promise<void> {
    await this.#hubs.links.close();
    await this.#hubs.names.close();
    this.#hubs.events.close();
    this.#hubs.stopRetention();
    await this.#hubs.pushes.close();
    await this.app.close();
  }
}

/** The context alone, for administration without a server. */
export function contextOf(options: ConnectorOptions): Context {
  return {
    store: options.store,
    clock: options.clock,
    random: options.random,
    seal: new Seal(options.secret, options.random),
    signals: options.signals ?? localSignals(),
    mailer: options.mailer,
    log: options.log,
    publicUrl: options.publicUrl.replace(/\/$/, ''),
    phoneUrl: (options.phoneUrl ?? options.publicUrl).replace(/\/$/, ''),
    pageOrigins: options.pageOrigins ?? [],
    software: options.software,
    policy: { ...DEFAULT_POLICY, ...options.policy },
  };
}
