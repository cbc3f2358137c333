import type { installation as installationSchema, Session } from '@unisono/contract';
import type { z } from 'zod';
import { ACCESS_TOPIC, type Change, userTopic } from '../change.ts';
import { DAY_MS } from '../context.ts';
import { SESSION_PREFIX } from '../http/authenticate.ts';
import { ProblemError } from '../http/problem-error.ts';
import type { UserRow } from '../people/directory.ts';
import { tellWakeable } from '../push/wakeable.ts';
import { newToken, tokenHash } from '../secrets/secrets.ts';
import { tenantById } from '../tenants/tenants.ts';

export type Installation = z.output<typeof installationSchema>;
export type Method = 'password' | 'oidc' | 'pairing' | 'invitation';

/** Signs a person in on an installation. Throws `accountDisabled`. Who signs in for the first time is active from now on. */
export async function openSession(one: Change, user: UserRow, on: Installation, method: Method): Promise<Session> {
  const { tenant_id: tenantId, id: userId } = user;
  if (user.status === 'disabled') throw new ProblemError('accountDisabled');
  const installationId = await keepInstallation(one, user, on, method);
  if (user.status === 'invited') await activate(one, user);
  const tenant = await tenantById(one.writing, tenantId);
  await one.event(tenantId, userId, { kind: 'devices' });
  const isFactorDue = tenant.require_totp === 1 && user.totp_confirmed !== 1 && isOursToAsk(user, method);
  const session = await addSession(one, { tenantId, userId, installationId, method, isFactorDue });
  return { ...session, tenant: tenant.slug };
}

/** Whoever signs in at the company's provider has what the provider asks for, on devices that they let in themselves too. */
function isOursToAsk({ password }: UserRow, method: Method): boolean {
  return method !== 'oidc' && !(method === 'pairing' && password === null);
}

export interface SessionOf {
  readonly tenantId: string;
  readonly userId: string;
  readonly installationId: string;
  readonly method: string;
  /** A second factor has to be set up before anything else. */
  readonly isFactorDue?: boolean;
}

/** A new token for an installation, in the place of those it had. */
export async function addSession(one: Change, session: SessionOf): Promise<Omit<Session, 'tenant'>> {
  const { tenantId, userId, installationId, method } = session;
  const token = newToken(one.context.random, SESSION_PREFIX);
  const expiresAtMs = one.nowMs + one.context.policy.sessionDays * DAY_MS;
  await one.writing
    .deleteFrom('sessions')
    .where('tenant_id', '=', tenantId)
    .where('installation_id', '=', installationId)
    .execute();
  await one.writing
    .insertInto('sessions')
    .values({
      tenant_id: tenantId,
      hash: tokenHash(token),
      user_id: userId,
      installation_id: installationId,
      method,
      created_at_ms: one.nowMs,
      expires_at_ms: expiresAtMs,
      last_seen_at_ms: one.nowMs,
      is_factor_due: session.isFactorDue === true ? 1 : 0,
    })
    .execute();
  return { token, installationId, userId, expiresAtMs };
}

/** An id that belongs to somebody else, or to nobody, is not taken over: a new one is given. */
async function keepInstallation(one: Change, user: UserRow, on: Installation, method: Method): Promise<string> {
  const { tenant_id, id: user_id } = user;
  const seen = { name: on.name, platform: on.platform, method, last_seen_at_ms: one.nowMs };
  if (on.id !== undefined) {
    const known = await one.writing
      .updateTable('installations')
      .set(seen)
      .where('tenant_id', '=', tenant_id)
      .where('id', '=', on.id)
      .where('user_id', '=', user_id)
      .returning('id')
      .executeTakeFirst();
    if (known !== undefined) return known.id;
  }
  const id = one.newId('i');
  const row = { tenant_id, id, user_id, ...seen, created_at_ms: one.nowMs, push_sealed: null };
  await one.writing.insertInto('installations').values(row).execute();
  return id;
}

async function activate(one: Change, user: UserRow): Promise<void> {
  const revision = await one.nextRevision(user.tenant_id);
  await one.writing
    .updateTable('users')
    .set((update) => ({
      status: 'active',
      revision,
      changed_at_ms: one.nowMs,
      version: update('version', '+', 1),
    }))
    .where('tenant_id', '=', user.tenant_id)
    .where('id', '=', user.id)
    .where('status', '=', 'invited')
    .execute();
}

/** Signs an installation out: it is forgotten, and its credentials are taken back at the phone system. */
export async function endInstallation(
  one: Change,
  at: { readonly tenantId: string; readonly userId: string; readonly installationId: string },
): Promise<boolean> {
  const { tenantId, userId, installationId } = at;
  const gone = await one.writing
    .deleteFrom('installations')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', installationId)
    .where('user_id', '=', userId)
    .returning('push_sealed')
    .executeTakeFirst();
  if (gone === undefined) return false;
  if (gone.push_sealed !== null) await tellWakeable(one, tenantId, userId);
  await one.writing
    .deleteFrom('sessions')
    .where('tenant_id', '=', tenantId)
    .where('installation_id', '=', installationId)
    .execute();
  const connected = one.writing
    .selectFrom('connections')
    .select('system')
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId);
  for (const { system } of await connected.execute()) {
    const revoked = { userId, installationId, atMs: one.nowMs };
    await one.tell(tenantId, system, { kind: 'installationRevoked', ...revoked });
  }
  one.signal(ACCESS_TOPIC);
  one.signal(userTopic(tenantId, userId));
  return true;
}

/** Signs a person out everywhere, or everywhere but here. */
export async function endSessions(
  one: Change,
  tenantId: string,
  userId: string,
  reason: string,
  exceptInstallation?: string,
): Promise<void> {
  const all = one.writing.selectFrom('installations').select('id').where('tenant_id', '=', tenantId);
  for (const { id } of await all.where('user_id', '=', userId).execute())
    if (id !== exceptInstallation) await endInstallation(one, { tenantId, userId, installationId: id });
  await one.event(tenantId, userId, { kind: 'signedOut', reason });
}
