import { type ApiKey, emailDomain, type KeyScope } from '@unisono/contract';
import type { Selectable } from 'kysely';
import { ACCESS_TOPIC, type Change, change, knowSystem } from '../change.ts';
import type { Context } from '../context.ts';
import { isTaken } from '../database/failures.ts';
import type { Reader, Tables } from '../database/tables.ts';
import { KEY_PREFIX } from '../http/authenticate.ts';
import { ProblemError } from '../http/problem-error.ts';
import { newToken, tokenHash } from '../secrets/secrets.ts';

export interface NewTenant {
  readonly slug: string;
  readonly name: string;
  /** Domains by which people find the tenant: `example.com`. */
  readonly domains?: readonly string[];
}

/** Creates a tenant; for the operator. Throws `conflict` when the slug is taken. */
export async function createTenant(context: Context, actor: string, tenant: NewTenant): Promise<string> {
  try {
    return await change(context, async (one) => {
      const id = one.newId('t');
      const domains = (tenant.domains ?? []).map((domain) => emailDomain(`x@${domain}`) ?? domain);
      await one.writing
        .insertInto('tenants')
        .values({
          id,
          slug: tenant.slug,
          name: tenant.name,
          domains: JSON.stringify(domains),
          password_sign_in: 1,
          require_totp: 0,
          require_certificate: 0,
          history_months: context.policy.historyMonths,
          created_at_ms: one.nowMs,
          user_revision: 0,
          pruned_revision: 0,
        })
        .execute();
      one.audit({ tenantId: id, actor, action: 'tenant created', subject: tenant.slug });
      return id;
    });
  } catch (error) {
    if (isTaken(error)) throw new ProblemError('conflict', `There is a tenant ${tenant.slug} already.`);
    throw error;
  }
}

export type TenantRow = Selectable<Tables['tenants']>;

export async function tenantById(reader: Reader, tenantId: string): Promise<TenantRow> {
  return reader.selectFrom('tenants').selectAll().where('id', '=', tenantId).executeTakeFirstOrThrow();
}

export async function tenantBySlug(reader: Reader, slug: string): Promise<TenantRow | undefined> {
  return reader.selectFrom('tenants').selectAll().where('slug', '=', slug).executeTakeFirst();
}

/** Every tenant, by its slug; for the operator. */
export async function listTenants(reader: Reader): Promise<TenantRow[]> {
  return reader.selectFrom('tenants').selectAll().orderBy('slug').execute();
}

export interface NewKey {
  readonly name: string;
  readonly scope: KeyScope;
  /** The phone system of an `assistant` key; absent: `main`. */
  readonly system?: string | undefined;
  readonly expiresAtMs?: number | undefined;
  /** SHA-256 of the client certificate the key is bound to, lower-case hex. */
  readonly certificate?: string | undefined;
}

export interface CreatedKey {
  readonly key: ApiKey;
  /** Shown this once. */
  readonly secret: string;
}

export async function createKey(context: Context, tenantId: string, actor: string, key: NewKey): Promise<CreatedKey> {
  return change(context, (one) => addKey(one, tenantId, actor, key, 'key created'));
}

/** A new key like the old one, which ends after the overlap. Throws `notFound`, and `conflict` for one that has ended. */
export async function rotateKey(
  context: Context,
  { tenantId, keyId, actor, overlapSec }: { tenantId: string; keyId: string; actor: string; overlapSec: number },
): Promise<CreatedKey> {
  return change(context, async (one) => {
    const old = await keyRow(one, tenantId, keyId);
    const endsAtMs = Math.min(old.revoked_at_ms ?? Infinity, old.expires_at_ms ?? Infinity);
    if (endsAtMs <= one.nowMs) throw new ProblemError('conflict', 'This key has ended. Create a new one.');
    const { name, scope, system, certificate } = old;
    const created = await addKey(
      one,
      tenantId,
      actor,
      { name, scope: scope as KeyScope, system: system ?? undefined, certificate: certificate ?? undefined },
      'key rotated',
    );
    const revoked_at_ms = Math.min(endsAtMs, one.nowMs + overlapSec * 1000);
    await one.writing
      .updateTable('api_keys')
      .set({ revoked_at_ms })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', keyId)
      .execute();
    return created;
  });
}

/** Ends a key now. Throws `notFound`. */
export async function revokeKey(context: Context, tenantId: string, keyId: string, actor: string): Promise<void> {
  await change(context, async (one) => {
    const key = await keyRow(one, tenantId, keyId);
    await one.writing
      .updateTable('api_keys')
      .set({ revoked_at_ms: Math.min(one.nowMs, key.revoked_at_ms ?? Infinity) })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', keyId)
      .execute();
    one.audit({ tenantId, actor, action: 'key revoked', subject: `${key.name} (${keyId})` });
    one.signal(ACCESS_TOPIC);
  });
}

export async function listKeys(reader: Reader, tenantId: string): Promise<ApiKey[]> {
  const rows = reader.selectFrom('api_keys').selectAll().where('tenant_id', '=', tenantId);
  return (await rows.orderBy('created_at_ms').orderBy('id').execute()).map(keyView);
}

async function addKey(one: Change, tenantId: string, actor: string, key: NewKey, action: string): Promise<CreatedKey> {
  const secret = newToken(one.context.random, KEY_PREFIX);
  const system = key.scope === 'assistant' ? (key.system ?? 'main') : null;
  const row = {
    tenant_id: tenantId,
    id: one.newId('k'),
    name: key.name,
    scope: key.scope,
    system,
    hash: tokenHash(secret),
    created_at_ms: one.nowMs,
    expires_at_ms: key.expiresAtMs ?? null,
    last_used_at_ms: null,
    revoked_at_ms: null,
    certificate: key.certificate ?? null,
  };
  await one.writing.insertInto('api_keys').values(row).execute();
  if (system !== null) await knowSystem(one, tenantId, system);
  one.audit({ tenantId, actor, action, subject: `${key.name} (${row.id})`, details: { scope: key.scope, system } });
  return { key: keyView(row), secret };
}

async function keyRow(one: Change, tenantId: string, keyId: string): Promise<Selectable<Tables['api_keys']>> {
  const row = one.writing.selectFrom('api_keys').selectAll().where('tenant_id', '=', tenantId).where('id', '=', keyId);
  const found = await row.executeTakeFirst();
  if (found === undefined) throw new ProblemError('notFound', 'There is no such key.');
  return found;
}

function keyView(row: Selectable<Tables['api_keys']>): ApiKey {
  return {
    keyId: row.id,
    name: row.name,
    scope: row.scope as KeyScope,
    createdAtMs: row.created_at_ms,
    ...(row.system === null ? {} : { system: row.system }),
    ...(row.expires_at_ms === null ? {} : { expiresAtMs: row.expires_at_ms }),
    ...(row.last_used_at_ms === null ? {} : { lastUsedAtMs: row.last_used_at_ms }),
    ...(row.revoked_at_ms === null ? {} : { revokedAtMs: row.revoked_at_ms }),
  };
}
