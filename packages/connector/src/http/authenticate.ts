import { createHash } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { Access, KeyScope } from '@unisono/contract';
import type { FastifyRequest } from 'fastify';
import type { Store } from '../database/tables.ts';
import type { Clock } from '../ports.ts';
import { tokenHash } from '../secrets/secrets.ts';
import type { Caller, KeyCaller, SessionCaller } from './caller.ts';
import { mayCall } from './caller.ts';
import { ProblemError } from './problem-error.ts';

export const KEY_PREFIX = 'uk';
export const SESSION_PREFIX = 'us';

/** How often it is written down that a key or session was used. */
const SEEN_EVERY_MS = 60_000;
const MAX_TOKEN_LENGTH = 200;

/** Finds out who asks. */
export class Authenticator {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** The caller, when it may use endpoints of that access; undefined for public ones. Throws the refusal. */
  async caller(request: FastifyRequest, access: Access | 'scim'): Promise<Caller | undefined> {
    if (access === 'public') return undefined;
    const token = bearerToken(request.raw.headers.authorization);
    const caller = token === undefined ? undefined : await this.callerOf(token, request);
    if (caller === undefined) throw new ProblemError('notSignedIn');
    if (!mayCall(caller, access)) throw new ProblemError('notAllowed');
    return caller;
  }

  /** Whose token it is; undefined when it is nobody's, or not any more. */
  async callerOf(token: string, request: FastifyRequest): Promise<Caller | undefined> {
    if (token.length > MAX_TOKEN_LENGTH) return undefined;
    if (token.startsWith(`${KEY_PREFIX}_`)) return this.#keyCaller(token, request);
    if (token.startsWith(`${SESSION_PREFIX}_`)) return this.sessionCaller(tokenHash(token));
    return undefined;
  }

  async #keyCaller(token: string, request: FastifyRequest): Promise<KeyCaller | undefined> {
    const nowMs = this.#clock.nowMs();
    const key = await this.#store
      .selectFrom('api_keys')
      .innerJoin('tenants', 'tenants.id', 'api_keys.tenant_id')
      .selectAll('api_keys')
      .select('tenants.require_certificate')
      .where('hash', '=', tokenHash(token))
      .executeTakeFirst();
    if (key === undefined || !isInForce(key, nowMs)) return undefined;
    if (key.certificate !== null || key.require_certificate === 1) {
      const presented = clientCertificate(request);
      if (presented === undefined || (key.certificate !== null && key.certificate !== presented))
        throw new ProblemError('certificateRequired');
    }
    if ((key.last_used_at_ms ?? 0) < nowMs - SEEN_EVERY_MS) {
      const seen = this.#store.updateTable('api_keys').set({ last_used_at_ms: nowMs });
      await seen.where('tenant_id', '=', key.tenant_id).where('id', '=', key.id).execute();
    }
    const { tenant_id: tenantId, id: keyId, name, scope, system } = key;
    return { kind: 'key', tenantId, keyId, name, scope: scope as KeyScope, system: system ?? 'main' };
  }

  /** The session of that token hash; undefined when it has ended or its person may not sign in any more. */
  async sessionCaller(sessionHash: string): Promise<SessionCaller | undefined> {
    const nowMs = this.#clock.nowMs();
    const found = await this.#store
      .selectFrom('sessions')
      .innerJoin('users', (join) =>
        join.onRef('users.tenant_id', '=', 'sessions.tenant_id').onRef('users.id', '=', 'sessions.user_id'),
      )
      .innerJoin('tenants', 'tenants.id', 'sessions.tenant_id')
      .selectAll('sessions')
      .select(['users.role', 'users.email', 'users.status', 'users.deleted_at_ms', 'users.totp_confirmed'])
      .select('tenants.require_totp')
      .where('sessions.hash', '=', sessionHash)
      .where('sessions.expires_at_ms', '>', nowMs)
      .executeTakeFirst();
    if (found === undefined || found.status === 'disabled' || found.deleted_at_ms !== null) return undefined;
    if (found.last_seen_at_ms < nowMs - SEEN_EVERY_MS) await this.#sessionSeen(found, nowMs);
    return {
      kind: 'session',
      tenantId: found.tenant_id,
      userId: found.user_id,
      email: found.email,
      role: found.role,
      installationId: found.installation_id,
      sessionHash,
      method: found.method,
      isFactorDue: found.is_factor_due === 1 && found.require_totp === 1 && found.totp_confirmed !== 1,
      createdAtMs: found.created_at_ms,
      expiresAtMs: found.expires_at_ms,
    };
  }

  /** Which of these sessions are in force. */
  async validSessions(hashes: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.#store
      .selectFrom('sessions')
      .innerJoin('users', (join) =>
        join.onRef('users.tenant_id', '=', 'sessions.tenant_id').onRef('users.id', '=', 'sessions.user_id'),
      )
      .select('sessions.hash')
      .where('sessions.hash', 'in', hashes)
      .where('sessions.expires_at_ms', '>', this.#clock.nowMs())
      .where('users.status', '!=', 'disabled')
      .where('users.deleted_at_ms', 'is', null)
      .execute();
    return new Set(rows.map(({ hash }) => hash));
  }

  async #sessionSeen(
    session: { readonly hash: string; readonly tenant_id: string; readonly installation_id: string },
    nowMs: number,
  ): Promise<void> {
    const seen = { last_seen_at_ms: nowMs };
    await this.#store.updateTable('sessions').set(seen).where('hash', '=', session.hash).execute();
    await this.#store
      .updateTable('installations')
      .set(seen)
      .where('tenant_id', '=', session.tenant_id)
      .where('id', '=', session.installation_id)
      .execute();
  }
}

/** The token of `Authorization: Bearer` (RFC 6750 §2.1). */
export function bearerToken(header: string | undefined): string | undefined {
  return /^Bearer +([A-Za-z0-9_~+/.-]+=*)$/i.exec(header ?? '')?.[1];
}

function isInForce(
  key: { readonly revoked_at_ms: number | null; readonly expires_at_ms: number | null },
  nowMs: number,
): boolean {
  return (key.revoked_at_ms ?? Infinity) > nowMs && (key.expires_at_ms ?? Infinity) > nowMs;
}

/** SHA-256 of the certificate that the client has proven to have and that one of our authorities has signed. */
function clientCertificate(request: FastifyRequest): string | undefined {
  const socket = request.raw.socket as Partial<TLSSocket>;
  if (socket.authorized !== true || socket.getPeerCertificate === undefined) return undefined;
  const { raw } = socket.getPeerCertificate();
  return raw === undefined ? undefined : createHash('sha256').update(raw).digest('hex');
}
