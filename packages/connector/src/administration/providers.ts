import type { oidcProvider, oidcProviderWrite } from '@unisono/contract';
import type { z } from 'zod';
import type { Change } from '../change.ts';
import type { Reader } from '../database/tables.ts';
import { ProblemError } from '../http/problem-error.ts';

export type Provider = z.output<typeof oidcProvider>;
type Written = z.output<typeof oidcProviderWrite> & { readonly id: string };

export async function listProviders(reader: Reader, tenantId: string): Promise<Provider[]> {
  const rows = reader.selectFrom('oidc_providers').selectAll().where('tenant_id', '=', tenantId).orderBy('id');
  return (await rows.execute()).map((row) => ({
    id: row.id,
    name: row.name,
    issuer: row.issuer,
    clientId: row.client_id,
    createUsers: row.create_users === 1,
    scopes: JSON.parse(row.scopes),
  }));
}

/** Adds or replaces; without a secret the stored one stays. */
export async function putProvider(one: Change, tenantId: string, actor: string, wanted: Written): Promise<Provider> {
  const { clientSecret, ...provider } = wanted;
  const values = {
    name: provider.name,
    issuer: provider.issuer,
    client_id: provider.clientId,
    create_users: Number(provider.createUsers),
    scopes: JSON.stringify(provider.scopes),
    ...(clientSecret === undefined
      ? {}
      : { secret_sealed: one.context.seal.close(clientSecret, providerPlace(tenantId, provider.id)) }),
  };
  await one.writing
    .insertInto('oidc_providers')
    .values({ tenant_id: tenantId, id: provider.id, secret_sealed: null, ...values })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'id']).doUpdateSet(values))
    .execute();
  const details = { issuer: provider.issuer, createUsers: provider.createUsers };
  one.audit({ tenantId, actor, action: 'OpenID provider set', subject: provider.id, details });
  return provider;
}

/** Throws `notFound`. */
export async function deleteProvider(one: Change, tenantId: string, actor: string, id: string): Promise<void> {
  const row = one.writing.deleteFrom('oidc_providers').where('tenant_id', '=', tenantId).where('id', '=', id);
  if ((await row.returning('id').executeTakeFirst()) === undefined)
    throw new ProblemError('notFound', 'There is no such provider.');
  one.audit({ tenantId, actor, action: 'OpenID provider deleted', subject: id });
}

export function providerPlace(tenantId: string, id: string): string {
  return `oidc ${tenantId} ${id}`;
}
