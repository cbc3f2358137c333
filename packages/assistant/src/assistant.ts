import type { KeyObject } from 'node:crypto';
import type { Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { accessWrites, createAccessStore } from './access/access-store.ts';
import { hashSecret } from './access/password.ts';
import type { Role } from './access/roles.ts';
import { LoginThrottle } from './access/throttle.ts';
import { createServer, type HttpsOptions, type ServerOptions } from './api/server.ts';
import type { Api, ApiParts } from './api/types.ts';
import { createAuditLog } from './audit/audit-log.ts';
import { Cloud, type CloudOptions } from './cloud.ts';
import { type Import, runImport } from './csv/run-import.ts';
import { createLicenceGuard } from './licence/guard.ts';
import type {
  AssistantClock,
  AssistantLog,
  AssistantRandom,
  CallRecordPort,
  MailboxPort,
  NowPort,
  PhonePlace,
  SystemPort,
} from './ports.ts';
import type { AssistantDatabase } from './store/index.ts';
import { Administration } from './system/administration.ts';

/** What an Assistant is made of; all of it belongs to the caller. */
export interface AssistantOptions extends ServerOptions {
  readonly database: AssistantDatabase;
  readonly system: SystemPort;
  readonly now: NowPort;
  readonly calls: CallRecordPort;
  readonly clock: AssistantClock;
  readonly random: AssistantRandom;
  readonly log: AssistantLog;
  /** Absent: nobody has a mailbox here. */
  readonly mailboxes?: MailboxPort | undefined;
  /** Key that licence files are signed with; absent: counts are those of the system data. */
  readonly licenceKey?: KeyObject | undefined;
  /** Absent: this phone system has no cloud. */
  readonly cloud?: CloudOptions | undefined;
  /** Imports files without holding up the event loop; absent: on it, which is for small systems. */
  readonly importPeople?: Import | undefined;
  /** Where desk phones find the gateway: what administrators are told to type into them. */
  readonly phonePlaces?: readonly PhonePlace[] | undefined;
  /** Administrators without a second factor may do nothing but set one up. */
  readonly requireTotp?: boolean | undefined;
  /** Whether the cookie is for HTTPS only; absent: when the Assistant speaks HTTPS itself. */
  readonly isSecure?: boolean | undefined;
}

/** A one-time link for the first administrator is good for a day. */
const FIRST_LINK_MS = 24 * 60 * 60_000;
const FIRST_LINK_BY = 'start';

/** The Assistant: administration of one phone system, and its link to the cloud. */
export class Assistant {
  readonly cloud: Cloud | undefined;
  readonly #options: AssistantOptions;
  readonly #parts: ApiParts;
  #api: Api | undefined;

  constructor(options: AssistantOptions) {
    this.#options = options;
    const { database, system, clock, log, now, random } = options;
    const audit = createAuditLog(database);
    const licences = createLicenceGuard(database, options.licenceKey, clock);
    const administration = new Administration({
      system,
      audit,
      licences,
      clock,
      log,
      during: (work) => (this.cloud === undefined ? work() : this.cloud.as('administration', work)),
    });
    const parts = { database, system, administration, now, clock, random, log };
    this.cloud = options.cloud && new Cloud(options.cloud, parts);
    this.#parts = {
      ...parts,
      audit,
      licences,
      access: createAccessStore(database),
      throttle: new LoginThrottle(),
      calls: options.calls,
      cloud: this.cloud,
      mailboxes: options.mailboxes,
      importPeople: options.importPeople ?? (async (request) => runImport(administration, random, request)),
      phonePlaces: options.phonePlaces ?? [],
      requireTotp: options.requireTotp ?? false,
      isSecure: options.isSecure ?? options.https !== undefined,
    };
  }

  /** Opens the link. Works without `listen`. */
  start(): void {
    this.cloud?.start();
  }

  /** The HTTP side, made once. */
  async api(): Promise<Api> {
    this.#api ??= await createServer(this.#parts, this.#options);
    return this.#api;
  }

  /** Hears on an address. Rejects with the system's error. */
  async listen(host: string, port: number): Promise<AddressInfo> {
    const api = await this.api();
    await api.listen({ host, port });
    return api.server.address() as AddressInfo;
  }

  /** Shows another certificate from now on; connections that stand are not touched. */
  async setCertificate({ cert, key }: HttpsOptions): Promise<void> {
    const { server } = await this.api();
    if ('setSecureContext' in server) (server as unknown as HttpsServer).setSecureContext({ cert, key });
  }

  async close(): Promise<void> {
    await this.cloud?.close();
    await this.#api?.close();
  }

  /**
   * The secret of a one-time link with which the first administrator is made; undefined when there are administrators. Each call
   * makes a new one, which voids the one before.
   */
  firstLink(): string | undefined {
    return this.#parts.access.administrators().length > 0 ? undefined : this.invite('admin');
  }

  /** The secret of a one-time link with which an administrator is made. */
  invite(role: Role): string {
    const { database, random, clock } = this.#parts;
    const secret = random.bytes(24).toString('base64url');
    const writes = accessWrites(database);
    database.writeNow([
      writes.removeInvitationsOf(FIRST_LINK_BY),
      writes.addInvitation(hashSecret(secret), role, FIRST_LINK_BY, clock.epochMs() + FIRST_LINK_MS),
    ]);
    return secret;
  }

  /** An API token for the command line on the same machine; the one before is void. */
  localToken(): string {
    const { database, random, clock, access } = this.#parts;
    const writes = accessWrites(database);
    const token = `local_${random.bytes(32).toString('base64url')}`;
    const before = access.tokens().filter(({ createdBy }) => createdBy === FIRST_LINK_BY);
    const made = {
      id: random.bytes(9).toString('hex'),
      name: 'command line',
      role: 'admin' as const,
      createdBy: FIRST_LINK_BY,
      createdAtMs: clock.epochMs(),
      expiresAtMs: undefined,
    };
    database.writeNow([...before.map(({ id }) => writes.removeToken(id)), writes.addToken(made, hashSecret(token))]);
    return token;
  }
}
