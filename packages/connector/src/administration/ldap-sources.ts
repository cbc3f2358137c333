import type { LdapSource, ldapSourceWrite } from '@unisono/contract';
import type { z } from 'zod';
import type { Change } from '../change.ts';
import type { Reader } from '../database/tables.ts';
import { ProblemError } from '../http/problem-error.ts';

type Written = z.output<typeof ldapSourceWrite> & { readonly id: string };

export async function listLdap(reader: Reader, tenantId: string): Promise<LdapSource[]> {
  const rows = reader.selectFrom('ldap_sources').select('source').where('tenant_id', '=', tenantId).orderBy('id');
  return (await rows.execute()).map(({ source }) => JSON.parse(source));
}

/** Adds or replaces; without a password the stored one stays. */
export async function putLdap(one: Change, tenantId: string, actor: string, wanted: Written): Promise<LdapSource> {
  const { bindPassword, ...source } = wanted;
  const values = {
    source: JSON.stringify(source),
    ...(bindPassword === undefined
      ? {}
      : { password_sealed: one.context.seal.close(bindPassword, ldapPlace(tenantId, source.id)) }),
  };
  await one.writing
    .insertInto('ldap_sources')
    .values({ tenant_id: tenantId, id: source.id, password_sealed: null, ...values })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'id']).doUpdateSet(values))
    .execute();
  one.audit({ tenantId, actor, action: 'LDAP directory set', subject: source.id, details: { url: source.url } });
  return source;
}

/** Throws `notFound`. */
export async function deleteLdap(one: Change, tenantId: string, actor: string, id: string): Promise<void> {
  const row = one.writing.deleteFrom('ldap_sources').where('tenant_id', '=', tenantId).where('id', '=', id);
  if ((await row.returning('id').executeTakeFirst()) === undefined)
    throw new ProblemError('notFound', 'There is no such directory.');
  one.audit({ tenantId, actor, action: 'LDAP directory deleted', subject: id });
}

export function ldapPlace(tenantId: string, id: string): string {
  return `ldap ${tenantId} ${id}`;
}
