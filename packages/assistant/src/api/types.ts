import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { AccessStore } from '../access/access-store.ts';
import type { Actor, Role } from '../access/roles.ts';
import type { LoginThrottle } from '../access/throttle.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Cloud } from '../cloud.ts';
import type { Import } from '../csv/run-import.ts';
import type { LicenceGuard } from '../licence/guard.ts';
import type {
  AssistantClock,
  AssistantLog,
  AssistantRandom,
  CallRecordPort,
  MailboxPort,
  NowPort,
  PhonePlace,
} from '../ports.ts';
import type { AssistantDatabase } from '../store/index.ts';
import type { Administration } from '../system/administration.ts';

/** Fastify with zod schemas, over HTTP or HTTPS. */
export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression<RawServerDefault>,
  RawReplyDefaultExpression<RawServerDefault>,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What routes work with. */
export interface ApiParts {
  readonly database: AssistantDatabase;
  readonly administration: Administration;
  readonly access: AccessStore;
  readonly audit: AuditLog;
  readonly licences: LicenceGuard;
  readonly throttle: LoginThrottle;
  readonly now: NowPort;
  readonly calls: CallRecordPort;
  readonly clock: AssistantClock;
  readonly random: AssistantRandom;
  readonly log: AssistantLog;
  /** Absent: no Connector is configured. */
  readonly cloud?: Cloud | undefined;
  /** Absent: nobody has a mailbox here. */
  readonly mailboxes?: MailboxPort | undefined;
  readonly importPeople: Import;
  /** Where desk phones find the gateway. */
  readonly phonePlaces: readonly PhonePlace[];
  /** Administrators without a second factor may do nothing but set one up. */
  readonly requireTotp: boolean;
  /** Whether the cookie is for HTTPS only. */
  readonly isSecure: boolean;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set by the guard on every route that is not for everybody. */
    actor: Actor | undefined;
    /** Hash of the session's cookie, when there is one. */
    sessionHash: string | undefined;
  }
  interface FastifyContextConfig {
    /** The role a route needs; `everybody`: also without signing in. */
    needs?: Role | 'everybody';
    /** Also for an administrator who has yet to set up the second factor that is required. */
    isBeforeFactor?: boolean;
    /** The list or section whose fields the body has, for the OpenAPI document. */
    bodyOf?: string;
  }
}
